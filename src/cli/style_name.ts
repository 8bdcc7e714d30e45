/**
 * Styles as the user names them: pictures, packs and styles of packs, with weights.
 *
 * @module
 */

import { UsageError } from "./errors.ts";
import { describePath, exists, stem } from "./io/paths.ts";

/** A style as it is named: `FILE`, `PACK#NAME`, either with `:WEIGHT`. */
export interface StyleName {
  /** The file of a picture or a pack; `-` is standard input. */
  path: string;
  /** Name of a style in a pack. */
  entry?: string;
  weight: number;
}

/**
 * Takes the weight, if there is one, off the end of a style's name.
 *
 * @throws {UsageError} if the weight is not 0 or more.
 */
export function parseStyle(text: string): StyleName {
  const [, path, weight] = /^(.+):([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i.exec(text) ?? [];
  if (path === undefined || exists(text)) return withEntry(text, 1);
  const value = Number(weight);
  if (!(value >= 0 && Number.isFinite(value))) {
    throw new UsageError(
      `The weight of ${describePath(path)} must be a number of 0 or more: ${weight}`,
    );
  }
  return withEntry(path, value);
}

function withEntry(text: string, weight: number): StyleName {
  const at = text.lastIndexOf("#");
  if (at <= 0 || at === text.length - 1 || exists(text)) return { path: text, weight };
  return { path: text.slice(0, at), entry: text.slice(at + 1), weight };
}

/** A style's name for people, and for names of files made with it. */
export function nameOf({ path, entry }: StyleName): string {
  return entry ?? stem(path);
}

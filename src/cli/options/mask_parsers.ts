/**
 * Parsers of masks and label pictures, which belong to styles.
 *
 * @module
 */

import { InvalidArgumentError } from "commander";
import { UsageError } from "../errors.ts";
import { describePath, exists } from "../io/paths.ts";
import type { StyleName } from "../style_name.ts";

/** A style and its masks. */
export interface StyleOption {
  /** Absent if the masks come before any `--style`: they are for the style that is an argument. */
  style?: StyleName;
  mask?: string;
  styleMask?: string;
}

/** A style that is named, and its masks. */
export type MaskedStyle = StyleOption & { style: StyleName };

/** Paths of the content's and the style's label pictures. */
export type Labels = [content: string, style: string];

/** Parses the path of a mask, and gives it to the last style before it. */
export function addMask(key: "mask" | "styleMask") {
  return (path: string, before: StyleOption[] = []): StyleOption[] => {
    const last = before.at(-1) ?? {};
    if (last[key] === undefined) return [...before.slice(0, -1), { ...last, [key]: path }];
    throw new UsageError(
      `A style has one mask: name the next --style before ${describePath(path)}`,
    );
  };
}

/** Parses `content.png,style.png`; with more than one comma, by which files there are. */
export function parseLabels(text: string): Labels {
  const commas = Array.from(text.matchAll(/,/g), ({ index }) => index);
  const pairs = commas.map((at) => [text.slice(0, at), text.slice(at + 1)] as [string, string])
    .filter(([content, style]) => content && style);
  const pair = pairs.find((paths) => paths.every((path) => exists(path))) ?? pairs[0];
  if (!pair) throw new InvalidArgumentError("Expected two pictures, like content.png,style.png.");
  return pair;
}

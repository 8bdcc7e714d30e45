import { UsageError } from "../errors.ts";
import { draw } from "./draw.ts";

/** How contents and styles are brought together. */
export const PAIRINGS = ["all", "zip", "random"] as const;

/** One of {@linkcode PAIRINGS}. */
export type Pairing = typeof PAIRINGS[number];

/**
 * Pairs of content and style: `all` of them, content by content; `zip`: the first with the first;
 * `random`: one style for each content.
 *
 * At random, a content's style depends on the seed, its path and the number of styles, so it stays
 * the same when other contents come or go, and on every machine.
 *
 * @throws {UsageError} if there are not as many styles as contents to zip.
 */
export function pair<Content extends { within: string }, Style>(
  contents: readonly Content[],
  styles: readonly Style[],
  how: Pairing,
  seed: number,
): [Content, Style][] {
  if (how === "all") {
    return contents.flatMap((content) => styles.map((s) => [content, s] as const))
      .map(([content, style]) => [content, style]);
  }
  if (how === "zip" && contents.length !== styles.length) {
    throw new UsageError(
      `--pair zip needs as many styles as contents: here are ${contents.length} contents and ` +
        `${styles.length} styles`,
    );
  }
  return contents.map((content, index) => {
    const chosen = how === "zip" ? index : draw(`${seed}\0${content.within}`, styles.length);
    return [content, styles[chosen]!];
  });
}

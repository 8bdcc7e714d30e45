/**
 * What the names of files say about what is in them.
 *
 * @module
 */

import { isPictureName, isUnwritableName } from "../../image/mod.ts";
import { CLIP_SUFFIXES } from "../../choices.ts";
import { quote, UsageError } from "../errors.ts";
import { suffix } from "./paths.ts";

/** Suffixes of videos that are read, but not written. */
const OTHER_CLIP_SUFFIXES = [
  ...["3gp", "avi", "flv", "m2ts", "mpeg", "mpg", "mts", "ogv", "ts", "vob", "wmv", "y4m"],
];

const TEXT_SUFFIXES = ["csv", "json", "log", "md", "tsv", "txt", "yaml", "yml"];

/** Whether a file name is one of a video. */
export function isClipName(path: string): boolean {
  return CLIP_SUFFIXES.includes(suffix(path)) || OTHER_CLIP_SUFFIXES.includes(suffix(path));
}

/** Whether a path looks like one of a file to write, not of a folder. */
export function looksLikeFile(path: string): boolean {
  return isPictureName(path) || isUnwritableName(path) || isClipName(path) ||
    [...TEXT_SUFFIXES, "safetensors"].includes(suffix(path));
}

/**
 * Refuses to write something that is neither picture nor video under the name of one.
 *
 * @param what is to be written, as the message calls it: `"A style pack"`
 * @param example a name that would do
 * @throws {UsageError}
 */
export function checkNotPictureName(path: string, what: string, example: string): void {
  if (!isPictureName(path) && !isUnwritableName(path) && !isClipName(path)) return;
  throw new UsageError(
    `${what} is neither picture nor video, as ${quote(path)} says: name it like ${example}`,
  );
}

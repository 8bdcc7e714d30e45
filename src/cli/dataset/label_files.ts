/**
 * Which label file belongs to which picture.
 *
 * @module
 */

import { basename, dirname, extname, join } from "node:path";
import { quote } from "../errors.ts";
import type { FoundFile } from "../io/find_pictures.ts";
import { resolvePath } from "../io/paths.ts";
import { readFiles } from "./tree.ts";

/** The label files of pictures, by the pictures' paths. */
export interface LabelFiles {
  of: ReadonlyMap<string, string>;
  /** Labels without a picture, pictures without a label, and names that say too little. */
  faults: string[];
}

/** Names of folders that are left out where the paths of pictures and labels are compared. */
const KINDS = /^(images?|jpegimages|leftimg8bit|labels?|masks?|annotations?|gt(fine|coarse))$/i;

/** Endings of names that say what a file is, not which: those of Cityscapes, and usual ones. */
const ENDINGS = /_(leftImg8bit|gt(Fine|Coarse)_\w+|labels?|mask|seg)$/i;

/**
 * Finds the labels of pictures: `images/a.jpg` goes with `labels/a.png` or `labels/a.txt`, and
 * `leftImg8bit/ulm/ulm_1_leftImg8bit.png` with `gtFine/ulm/ulm_1_gtFine_labelIds.png`.
 *
 * @param folder of the labels; the tree in it is that of the pictures
 */
export async function findLabels(
  pictures: readonly FoundFile[],
  folder: string,
): Promise<LabelFiles> {
  const own = new Set(pictures.map(({ path }) => resolvePath(path)));
  const { files } = await readFiles(folder);
  const labels = files.filter((file) => isLabel(file.within) && !own.has(resolvePath(file.path)));
  const byKey = new Map<string, FoundFile>();
  const faults: string[] = [];
  for (const label of labels) {
    const key = keyOf(label.within);
    const other = byKey.get(key);
    if (other) {
      faults.push(`${quote(other.path)} and ${quote(label.path)} are labels of one name`);
    } else byKey.set(key, label);
  }
  const of = new Map<string, string>();
  const taken = new Map<string, FoundFile>();
  for (const picture of pictures) {
    const key = keyOf(picture.within);
    const other = taken.get(key);
    const label = byKey.get(key);
    if (other) {
      faults.push(`${quote(other.path)} and ${quote(picture.path)} would have one label`);
    } else if (!label) faults.push(`${quote(picture.path)} has no label in ${quote(folder)}`);
    else of.set(picture.path, label.path);
    taken.set(key, picture);
  }
  for (const [key, { path }] of byKey) {
    if (!taken.has(key)) faults.push(`${quote(path)} is a label without its picture`);
  }
  return { of, faults };
}

/** Of several pictures that Cityscapes has for labels, the one with the numbers of classes. */
function isLabel(within: string): boolean {
  const [, kind] = /_gt(?:Fine|Coarse)_(\w+)\.\w+$/.exec(within) ?? [];
  return kind === undefined || kind === "labelIds";
}

/** What a picture's path has in common with that of its label. */
function keyOf(within: string): string {
  const folders = dirname(within).split(/[/\\]/).filter((name) => !KINDS.test(name));
  return join(...folders, basename(within, extname(within)).replace(ENDINGS, ""));
}

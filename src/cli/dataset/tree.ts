/**
 * A data set as a tree of files: which of them are pictures to restyle, and which lie beside them.
 *
 * @module
 */

import { join } from "node:path";
import { isPictureName } from "../../image/mod.ts";
import { explainSystemError, FileError, quote } from "../errors.ts";
import type { FoundFile } from "../io/find_pictures.ts";
import { fileInfo, resolvePath } from "../io/paths.ts";

/** The files of a data set, each sorted by its path in the tree. */
export interface Tree {
  /** Pictures that are to be restyled, or styles. */
  pictures: FoundFile[];
  /** Everything else: label maps, annotations, lists. */
  sideFiles: FoundFile[];
  /** What can be neither, in words. */
  faults: string[];
}

/** Names of folders whose pictures are labels, in the layouts that are in use. */
const LABEL_FOLDERS = [
  // YOLO and its like; COCO; Cityscapes; Pascal VOC.
  ...["label", "labels", "mask", "masks"],
  ...["annotation", "annotations"],
  ...["gtfine", "gtcoarse"],
  ...["segmentationclass", "segmentationobject"],
];

/**
 * Reads the tree of a data set.
 *
 * @param images pattern of the pictures' paths in the tree; default: all but those in folders that
 * are named like labels
 * @param apart folders within the tree that do not belong to it, such as one for results
 * @throws {FileError} if the folder cannot be read, or has no picture.
 */
export async function readTree(
  folder: string,
  { images, apart = [] }: { images?: string | undefined; apart?: readonly string[] } = {},
): Promise<Tree> {
  const isPicture = await pictureTest(images);
  const { files, faults } = await readFiles(folder, apart);
  const { pictures = [], sideFiles = [] } = Object.groupBy(
    files,
    ({ within }) => isPicture(within) ? "pictures" : "sideFiles",
  );
  if (pictures.length === 0) {
    const where = images === undefined ? "" : ` that matches ${images}`;
    throw new FileError(`There is no picture in ${quote(folder)}${where}`);
  }
  return { pictures, sideFiles, faults };
}

/**
 * All files in a folder and its folders, sorted by their paths in it; hidden ones count as absent.
 *
 * @param apart folders within it that do not belong to it
 * @throws {FileError} if a folder cannot be read.
 */
export async function readFiles(
  folder: string,
  apart: readonly string[] = [],
): Promise<{ files: FoundFile[]; faults: string[] }> {
  const files: FoundFile[] = [];
  const faults: string[] = [];
  const left = new Set(apart.map(resolvePath));
  const walk = async (inner: string) => {
    for (const { name, isDirectory, isSymlink } of await listFolder(join(folder, inner))) {
      if (name.startsWith(".")) continue;
      const file = { path: join(folder, inner, name), within: join(inner, name) };
      if (isDirectory) {
        if (!left.has(resolvePath(file.path))) await walk(file.within);
      } else if (isSymlink && !(await fileInfo(file.path))?.isFile) {
        faults.push(`${quote(file.path)} is a link that leads to no file: it is left out`);
      } else files.push(file);
    }
  };
  await walk("");
  return { files, faults };
}

async function pictureTest(pattern: string | undefined): Promise<(within: string) => boolean> {
  if (pattern === undefined) return (within) => isPictureName(within) && !isInLabels(within);
  const { default: picomatch } = await import("picomatch");
  const matches = picomatch(pattern);
  return (within) => isPictureName(within) && matches(within);
}

function isInLabels(within: string): boolean {
  const folders = within.toLowerCase().split(/[/\\]/).slice(0, -1);
  return folders.some((folder) => LABEL_FOLDERS.includes(folder));
}

/** What is in a folder, sorted by name. */
async function listFolder(folder: string): Promise<Deno.DirEntry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(resolvePath(folder)));
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    throw new FileError(`Cannot read ${quote(folder)}: ${explainSystemError(error)}`, {
      cause: error,
    });
  }
}

/**
 * From the files, folders and patterns that the user names to files.
 *
 * @module
 */

import { basename, isAbsolute, join, relative } from "node:path";
import { isPictureName, SIGNATURE_BYTES } from "../../image/mod.ts";
import { explainSystemError, FileError, quote } from "../errors.ts";
import { isClipName } from "./file_kinds.ts";
import { isPicture, peek } from "./input.ts";
import { exists, fileInfo, resolvePath, STANDARD } from "./paths.ts";

/** A file that the user means. */
export interface FoundFile {
  path: string;
  /** Its path within the folder that was named; its name, where it was named itself. */
  within: string;
}

/** What the paths of a user stand for. */
export interface Findings {
  /** Pictures in folders, sorted by name, and files that are named themselves, in their order. */
  files: FoundFile[];
  /** What was passed over in folders, be it files or, unless they count, folders. */
  leftOut: string[];
}

/**
 * The files that paths stand for: the pictures of a folder, sorted by name, those that match a
 * pattern (`art/*.jpg`, `art/**`) which no shell has expanded, and every file that is named itself,
 * whatever it holds. Hidden files count as absent.
 *
 * @param recursive whether folders within a folder count
 * @throws {FileError} if a folder or a pattern has no picture.
 */
export async function findPictures(
  paths: readonly string[],
  recursive = false,
): Promise<Findings> {
  const found = new Map<string, FoundFile>();
  const leftOut = new Set<string>();
  for (const path of paths) {
    const { files, leftOut: others } = await findAt(path, recursive);
    for (const file of files) if (!found.has(file.path)) found.set(file.path, file);
    for (const other of others) leftOut.add(other);
  }
  const files = [...found.values()];
  return { files, leftOut: [...leftOut].filter((path) => !found.has(path)) };
}

/** Loads what matches patterns: most paths are none. */
const loadPicomatch = async () => (await import("picomatch")).default;

/** Whether a path names several files, as a folder or a pattern does. */
export async function isCollection(path: string): Promise<boolean> {
  if (path === STANDARD) return false;
  if (!exists(path)) return (await loadPicomatch()).scan(path).isGlob;
  return (await fileInfo(path))?.isDirectory ?? false;
}

async function findAt(path: string, recursive: boolean): Promise<Findings> {
  // If there is no such file, whoever reads it reports that.
  if (!(await isCollection(path))) {
    return { files: [{ path, within: basename(path) }], leftOut: [] };
  }
  if (exists(path)) {
    const { pictures, others } = await listFolder(path, recursive);
    if (pictures.length > 0) {
      const files = pictures.map((file) => ({ path: file, within: relative(path, file) }));
      return { files, leftOut: others };
    }
    const reason = await describeLeftOut(others);
    throw new FileError(`There is no picture in ${quote(path)}${reason && ` (${reason})`}`);
  }
  const picomatch = await loadPicomatch();
  const { base } = picomatch.scan(path);
  const matches = picomatch(path);
  const { pictures, others } = await listFolder(base || ".", true);
  const files = pictures.filter((file) => matches(file));
  if (files.length === 0) throw new FileError(`No picture matches ${quote(path)}`);
  return {
    files: files.map((file) => ({ path: file, within: relative(base, file) })),
    leftOut: others.filter((file) => matches(file)),
  };
}

/** The pictures in a folder, sorted, and what else is in it. */
async function listFolder(
  folder: string,
  recursive: boolean,
): Promise<{ pictures: string[]; others: string[] }> {
  const pictures: string[] = [];
  const others: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(resolvePath(folder))) {
      if (name.startsWith(".")) continue;
      const path = isAbsolute(folder) ? join(folder, name) : relative(".", join(folder, name));
      if (isDirectory && recursive) {
        const inner = await listFolder(path, true);
        pictures.push(...inner.pictures);
        others.push(...inner.others);
      } else if (!isDirectory && await countsAsPicture(path)) pictures.push(path);
      else others.push(path);
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`Cannot read ${quote(folder)}: ${explainSystemError(error)}`, {
      cause: error,
    });
  }
  return { pictures: pictures.sort(), others: others.sort() };
}

/**
 * How many files and folders were left out, and why: `"1 left out: not a picture"`; empty where
 * there are none.
 */
export async function describeLeftOut(paths: readonly string[]): Promise<string> {
  const counts = { folder: 0, video: 0, other: 0 };
  for (const path of paths) {
    if ((await fileInfo(path))?.isDirectory) counts.folder++;
    else counts[isClipName(path) ? "video" : "other"]++;
  }
  const reasons = [
    [counts.other, "not a picture", "not pictures"],
    [counts.video, "a video, for the command video", "videos, for the command video"],
    [counts.folder, "a folder", "folders"],
  ].filter(([count]) => count !== 0) as [number, string, string][];
  const words = reasons.map(([count, one, several]) => {
    const reason = count === 1 ? one : several;
    return reasons.length === 1 ? reason : `${count} ${reason}`;
  });
  return words.length === 0 ? "" : `${paths.length} left out: ${words.join("; ")}`;
}

/** By its name, so that a damaged picture is not passed over in silence; else by its content. */
async function countsAsPicture(path: string): Promise<boolean> {
  if (isPictureName(path)) return true;
  if (!(await fileInfo(path))?.isFile) return false;
  return isPicture(await peek(path, SIGNATURE_BYTES));
}

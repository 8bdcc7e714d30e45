/**
 * From the files, folders and patterns that the user names to files.
 *
 * @module
 */

import { basename, isAbsolute, join, relative } from "node:path";
import picomatch from "picomatch";
import { detectFormat, isPictureName, SIGNATURE_BYTES } from "../../image/mod.ts";
import { explainSystemError, FileError, quote } from "../errors.ts";
import { peek } from "./input.ts";
import { exists, fileInfo, resolvePath, STANDARD } from "./paths.ts";

/** A file that the user means. */
export interface FoundFile {
  path: string;
  /** Its path within the folder that was named; its name, where it was named itself. */
  within: string;
}

/**
 * The files that paths stand for, in their order: the pictures of a folder, sorted by name, those
 * that match a pattern (`art/*.jpg`, `art/**`) which no shell has expanded, and every file that is
 * named itself, whatever it holds.
 *
 * @param recursive whether folders within a folder count
 * @throws {FileError} if a folder or a pattern has no picture.
 */
export async function findPictures(
  paths: readonly string[],
  recursive = false,
): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const path of paths) {
    for (const file of await findAt(path, recursive)) {
      if (!found.has(file.path)) found.set(file.path, file);
    }
  }
  return [...found.values()];
}

/** Whether a path names several files, as a folder or a pattern does. */
export async function isCollection(path: string): Promise<boolean> {
  if (path === STANDARD) return false;
  if (!exists(path)) return picomatch.scan(path).isGlob;
  return (await fileInfo(path))?.isDirectory ?? false;
}

async function findAt(path: string, recursive: boolean): Promise<FoundFile[]> {
  // If there is no such file, whoever reads it reports that.
  if (!(await isCollection(path))) return [{ path, within: basename(path) }];
  if (exists(path)) {
    const files = await picturesIn(path, recursive);
    if (files.length === 0) throw new FileError(`There is no picture in ${quote(path)}`);
    return files.map((file) => ({ path: file, within: relative(path, file) }));
  }
  const { base } = picomatch.scan(path);
  const matches = picomatch(path);
  const files = (await picturesIn(base || ".", true)).filter((file) => matches(file));
  if (files.length === 0) throw new FileError(`No picture matches ${quote(path)}`);
  return files.map((file) => ({ path: file, within: relative(base, file) }));
}

/** Pictures in a folder, sorted; hidden files are left out. */
async function picturesIn(folder: string, recursive: boolean): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(resolvePath(folder))) {
      if (name.startsWith(".")) continue;
      const path = isAbsolute(folder) ? join(folder, name) : relative(".", join(folder, name));
      if (isDirectory) {
        if (recursive) found.push(...await picturesIn(path, true));
      } else if (await isPicture(path)) found.push(path);
    }
  } catch (error) {
    throw new FileError(`Cannot read ${quote(folder)}: ${explainSystemError(error)}`, {
      cause: error,
    });
  }
  return found.sort();
}

/** By its name, so that a damaged picture is not passed over in silence; else by its content. */
async function isPicture(path: string): Promise<boolean> {
  if (isPictureName(path)) return true;
  if (!(await fileInfo(path))?.isFile) return false;
  try {
    detectFormat(await peek(path, SIGNATURE_BYTES));
    return true;
  } catch {
    return false;
  }
}

/**
 * Files, folders and patterns that the user names, as files.
 *
 * @module
 */

import { basename, isAbsolute, join, relative } from "node:path";
import picomatch from "picomatch";
import { detectFormat, isPictureName, SIGNATURE_BYTES } from "../../image/mod.ts";
import { explainSystemError, FileError, quote } from "../errors.ts";
import { STANDARD } from "./input.ts";
import { exists, resolvePath } from "./paths.ts";

/** A file that the user means. */
export interface Found {
  path: string;
  /** Its path within the folder that was named; its name, where it was named itself. */
  within: string;
}

/**
 * The files that are meant, in their order: a folder's pictures by name, and those that match a
 * pattern (`art/*.jpg`, `art/**`) where no shell has replaced it. Files named as they are stay,
 * whatever they hold.
 *
 * @param recursive whether a folder's folders count
 * @throws {FileError} if a folder or a pattern has no picture.
 */
export async function expand(paths: readonly string[], recursive = false): Promise<Found[]> {
  const found = new Map<string, Found>();
  for (const path of paths) {
    for (const file of await expandOne(path, recursive)) {
      if (!found.has(file.path)) found.set(file.path, file);
    }
  }
  return [...found.values()];
}

/** Whether a path names several files, as a folder or a pattern does. */
export async function isCollection(path: string): Promise<boolean> {
  if (path === STANDARD) return false;
  if (!exists(path)) return picomatch.scan(path).isGlob;
  return (await Deno.stat(resolvePath(path)).catch(() => undefined))?.isDirectory ?? false;
}

async function expandOne(path: string, recursive: boolean): Promise<Found[]> {
  // That there is no such file is said where it is read.
  if (!(await isCollection(path))) return [{ path, within: basename(path) }];
  if (exists(path)) {
    const files = await pictures(path, recursive);
    if (files.length === 0) throw new FileError(`There is no picture in ${quote(path)}`);
    return files.map((file) => ({ path: file, within: relative(path, file) }));
  }
  const { base } = picomatch.scan(path);
  const matches = picomatch(path);
  const files = (await pictures(base || ".", true)).filter((file) => matches(file));
  if (files.length === 0) throw new FileError(`No picture matches ${quote(path)}`);
  return files.map((file) => ({ path: file, within: relative(base, file) }));
}

/** Pictures in a folder, sorted; hidden files are left out. */
async function pictures(folder: string, recursive: boolean): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(resolvePath(folder))) {
      if (name.startsWith(".")) continue;
      const path = isAbsolute(folder) ? join(folder, name) : relative(".", join(folder, name));
      if (isDirectory) {
        if (recursive) found.push(...await pictures(path, true));
      } else if (await isPicture(path)) found.push(path);
    }
  } catch (error) {
    throw new FileError(`Cannot read ${quote(folder)}: ${explainSystemError(error)}`, {
      cause: error,
    });
  }
  return found.sort();
}

/** By its name, so that a damaged one is not passed over in silence; else by what it holds. */
async function isPicture(path: string): Promise<boolean> {
  if (isPictureName(path)) return true;
  try {
    using file = await Deno.open(resolvePath(path));
    if (!(await file.stat()).isFile) return false;
    const start = new Uint8Array(SIGNATURE_BYTES);
    await file.read(start);
    detectFormat(start);
    return true;
  } catch {
    return false;
  }
}

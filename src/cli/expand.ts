/**
 * Files, folders and patterns that the user names, as files.
 *
 * @module
 */

import { isAbsolute, join, relative } from "node:path";
import picomatch from "picomatch";
import { detectFormat } from "../image/format.ts";
import { explainSystemError, FileError, quote } from "./errors.ts";
import { STANDARD } from "./input.ts";
import { exists, resolvePath } from "./paths.ts";

/**
 * The files that are meant, in their order: a folder's pictures by name, and those that match a
 * pattern (`art/*.jpg`, `art/**`) where no shell has replaced it. Files named as they are stay,
 * whatever they hold.
 *
 * @throws {FileError} if a folder or a pattern has no picture.
 */
export async function expand(paths: readonly string[]): Promise<string[]> {
  const all = await Promise.all(paths.map(expandOne));
  return [...new Set(all.flat())];
}

async function expandOne(path: string): Promise<string[]> {
  if (path === STANDARD) return [path];
  if (!exists(path)) {
    const { isGlob, base } = picomatch.scan(path);
    if (!isGlob) return [path]; // That there is no such file is said where it is read.
    const matches = picomatch(path);
    const found = (await pictures(base || ".", true)).filter((file) => matches(file));
    if (found.length === 0) throw new FileError(`No picture matches ${quote(path)}`);
    return found;
  }
  if (!(await Deno.stat(resolvePath(path))).isDirectory) return [path];
  const found = await pictures(path, false);
  if (found.length === 0) throw new FileError(`There is no picture in ${quote(path)}`);
  return found;
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
  if (/\.(png|jpe?g|gif)$/i.test(path)) return true;
  try {
    using file = await Deno.open(resolvePath(path));
    if (!(await file.stat()).isFile) return false;
    const start = new Uint8Array(16);
    await file.read(start);
    detectFormat(start);
    return true;
  } catch {
    return false;
  }
}

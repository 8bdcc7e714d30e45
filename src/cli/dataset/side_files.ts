/**
 * Files that lie beside the pictures of a data set: they go to the results as they are.
 *
 * @module
 */

import { explainSystemError, FileError, quote } from "../errors.ts";
import type { FoundFile } from "../io/find_pictures.ts";
import { streamAtomically } from "../io/atomic_write.ts";
import { makeFolderOf } from "../io/check_writable.ts";
import { readChunks } from "../io/input.ts";
import { realPath, resolvePath } from "../io/paths.ts";

/**
 * Copies a file, or links to it, unless that is done already.
 *
 * @param shown where it goes, in words of the user
 * @throws {FileError} if it cannot be read or written, or something else is in its place.
 */
export async function placeSideFile(
  { path }: FoundFile,
  shown: string,
  { how, overwrite }: { how: "copy" | "link"; overwrite: boolean },
): Promise<void> {
  const target = resolvePath(shown);
  const there = await Deno.lstat(target).catch(() => undefined);
  if (there && await isSame(path, target, there, how)) return;
  await makeFolderOf(target, shown);
  if (how === "copy") return await streamAtomically(target, () => read(path), shown, overwrite);
  try {
    if (there && overwrite) await Deno.remove(target);
    await Deno.symlink(realPath(path), target);
  } catch (error) {
    throw new FileError(`Cannot write ${quote(shown)}: ${explainSystemError(error)}`, {
      cause: error,
    });
  }
}

async function* read(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* readChunks(path);
  } catch (error) {
    throw new FileError(`Cannot read ${quote(path)}: ${explainSystemError(error)}`, {
      cause: error,
    });
  }
}

async function isSame(
  path: string,
  target: string,
  there: Deno.FileInfo,
  how: "copy" | "link",
): Promise<boolean> {
  if (there.isSymlink || how === "link") {
    return there.isSymlink && how === "link" && realPath(target) === realPath(path);
  }
  const { size } = await Deno.stat(resolvePath(path));
  if (size !== there.size) return false;
  using own = await Deno.open(resolvePath(path));
  using other = await Deno.open(target);
  for (;;) {
    const [a, b] = [await readBlock(own), await readBlock(other)];
    if (a.length !== b.length || a.some((byte, index) => byte !== b[index])) return false;
    if (a.length === 0) return true;
  }
}

/** The next bytes of a file, fewer than usual at its end only. */
async function readBlock(file: Deno.FsFile): Promise<Uint8Array> {
  const block = new Uint8Array(2 ** 16);
  let filled = 0;
  while (filled < block.length) {
    const count = await file.read(block.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return block.subarray(0, filled);
}

import { explainSystemError, FileError, quote } from "../errors.ts";
import { removeOnInterruption } from "./cleanup.ts";
import { beside, realPath } from "./paths.ts";
import { removeAbandonedFiles, temporaryBeside } from "./temporary_files.ts";

/**
 * Writes a file so that it appears whole or not at all: under a temporary name in its folder, then
 * renamed. A symbolic link stays one; the file that it points to is written.
 *
 * @param path absolute path
 * @param bytes the content, or pieces of it in their order
 * @param shown the path as the user gave it
 * @throws {FileError} naming the file, if it cannot be written.
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array | readonly Uint8Array[],
  shown: string,
): Promise<void> {
  const target = realPath(path);
  await removeAbandonedFiles(beside(target, "."));
  for (let attempt = 1;; attempt++) {
    try {
      return await writeAndRename(target, [bytes].flat());
    } catch (error) {
      // Before it is locked, another run may take the temporary file for an abandoned one.
      if (error instanceof Deno.errors.NotFound && attempt < 3) continue;
      throw new FileError(`Cannot write ${quote(shown)}: ${explainSystemError(error)}`, {
        cause: error,
      });
    }
  }
}

async function writeAndRename(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const temporary = temporaryBeside(path);
  using _cleanup = removeOnInterruption(temporary);
  try {
    using file = await Deno.open(temporary, { write: true, createNew: true });
    await file.lock(true);
    for (const bytes of pieces) {
      for (let written = 0; written < bytes.length;) {
        written += await file.write(bytes.subarray(written));
      }
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

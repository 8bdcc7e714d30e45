import { explainSystemError, FileError, FileExistsError, quote } from "../errors.ts";
import { beside, realPath } from "./paths.ts";
import { renameTo } from "./rename.ts";
import { removeAbandonedFiles, TemporaryFile } from "./temporary_files.ts";

/**
 * Writes a file so that it appears whole or not at all: under a temporary name in its folder, then
 * renamed. A symbolic link stays one; the file that it points to is written.
 *
 * @param path absolute path
 * @param bytes the content, or pieces of it in their order
 * @param shown the path as the user gave it
 * @param overwrite whether it may replace a file; another run may have made one meanwhile
 * @throws {FileExistsError} if there is a file that may not be replaced
 * @throws {FileError} naming the file, if it cannot be written.
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array | readonly Uint8Array[],
  shown: string,
  overwrite: boolean,
): Promise<void> {
  await streamAtomically(path, () => [bytes].flat(), shown, overwrite);
}

/**
 * Writes a file as {@linkcode writeAtomically} does, from pieces that come one after the other.
 *
 * @param pieces called anew where it has to be begun again; what it throws as a FileError is thrown
 */
export async function streamAtomically(
  path: string,
  pieces: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  shown: string,
  overwrite: boolean,
): Promise<void> {
  const target = realPath(path);
  await removeAbandonedFiles(beside(target, "."));
  for (let attempt = 1;; attempt++) {
    try {
      return await writeAndRename(target, pieces(), overwrite);
    } catch (error) {
      if (error instanceof FileError) throw error;
      // Before it is locked, another run may take the temporary file for an abandoned one.
      if (error instanceof Deno.errors.NotFound && attempt < 3) continue;
      if (error instanceof Deno.errors.AlreadyExists) {
        throw new FileExistsError(shown, { cause: error });
      }
      throw new FileError(`Cannot write ${quote(shown)}: ${explainSystemError(error)}`, {
        cause: error,
      });
    }
  }
}

async function writeAndRename(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  overwrite: boolean,
): Promise<void> {
  using temporary = new TemporaryFile(path);
  for await (const bytes of pieces) await temporary.write(bytes);
  await renameTo(temporary.path, path, overwrite);
}

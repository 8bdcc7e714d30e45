import { explainSystemError, FileError, FileExistsError, quote } from "../errors.ts";
import { beside, fileInfo, realPath, STANDARD } from "./paths.ts";
import { TemporaryFile } from "./temporary_files.ts";

/**
 * Checks before the work that a file can be written after it.
 *
 * @param path absolute path
 * @param shown the path as the user gave it
 * @throws {FileExistsError} if it exists and may not be replaced
 * @throws {FileError} naming the file, if it cannot be written.
 */
export async function checkWritable(
  path: string,
  shown: string,
  overwrite: boolean,
): Promise<void> {
  await checkPlace(path, shown, overwrite);
  const folder = await fileInfo(beside(path, "."));
  if (!folder) fail(shown, "there is no such folder");
  if (!folder.isDirectory) fail(shown, "a part of its path is not a folder");
  try {
    using _probe = new TemporaryFile(realPath(path));
  } catch (error) {
    fail(shown, explainSystemError(error));
  }
}

/** Checks what is in the place of a file to be written. */
async function checkPlace(path: string, shown: string, overwrite: boolean): Promise<void> {
  if (shown === STANDARD) fail(shown, "only what -o names can be standard output: name a file");
  const there = await Deno.lstat(path).catch(() => undefined);
  if (!there) return;
  const target = there.isSymlink ? await fileInfo(path) : there;
  if (!target) fail(shown, "it is a symbolic link that leads nowhere");
  if (target.isDirectory) fail(shown, "it is a folder, not a file");
  if (!target.isFile) {
    fail(shown, "it is no file: use -o -, and redirect standard output");
  }
  if (!overwrite) throw new FileExistsError(shown);
}

function fail(shown: string, reason: string): never {
  throw new FileError(`Cannot write ${quote(shown)}: ${reason}`);
}

/** Checks many files before they are written, and each of their folders once. */
export class WritableFolders {
  readonly #known = new Set<string>();

  /**
   * Makes the folder of a file where there is none, and checks as {@linkcode checkWritable} does.
   *
   * @throws as {@linkcode checkWritable} and {@linkcode makeFolderOf}
   */
  async prepare(path: string, shown: string, overwrite: boolean): Promise<void> {
    const folder = beside(path, ".");
    if (this.#known.has(folder)) return await checkPlace(path, shown, overwrite);
    await makeFolderOf(path, shown);
    await checkWritable(path, shown, overwrite);
    this.#known.add(folder);
  }
}

/**
 * Makes the folder of a file, and the folders above it.
 *
 * @throws {FileError} naming the file, if that fails.
 */
export async function makeFolderOf(path: string, shown: string): Promise<void> {
  try {
    await Deno.mkdir(beside(path, "."), { recursive: true });
  } catch (error) {
    const reason = error instanceof Deno.errors.AlreadyExists
      ? "a part of its path is not a folder"
      : explainSystemError(error);
    throw new FileError(`Cannot write ${quote(shown)}: ${reason}`, { cause: error });
  }
}

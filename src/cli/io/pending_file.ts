import { extname, join } from "node:path";
import { explainSystemError, FileError, FileExistsError, quote } from "../errors.ts";
import { beside, realPath } from "./paths.ts";
import { renameTo } from "./rename.ts";
import { removeAbandonedFiles, TemporaryFolder } from "./temporary_files.ts";

/**
 * A file that is written bit by bit, or by another program, in a temporary folder; unless it is
 * finished, it is removed.
 */
export class PendingFile implements Disposable {
  /** Where to write: on the disk of the file, with the same ending. */
  readonly path: string;
  readonly #folder: TemporaryFolder;

  private constructor(
    private readonly target: string,
    ending: string,
    private readonly shown: string,
  ) {
    this.#folder = new TemporaryFolder(target);
    this.path = join(this.#folder.path, `result${ending}`);
  }

  /**
   * Begins a file; if the path is a symbolic link, the file that it points to.
   *
   * @param path absolute path
   * @param shown the path as the user gave it
   * @throws {FileError} naming the file, if its folder cannot be written to.
   */
  static async create(path: string, shown: string): Promise<PendingFile> {
    const target = realPath(path);
    await removeAbandonedFiles(beside(target, "."));
    try {
      return new PendingFile(target, extname(path), shown);
    } catch (error) {
      throw cannotWrite(shown, error);
    }
  }

  /**
   * Waits for work on the file.
   *
   * @throws {FileError} naming the file, if the work fails.
   */
  async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw cannotWrite(this.shown, error);
    }
  }

  /**
   * Renames the temporary file to its target.
   *
   * @param overwrite whether it may replace a file; another run may have made one meanwhile
   * @throws {FileExistsError} if there is a file that may not be replaced
   * @throws {FileError} naming the file, if it cannot be renamed.
   */
  async finish(overwrite: boolean): Promise<void> {
    await this.guard(renameTo(this.path, this.target, overwrite));
  }

  /** Removes the temporary file, unless it is finished. */
  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

function cannotWrite(shown: string, error: unknown): FileError {
  if (error instanceof Deno.errors.AlreadyExists) {
    return new FileExistsError(shown, { cause: error });
  }
  return new FileError(`Cannot write ${quote(shown)}: ${explainSystemError(error)}`, {
    cause: error,
  });
}

import { extname } from "node:path";
import { explainSystemError, FileError, quote } from "../errors.ts";
import { removeOnInterruption } from "./cleanup.ts";
import { beside, realPath } from "./paths.ts";
import { removeAbandonedFiles, temporaryBeside } from "./temporary_files.ts";

/**
 * A file that is written bit by bit, or by another program, under a temporary name; unless it is
 * finished, it is removed. A second file beside it is locked to show that this process is at work.
 */
export class PendingFile implements Disposable {
  /** Where to write: in the folder of the file, with the same ending. */
  readonly path: string;
  readonly #lock: Deno.FsFile;
  readonly #cleanups: Disposable[];

  private constructor(
    private readonly lockPath: string,
    ending: string,
    private readonly target: string,
    private readonly shown: string,
  ) {
    this.path = lockPath + ending;
    this.#lock = Deno.openSync(lockPath, { write: true, createNew: true });
    this.#lock.lockSync(true);
    this.#cleanups = [this.path, lockPath].map(removeOnInterruption);
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
      return new PendingFile(temporaryBeside(target), extname(path), target, shown);
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

  /** Renames the temporary file to its target. */
  async finish(): Promise<void> {
    await this.guard(Deno.rename(this.path, this.target));
  }

  /** Removes the temporary file, unless it is finished. */
  [Symbol.dispose](): void {
    this.#lock.close();
    for (const cleanup of this.#cleanups) cleanup[Symbol.dispose]();
    for (const path of [this.path, this.lockPath]) {
      try {
        Deno.removeSync(path);
      } catch {
        // It was renamed, or never written.
      }
    }
  }
}

function cannotWrite(shown: string, error: unknown): FileError {
  return new FileError(`Cannot write ${quote(shown)}: ${explainSystemError(error)}`, {
    cause: error,
  });
}

import { extname, join } from "node:path";
import { explainSystemError, FileError, quote } from "../errors.ts";
import { STANDARD } from "./input.ts";
import { beside, exists, realPath } from "./paths.ts";

/**
 * Writes a file so that it appears whole or not at all: under a temporary name in its folder, then
 * renamed. A link stays one, and what it leads to is written.
 *
 * @param path absolute path
 * @param bytes all of it, or pieces that follow one another
 * @param shown the path as the user gave it
 * @throws {FileError} naming the file, if it cannot be written.
 */
export async function writeWhole(
  path: string,
  bytes: Uint8Array | readonly Uint8Array[],
  shown: string,
): Promise<void> {
  const target = realPath(path);
  await lookThrough(beside(target, "."));
  for (let attempt = 1;; attempt++) {
    try {
      return await writeAndRename(target, [bytes].flat());
    } catch (error) {
      // Another run may take a temporary file for an abandoned one before it is locked.
      if (error instanceof Deno.errors.NotFound && attempt < 3) continue;
      throw new FileError(`Cannot write ${quote(shown)}: ${explainSystemError(error)}`, {
        cause: error,
      });
    }
  }
}

async function writeAndRename(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const temporary = temporaryBeside(path);
  unfinished.add(temporary);
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
  } finally {
    unfinished.delete(temporary);
  }
}

/**
 * A file that something else writes under a temporary name: what is not finished goes away. Another
 * file beside it is locked, to tell that this run is at work on it.
 */
export class PendingFile implements Disposable {
  /** Where to write: in the folder of the file, with the ending of its name. */
  readonly path: string;
  readonly #lock: Deno.FsFile;

  private constructor(
    private readonly lockPath: string,
    ending: string,
    private readonly target: string,
    private readonly shown: string,
  ) {
    this.path = lockPath + ending;
    this.#lock = Deno.openSync(lockPath, { write: true, createNew: true });
    this.#lock.lockSync(true);
    for (const path of [this.path, lockPath]) unfinished.add(path);
  }

  /**
   * Begins with a file, or with what a link leads to.
   *
   * @param path absolute path
   * @param shown the path as the user gave it
   * @throws {FileError} naming the file, if its folder cannot be written to.
   */
  static async create(path: string, shown: string): Promise<PendingFile> {
    const target = realPath(path);
    await lookThrough(beside(target, "."));
    try {
      return new PendingFile(temporaryBeside(target), extname(path), target, shown);
    } catch (error) {
      throw new FileError(`Cannot write ${quote(shown)}: ${explainSystemError(error)}`, {
        cause: error,
      });
    }
  }

  /**
   * Waits for work on it.
   *
   * @throws {FileError} naming the file, where the work fails.
   */
  async during<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw new FileError(`Cannot write ${quote(this.shown)}: ${explainSystemError(error)}`, {
        cause: error,
      });
    }
  }

  /** Gives it its name. */
  async finish(): Promise<void> {
    await this.during(Deno.rename(this.path, this.target));
  }

  /** Takes away what is not finished. */
  [Symbol.dispose](): void {
    this.#lock.close();
    for (const path of [this.path, this.lockPath]) {
      unfinished.delete(path);
      try {
        Deno.removeSync(path);
      } catch {
        // It has its name, or was never there.
      }
    }
  }
}

/** Files that are being written, to be taken away where the program is told to stop. */
const unfinished = new Set<string>();

/** Takes away what is half written. */
export function removeUnfinished(): void {
  for (const path of unfinished) {
    try {
      Deno.removeSync(path);
    } catch {
      // It is not there yet, or no longer.
    }
  }
}

function temporaryBeside(path: string): string {
  return beside(path, `.linear-style-${crypto.randomUUID()}.part`);
}

/** Folders that this run has looked through for files of runs that were killed. */
const lookedThrough = new Set<string>();

/** Removes what runs that were killed have left in a folder, once. */
async function lookThrough(folder: string): Promise<void> {
  if (lookedThrough.has(folder)) return;
  lookedThrough.add(folder);
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const [, lock] = TEMPORARY.exec(name) ?? [];
      if (lock) await removeAbandoned(join(folder, name), join(folder, lock));
    }
  } catch {
    // The folder cannot be read.
  }
}

/** The name of a temporary file; before its ending, that of the file that is locked for it. */
const TEMPORARY = /^(\.linear-style-[^.]+\.part)(\.[^.]+)?$/;

/** Removes a temporary file that no run writes any more: the lock went with its process. */
async function removeAbandoned(path: string, lock: string): Promise<void> {
  try {
    using file = await Deno.open(lock, { write: true }).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    if (!file || await file.tryLock(true)) await Deno.remove(path);
  } catch {
    // It is not ours to remove, or another run was faster.
  }
}

/**
 * Finds out before the work whether a file could be written after it.
 *
 * @throws {FileError} if it exists and may not be replaced, or can certainly not be written.
 */
export async function checkWritable(
  path: string,
  shown: string,
  overwrite: boolean,
): Promise<void> {
  const fail = (reason: string) => {
    throw new FileError(`Cannot write ${quote(shown)}: ${reason}`);
  };
  if (shown === STANDARD) fail("only what -o names can be standard output: name a file");
  const target = await stat(path);
  if (target?.isDirectory) fail("it is a folder, not a file");
  if (target && !target.isFile) fail("it is no file: use -o -, and redirect standard output");
  if (target && !overwrite) fail("the file exists; --overwrite replaces it");
  if (!target && exists(path)) fail("it is a symbolic link that leads nowhere");
  const folder = await stat(beside(path, "."));
  if (!folder) fail("there is no such folder");
  if (!folder!.isDirectory) fail("a part of its path is not a folder");
  const probe = temporaryBeside(realPath(path));
  try {
    unfinished.add(probe);
    await Deno.writeFile(probe, new Uint8Array(), { createNew: true });
    await Deno.remove(probe).catch(() => {}); // Another run may have taken it for abandoned.
  } catch (error) {
    fail(explainSystemError(error));
  } finally {
    unfinished.delete(probe);
  }
}

/**
 * Makes the folder that a file is to be in.
 *
 * @throws {FileError} naming the file, if that cannot be.
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

async function stat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}

/**
 * Temporary files beside results: they go when their work is done, when the process is told to
 * stop, and, where it was killed, when the next run writes into the folder.
 *
 * @module
 */

import { join } from "node:path";
import { onInterruption } from "./cleanup.ts";
import { beside } from "./paths.ts";

/** Bytes that are written sooner than a thread is asked to. */
const SMALL = 2 ** 18;

/**
 * A new file in the folder of another, open for writing, and locked as a sign that its process is
 * at work. Unless it was renamed, it is removed when it is disposed of or the process is told to
 * stop.
 */
export class TemporaryFile implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #registration: Disposable;

  /**
   * Creates the file.
   *
   * @param neighbor path of a file in the same folder
   */
  constructor(neighbor: string) {
    this.path = beside(neighbor, `.linear-style-${crypto.randomUUID()}.part`);
    // Synchronously: a file that another thread is about to create outlives the cleanup at a stop.
    this.#file = Deno.openSync(this.path, { write: true, createNew: true });
    this.#registration = onInterruption(() => remove(this.path));
    try {
      this.#file.lockSync(true);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Writes all of the bytes, behind those written before. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const left = bytes.subarray(written);
      written += left.length < SMALL ? this.#file.writeSync(left) : await this.#file.write(left);
    }
  }

  /** Closes the file, and removes it unless it was renamed. */
  [Symbol.dispose](): void {
    this.#file.close();
    remove(this.path);
    this.#registration[Symbol.dispose]();
  }
}

/**
 * A new folder in that of another file, for what is created at any time or by another program.
 * Once it is gone, nothing can be created in it; so nothing is left, whoever is about to write. A
 * file beside it is locked for it. It is removed as a {@linkcode TemporaryFile} is.
 */
export class TemporaryFolder implements Disposable {
  readonly path: string;
  readonly #lock: TemporaryFile;
  readonly #registration: Disposable;

  /**
   * Creates the folder.
   *
   * @param neighbor path of a file in the same folder
   */
  constructor(neighbor: string) {
    this.#lock = new TemporaryFile(neighbor);
    this.path = `${this.#lock.path}.d`;
    this.#registration = onInterruption(() => remove(this.path));
    try {
      Deno.mkdirSync(this.path);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Removes the folder, and what is in it. */
  [Symbol.dispose](): void {
    remove(this.path);
    this.#registration[Symbol.dispose]();
    this.#lock[Symbol.dispose]();
  }
}

/** A new folder where the system keeps temporary files, removed as a {@linkcode TemporaryFile} is. */
export function scratchFolder(prefix: string): { readonly path: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix });
  const registration = onInterruption(() => remove(path));
  return {
    path,
    [Symbol.dispose]() {
      remove(path);
      registration[Symbol.dispose]();
    },
  };
}

/** How often a folder is removed into which another program writes: it makes a file or two. */
const ATTEMPTS = 100;

/** Removes a file or a folder if it can be. */
function remove(path: string): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      return Deno.removeSync(path, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      // Otherwise, something may have been created in the folder just after it was emptied.
    }
  }
}

/** Name of a temporary file or folder; the part before its ending is the file locked for it. */
const TEMPORARY = /^(\.linear-style-[^.]+\.part)(\.[^.]+)?$/;

/** Folders that this process has searched already. */
const searched = new Set<string>();

/** Removes the temporary files that killed runs have left in a folder; once for each folder. */
export async function removeAbandonedFiles(folder: string): Promise<void> {
  if (searched.has(folder)) return;
  searched.add(folder);
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const [, lock] = TEMPORARY.exec(name) ?? [];
      if (lock) await removeIfAbandoned(join(folder, name), join(folder, lock));
    }
  } catch {
    // A folder that cannot be read is reported where it is written to.
  }
}

/** Removes a temporary file whose lock nobody holds: a lock ends with its process. */
async function removeIfAbandoned(path: string, lock: string): Promise<void> {
  try {
    using file = await Deno.open(lock, { write: true }).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    if (!file || await file.tryLock(true)) await Deno.remove(path, { recursive: true });
  } catch {
    // The file belongs to another user, or another run has removed it already.
  }
}

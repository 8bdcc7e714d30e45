import { extname } from "node:path";
import { explainSystemError, FileError, quote } from "./errors.ts";
import { onInterruption } from "./interruption.ts";
import { beside } from "./paths.ts";

/**
 * Writes a file so that it appears whole or not at all: under a temporary name in its folder, then
 * renamed.
 *
 * @param path absolute path
 * @param shown the path as the user gave it
 * @throws {FileError} naming the file, if it cannot be written.
 */
export async function writeWhole(
  path: string,
  bytes: Uint8Array,
  shown: string,
): Promise<void> {
  using pending = new PendingFile(path, shown);
  await pending.during(Deno.writeFile(pending.path, bytes, { createNew: true }));
  await pending.finish();
}

/** A file that is being written under a temporary name: what is not finished goes away. */
export class PendingFile implements Disposable {
  /** Where to write: in the folder of the file, with the ending of its name. */
  readonly path: string;
  #interruption: Disposable;

  /**
   * @param target absolute path
   * @param shown the path as the user gave it
   */
  constructor(private readonly target: string, private readonly shown: string) {
    this.path = beside(target, `.linear-style-${crypto.randomUUID()}.part${extname(target)}`);
    this.#interruption = onInterruption(() => Deno.removeSync(this.path));
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
    this.#interruption[Symbol.dispose]();
    try {
      Deno.removeSync(this.path);
    } catch {
      // It has its name, or was never there.
    }
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
  const target = await stat(path);
  if (target?.isDirectory) fail("it is a folder, not a file");
  if (target && !overwrite) fail("the file exists; --overwrite replaces it");
  const folder = await stat(beside(path, "."));
  if (!folder) fail("there is no such folder");
  if (!folder!.isDirectory) fail("a part of its path is not a folder");
  const probe = beside(path, `.linear-style-${crypto.randomUUID()}.part`);
  try {
    await Deno.writeFile(probe, new Uint8Array(), { createNew: true });
    await Deno.remove(probe);
  } catch (error) {
    fail(explainSystemError(error));
  }
}

/** Writes to standard output. */
export async function writeStandard(bytes: Uint8Array): Promise<void> {
  try {
    for (let sent = 0; sent < bytes.length;) {
      sent += await Deno.stdout.write(bytes.subarray(sent));
    }
  } catch (error) {
    throw new FileError(
      `Cannot write to standard output: ${explainSystemError(error)}`,
      {
        cause: error,
      },
    );
  }
}

async function stat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}

import { beside } from "./paths.ts";
import { explainSystemError, FileError, quote } from "./errors.ts";

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
  const temporary = beside(path, `.linear-style-${crypto.randomUUID()}.part`);
  try {
    await Deno.writeFile(temporary, bytes, { createNew: true });
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new FileError(
      `Cannot write ${quote(shown)}: ${explainSystemError(error)}`,
      {
        cause: error,
      },
    );
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

import { detectFormat, SIGNATURE_BYTES } from "../../image/mod.ts";
import { bytesAsSource, type ByteSource } from "../../mod.ts";
import { explainSystemError, FileError, quote } from "../errors.ts";
import { resolvePath, STANDARD } from "./paths.ts";
import { findPipe } from "./pipe.ts";

/** An open file, or what has come from a pipe. */
export interface Input extends ByteSource, Disposable {
  /** All bytes. */
  readAll(): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Opens a file, or reads a pipe to its end: standard input where the path is `-`.
 *
 * @throws {FileError} naming the file, if it cannot be read.
 */
export async function openInput(path: string): Promise<Input> {
  try {
    const pipe = await findPipe(path);
    if (pipe) return inMemory(await readUnsized(pipe.read()));
    const file = await Deno.open(resolvePath(path));
    const { isDirectory, size } = await file.stat();
    if (isDirectory) throw new Deno.errors.IsADirectory();
    const read = (start: number, length: number) =>
      readRange(file, start, length).catch((error) => {
        throw cannotRead(path, error);
      });
    return {
      size,
      read,
      readAll: () => read(0, size),
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    throw cannotRead(path, error);
  }
}

/**
 * All bytes of a file, or of a pipe.
 *
 * @throws {FileError} naming the file, if it cannot be read.
 */
export async function readWhole(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const pipe = await findPipe(path);
    return await (pipe ? readUnsized(pipe.read()) : Deno.readFile(resolvePath(path)));
  } catch (error) {
    throw cannotRead(path, error);
  }
}

/**
 * The first bytes of a file, or of a pipe, which can still be read from its beginning. None where it
 * cannot be read: the reason is reported by whoever reads it.
 */
export async function peek(path: string, length: number): Promise<Uint8Array> {
  try {
    const pipe = await findPipe(path);
    if (pipe) return await pipe.peek(length);
    using input = await openInput(path);
    return await input.read(0, Math.min(length, input.size));
  } catch {
    return new Uint8Array();
  }
}

/** The bytes of a file or a pipe, in chunks. */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array, void, void> {
  const pipe = await findPipe(path);
  if (pipe) return yield* pipe.read();
  using file = await Deno.open(resolvePath(path));
  for (;;) {
    const chunk = new Uint8Array(2 ** 16);
    const count = await file.read(chunk);
    if (count === null) return;
    yield chunk.subarray(0, count);
  }
}

/** Whether a file that starts so is a style pack: no picture has a brace there. */
export function looksLikePack(start: Uint8Array): boolean {
  return start[8] === "{".charCodeAt(0);
}

function cannotRead(path: string, error: unknown): FileError {
  const name = path === STANDARD ? "standard input" : quote(path);
  return new FileError(`Cannot read ${name}: ${explainSystemError(error)}`, { cause: error });
}

/** All bytes of a stream; if they are neither picture nor pack, the first only: it may never end. */
async function readUnsized(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>) {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let [length, checked] = [0, false];
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (checked || length < SIGNATURE_BYTES) continue;
    const start = await new Blob(parts).bytes();
    if (!isKnown(start)) return start;
    checked = true;
  }
  return await new Blob(parts).bytes();
}

function isKnown(start: Uint8Array): boolean {
  return looksLikePack(start) || isPicture(start);
}

/** Whether a file that starts so is a picture of a format that can be read. */
export function isPicture(start: Uint8Array): boolean {
  try {
    detectFormat(start);
    return true;
  } catch {
    return false;
  }
}

function inMemory(bytes: Uint8Array<ArrayBuffer>): Input {
  const readAll = () => Promise.resolve(bytes);
  return { ...bytesAsSource(bytes), readAll, [Symbol.dispose]: () => {} };
}

async function readRange(file: Deno.FsFile, start: number, length: number) {
  const bytes = new Uint8Array(length);
  await file.seek(start, Deno.SeekMode.Start);
  for (let filled = 0; filled < length;) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) throw new Error("it became shorter while it was read");
    filled += count;
  }
  return bytes;
}

/**
 * Files, and standard input, that the user names.
 *
 * @module
 */

import {
  type CodecService,
  type DecodedImage,
  type DecodeOptions,
  defaultCodecs,
  detectFormat,
  ImageError,
  type Samples,
  SIGNATURE_BYTES,
  toEightBits,
} from "../../image/mod.ts";
import { bytesAsSource, type ByteSource, ModelMismatchError, PackError } from "../../mod.ts";
import { VideoError } from "../../video/mod.ts";
import { explainSystemError, FileError, quote } from "../errors.ts";
import { resolvePath } from "./paths.ts";
import { Pipe } from "./pipe.ts";

/** The path that means standard input or output. */
export const STANDARD = "-";

/** Standard input, and those of the files that are pipes, by their paths. */
const pipes = new Map([[STANDARD, new Pipe(() => Promise.resolve(Deno.stdin.readable))]]);

/** The pipe at a path, if there is one. */
async function findPipe(path: string): Promise<Pipe | undefined> {
  const known = pipes.get(path);
  if (known) return known;
  const { isFile, isDirectory } = await Deno.stat(resolvePath(path));
  if (isFile || isDirectory) return undefined;
  const pipe = new Pipe(async () => (await Deno.open(resolvePath(path))).readable);
  pipes.set(path, pipe);
  return pipe;
}

/** An open file, or all of standard input. */
export interface Input extends ByteSource, Disposable {
  /** Everything in it. */
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
    if (pipe) return held(await readUnsized(pipe.read()));
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

function cannotRead(path: string, error: unknown): FileError {
  const name = path === STANDARD ? "standard input" : quote(path);
  return new FileError(`Cannot read ${name}: ${explainSystemError(error)}`, { cause: error });
}

/** All that a pipe or a device gives; of what is no picture and no pack only the beginning. */
async function readUnsized(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>) {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let [length, checked] = [0, false];
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (checked || length < SIGNATURE_BYTES) continue;
    const start = await new Blob(parts).bytes();
    if (!isKnown(start)) return start; // It may never end.
    checked = true;
  }
  return await new Blob(parts).bytes();
}

function isKnown(start: Uint8Array): boolean {
  if (looksLikePack(start)) return true;
  try {
    detectFormat(start);
    return true;
  } catch {
    return false;
  }
}

/** Whether a file's first bytes are those of a style pack: no picture has a brace at that place. */
export function looksLikePack(start: Uint8Array): boolean {
  return start[8] === "{".charCodeAt(0);
}

function held(bytes: Uint8Array<ArrayBuffer>): Input {
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

/** How a picture is read. */
export interface ReadSettings extends DecodeOptions {
  /** Short side, in pixels, to which it is resized; default: its own. */
  shortSide?: number;
  /** What decodes it; default: this thread. */
  images?: CodecService;
}

/**
 * The first bytes of a file, or of a pipe, which can still be read from its beginning. None where it
 * cannot be read.
 */
export async function peek(path: string, length: number): Promise<Uint8Array> {
  try {
    const pipe = await findPipe(path);
    if (pipe) return await pipe.peek(length);
    using input = await openInput(path);
    return await input.read(0, Math.min(length, input.size));
  } catch {
    return new Uint8Array(); // What is wrong is said where it is read.
  }
}

/** What is in a file, or comes from a pipe, in pieces. */
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

/**
 * Reads a picture, in as many bits a channel as the settings ask for.
 *
 * @throws {FileError} naming the file, if it cannot be read or is no picture.
 */
export async function readPicture(
  path: string,
  settings: ReadSettings,
): Promise<DecodedImage<Samples>> {
  using input = await openInput(path);
  return await readFrom(input, path, settings);
}

/** Reads a picture in 8 bits a channel, as {@linkcode readPicture} does. */
export async function readImage(path: string, settings: ReadSettings): Promise<DecodedImage> {
  using input = await openInput(path);
  return await readImageFrom(input, path, settings);
}

/** As {@linkcode readImage}, from a file that is open. */
export async function readImageFrom(
  input: Input,
  path: string,
  settings: ReadSettings,
): Promise<DecodedImage> {
  const picture = await readFrom(input, path, { ...settings, depth: 8 });
  return { ...picture, pixels: toEightBits(picture.pixels) };
}

async function readFrom(
  input: Input,
  path: string,
  { shortSide, images = defaultCodecs, ...options }: ReadSettings,
): Promise<DecodedImage<Samples>> {
  const bytes = await input.readAll();
  return await naming(path, images.decode(bytes, options, shortSide));
}

/**
 * Waits for work on a file.
 *
 * @throws {FileError} naming the file, where the work finds fault with what it holds.
 */
export async function naming<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!FAULTS.some((fault) => error instanceof fault)) throw error;
    throw new FileError(`${describe(path)}: ${(error as Error).message}`, { cause: error });
  }
}

const FAULTS = [ImageError, ModelMismatchError, PackError, VideoError];

/** A path as errors name it. */
export function describe(path: string): string {
  return path === STANDARD ? "Standard input" : quote(path);
}

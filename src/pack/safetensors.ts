/**
 * The safetensors format: a head in JSON, then tensors.
 *
 * 8 bytes: length of the head (little-endian); the head: per tensor `dtype`, `shape` and
 * `data_offsets` from the head's end, and strings in `__metadata__`; the tensors, without gaps.
 *
 * @see https://github.com/huggingface/safetensors
 * @module
 */

import { LibraryError } from "../util/errors.ts";

/** A file of tensors that breaks the rules of the format. */
export class SafetensorsError extends LibraryError {
  /** `"SafetensorsError"`. */
  override name = "SafetensorsError";
}

/** Element types of tensors that are read and written here. */
export type TensorData = Float32Array | Uint8Array;

/** A tensor to be written. */
export interface NamedTensor {
  name: string;
  shape: readonly number[];
  data: TensorData;
}

/** Where a tensor is in a file. */
export interface TensorInfo {
  type: "F32" | "U8";
  shape: readonly number[];
  /** In bytes from the start of the file. */
  start: number;
  /** In bytes. */
  length: number;
}

/** The head of a file. */
export interface Head {
  metadata: Record<string, string>;
  tensors: Map<string, TensorInfo>;
}

/** Bytes that can be read in parts, as a file or a buffer. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** Reads bytes; fewer where the source ends. */
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Longest head that is read, in bytes: some 60,000 styles. It bounds what is held in memory before
 * anything in a file is known to be true.
 */
const LONGEST_HEAD = 32 * 2 ** 20;

const ELEMENT_BYTES = { F32: 4, U8: 1 } as const;

/** Bytes as a source. */
export function bytesAsSource(bytes: Uint8Array): ByteSource {
  const read = (start: number, length: number) => bytes.slice(start, start + length);
  return { size: bytes.length, read: (...range) => Promise.resolve(read(...range)) };
}

/** The bytes of a file: the same for the same tensors and metadata in the same order. */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  const head: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, data } of tensors) {
    head[name] = {
      dtype: data instanceof Float32Array ? "F32" : "U8",
      shape,
      data_offsets: [end, end += data.byteLength],
    };
  }
  let text = JSON.stringify(head);
  const bytes = () => new TextEncoder().encode(text);
  text += " ".repeat((8 - bytes().length % 8) % 8); // So that the tensors are aligned.
  const encoded = bytes();
  const file = new Uint8Array(8 + encoded.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(encoded.length), true);
  file.set(encoded, 8);
  let at = 8 + encoded.length;
  for (const { data } of tensors) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads and checks the head of a file: what it says of tensors is known to be within the file.
 *
 * @throws {SafetensorsError} if it is not as the format has it.
 */
export async function readHead(source: ByteSource): Promise<Head> {
  if (source.size < 8) throw new SafetensorsError("The file is too short");
  const length = new DataView((await source.read(0, 8)).buffer).getBigUint64(0, true);
  if (length > BigInt(source.size - 8)) {
    throw new SafetensorsError("The head claims to be longer than the file");
  }
  if (length > BigInt(LONGEST_HEAD)) throw new SafetensorsError("The head is too long");
  const start = 8 + Number(length);
  const { __metadata__: metadata = {}, ...entries } = parseHead(
    await source.read(8, Number(length)),
  );
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new SafetensorsError("The metadata are not strings");
  }
  const tensors = new Map(
    Object.entries(entries).map(([name, entry]) => [name, checkEntry(name, entry, start)]),
  );
  let end = start;
  for (const info of [...tensors.values()].sort((a, b) => a.start - b.start)) {
    if (info.start !== end) throw new SafetensorsError("The tensors overlap or leave gaps");
    end += info.length;
  }
  if (end !== source.size) throw new SafetensorsError("The tensors do not end where the file ends");
  return { metadata: metadata as Record<string, string>, tensors };
}

/** Reads a tensor that {@linkcode readHead} has found. */
export async function readTensor(
  source: ByteSource,
  { type, start, length }: TensorInfo,
): Promise<TensorData> {
  const bytes = await source.read(start, length);
  return type === "U8" ? bytes : new Float32Array(bytes.buffer, bytes.byteOffset, length / 4);
}

function parseHead(bytes: Uint8Array): Record<string, unknown> {
  try {
    const head: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isRecord(head)) return head;
  } catch {
    // Neither text nor JSON: as below.
  }
  throw new SafetensorsError("The head is not a JSON object");
}

function checkEntry(name: string, entry: unknown, base: number): TensorInfo {
  const wrong = (what: string) =>
    new SafetensorsError(`The tensor ${JSON.stringify(name.slice(0, 80))} has ${what}`);
  if (!isRecord(entry)) throw wrong("no description");
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== "F32" && dtype !== "U8") throw wrong("a type that is neither F32 nor U8");
  if (!isSizes(shape) || shape.length > 8) throw wrong("no shape");
  if (!isSizes(offsets) || offsets.length !== 2) throw wrong("no offsets");
  const [start, end] = offsets as [number, number];
  const length = shape.reduce((product, size) => product * size, ELEMENT_BYTES[dtype]);
  if (end - start !== length) throw wrong("a shape that does not fit its offsets");
  return { type: dtype, shape, start: base + start, length };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

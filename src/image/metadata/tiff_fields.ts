import { concatenate, viewOf } from "../../util/bytes.ts";
import { type Directory, type Entry, Tag, type Tiff, TYPE_BYTES } from "./tiff_directory.ts";

/** The values of a tag. */
export interface Field {
  /** As in a directory: 2 text, 3 of 16 bits, 4 of 32 bits, and so on. */
  type: number;
  count: number;
  /** In little-endian order. */
  bytes: Uint8Array;
}

/** Tags with their values, or with the directory that they point to. */
export type Fields = Map<number, Field | Fields>;

const SUBDIRECTORIES: readonly number[] = [
  Tag.exifDirectory,
  Tag.gpsDirectory,
  Tag.interoperability,
];

/** Types of values that every reader knows; those of BigTIFF alone are not among them. */
const LAST_TYPE = 12;

/** Reads some tags of a directory, or all of them, and the directories that they point to. */
export function readFields(tiff: Tiff, directory: Directory, tags?: readonly number[]): Fields {
  const fields: Fields = new Map();
  for (const entry of directory.entries) {
    const { tag, type, count } = entry;
    if (count === 0 || type < 1 || type > LAST_TYPE || tags && !tags.includes(tag)) continue;
    if (SUBDIRECTORIES.includes(tag)) {
      const inner = tiff.subdirectory(tag, directory);
      const within = inner && readFields(tiff, inner);
      if (within && within.size > 0) fields.set(tag, within);
    } else fields.set(tag, { type, count, bytes: inLittleEndian(tiff, entry) });
  }
  return fields;
}

function inLittleEndian(tiff: Tiff, entry: Entry): Uint8Array {
  const bytes = tiff.bytesOf(entry).slice();
  if (tiff.littleEndian) return bytes;
  const isFraction = entry.type === 5 || entry.type === 10;
  const size = isFraction ? 4 : TYPE_BYTES[entry.type]!;
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}

/** Whole numbers of 16 bits. */
export function shorts(...values: number[]): Field {
  const bytes = new Uint8Array(2 * values.length);
  values.forEach((value, index) => viewOf(bytes).setUint16(2 * index, value, true));
  return { type: 3, count: values.length, bytes };
}

/** Whole numbers of 32 bits. */
export function longs(...values: number[]): Field {
  const bytes = new Uint8Array(4 * values.length);
  values.forEach((value, index) => viewOf(bytes).setUint32(4 * index, value, true));
  return { type: 4, count: values.length, bytes };
}

/** Bytes, as of a profile. */
export function rawBytes(bytes: Uint8Array): Field {
  return { type: 1, count: bytes.length, bytes };
}

/**
 * Writes a directory in little-endian order, and behind it the values that have no place in it and
 * the directories that it points to.
 *
 * @param start offset of the directory in the file
 * @throws {RangeError} if the file would have 4 GiB or more.
 */
export function writeDirectory(fields: Fields, start: number): Uint8Array<ArrayBuffer> {
  const entries = [...fields].sort(([a], [b]) => a - b);
  const head = new Uint8Array(2 + 12 * entries.length + 4);
  const view = viewOf(head);
  view.setUint16(0, entries.length, true);
  const behind: Uint8Array[] = [];
  let end = start + head.length;
  const append = (bytes: Uint8Array) => {
    const offset = end;
    behind.push(bytes, new Uint8Array(bytes.length % 2));
    end += bytes.length + bytes.length % 2;
    return checkOffset(offset);
  };
  entries.forEach(([tag, field], index) => {
    const at = 2 + 12 * index;
    view.setUint16(at, tag, true);
    if (field instanceof Map) {
      view.setUint16(at + 2, 4, true);
      view.setUint32(at + 4, 1, true);
      view.setUint32(at + 8, append(writeDirectory(field, end)), true);
      return;
    }
    view.setUint16(at + 2, field.type, true);
    view.setUint32(at + 4, field.count, true);
    if (field.bytes.length <= 4) head.set(field.bytes, at + 8);
    else view.setUint32(at + 8, append(field.bytes), true);
  });
  return concatenate([head, ...behind]);
}

/** @throws {RangeError} if an offset has more than 32 bits. */
export function checkOffset(offset: number): number {
  if (offset >= 2 ** 32) throw new RangeError("a TIFF has 4 GiB at most");
  return offset;
}

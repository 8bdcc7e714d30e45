import { concatenate } from "../../src/util/bytes.ts";

/** Values of a tag, all of one type: 1 bytes, 2 text, 3 of 16 bits, 4 of 32 bits, 5 fractions. */
export type TagValues = [type: 1 | 2 | 3 | 4 | 5 | 7 | 10, values: readonly number[]];

/** What a TIFF is made of. */
export interface TiffParts {
  tags: Record<number, TagValues>;
  /** Its only strip, or one for each plane. */
  strips: Uint8Array[];
  bigEndian?: boolean;
  /** Offsets of 64 bits. */
  isBig?: boolean;
  /** Without the link to a next directory. */
  isUnlinked?: boolean;
}

const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 10: 8 };

/** A TIFF, by the specification: head, strips, values that have no place in the directory, directory. */
export function tiffFile(
  { tags, strips, bigEndian = false, isBig = false, isUnlinked = false }: TiffParts,
): Uint8Array<ArrayBuffer> {
  const little = !bigEndian;
  const number = (size: number, value: number) => {
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    if (size === 1) view.setUint8(0, value);
    else if (size === 2) view.setUint16(0, value, little);
    else if (size === 4) view.setUint32(0, value, little);
    else view.setBigUint64(0, BigInt(value), little);
    return bytes;
  };
  const wide = isBig ? 8 : 4;
  let end = isBig ? 16 : 8;
  const offsets = strips.map(({ length }) => (end += length) - length);
  const all: Record<number, TagValues> = {
    ...tags,
    273: [4, offsets],
    279: [4, strips.map(({ length }) => length)],
  };
  const behind: Uint8Array[] = [];
  const entries: Uint8Array[] = [];
  for (const [tag, [type, values]] of Object.entries(all)) {
    const isFraction = type === 5 || type === 10;
    const parts = values.map((value) => number(isFraction ? 4 : SIZES[type], value));
    const count = isFraction ? values.length / 2 : values.length;
    const body = concatenate(parts);
    let place = concatenate([body, new Uint8Array(wide)]).subarray(0, wide);
    if (body.length > wide) {
      place = number(wide, end);
      behind.push(body);
      end += body.length;
    }
    entries.push(number(2, Number(tag)), number(2, type), number(wide, count), place);
  }
  const head = [
    new TextEncoder().encode(bigEndian ? "MM" : "II"),
    number(2, isBig ? 43 : 42),
    ...(isBig ? [number(2, 8), number(2, 0)] : []),
    number(wide, end),
  ];
  const count = number(isBig ? 8 : 2, Object.keys(all).length);
  const link = isUnlinked ? [] : [number(wide, 0)];
  return concatenate([...head, ...strips, ...behind, count, ...entries, ...link]);
}

/** Numbers of some bits each, the highest first, as bytes; rows are filled up to whole bytes. */
export function packBits(values: readonly number[], bits: number, perRow: number): Uint8Array {
  const rows: Uint8Array[] = [];
  for (let start = 0; start < values.length; start += perRow) {
    const digits = values.slice(start, start + perRow)
      .map((value) => value.toString(2).padStart(bits, "0")).join("");
    const padded = digits.padEnd(8 * Math.ceil(digits.length / 8), "0");
    rows.push(Uint8Array.from(padded.match(/.{8}/g)!, (byte) => parseInt(byte, 2)));
  }
  return concatenate(rows);
}

import { viewOf } from "../../../util/bytes.ts";
import { inflate } from "../../../util/inflate.ts";
import type { Samples } from "../../pixels.ts";

/** What the rows of a PNG mean. */
export interface PngLayout {
  width: number;
  height: number;
  /** Bits a sample. */
  bits: number;
  /** One of {@linkcode ColorType}. */
  type: number;
  isInterlaced: boolean;
  /** Red, green and blue of each color of a palette. */
  palette: Uint8Array;
  /** Opacity of each color of a palette, or the color that is transparent, 16 bits a sample. */
  transparency: Uint8Array | undefined;
}

export const ColorType = { gray: 0, rgb: 2, palette: 3, grayAlpha: 4, rgba: 6 } as const;

/** Samples a pixel, by the type of color. */
export const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** First column and row, and distances of columns and rows, for each pass of an interlaced image. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** An area of pixels that are stored row after row. */
interface Pass {
  left: number;
  top: number;
  across: number;
  down: number;
  columns: number;
  rows: number;
  /** Bytes of a row, without the number of its filter. */
  rowBytes: number;
}

/**
 * Decompresses the rows of a PNG, and writes them as RGBA. What follows the last row is ignored.
 *
 * @param packed the bodies of all `IDAT` chunks, one after another
 * @param data of `4 * width * height` values; of 16 bits a sample an array of 8 bits gets the higher
 * @throws {RangeError} if rows are missing, or a filter is unknown.
 */
export async function readRows(
  packed: Uint8Array,
  layout: PngLayout,
  data: Samples,
): Promise<void> {
  const { width, bits, type } = layout;
  const channels = CHANNELS[type]!;
  const passes = passesOf(layout);
  const length = passes.reduce((sum, { rows, rowBytes }) => sum + rows * (1 + rowBytes), 0);
  const raw = await inflate(packed, length);
  if (raw.length < length) throw new RangeError("rows are missing");
  const size = Math.max(1, channels * bits / 8);
  const write = writerOf(layout, data);
  let at = 0;
  for (const { left, top, across, down, columns, rows, rowBytes } of passes) {
    let above = new Uint8Array(rowBytes);
    for (let y = 0; y < rows; y++, at += 1 + rowBytes) {
      const row = raw.subarray(at + 1, at + 1 + rowBytes);
      unfilter(raw[at]!, row, above, size);
      write(row, columns, 4 * ((top + y * down) * width + left), 4 * across);
      above = row;
    }
  }
}

function passesOf({ width, height, bits, type, isInterlaced }: PngLayout): Pass[] {
  return (isInterlaced ? PASSES : [[0, 0, 1, 1]] as const)
    .map(([left, top, across, down]) => {
      const columns = Math.ceil((width - left) / across);
      const rows = Math.ceil((height - top) / down);
      const rowBytes = Math.ceil(columns * CHANNELS[type]! * bits / 8);
      return { left, top, across, down, columns, rows, rowBytes };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Undoes the filter of a row, in place; `size` is that of a pixel, in bytes. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, size: number): void {
  const length = row.length;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let index = size; index < length; index++) row[index]! += row[index - size]!;
      return;
    case 2:
      for (let index = 0; index < length; index++) row[index]! += above[index]!;
      return;
    case 3:
      for (let index = 0; index < length; index++) {
        row[index]! += (index < size ? 0 : row[index - size]!) + above[index]! >> 1;
      }
      return;
    case 4:
      // The first pixel has nothing to the left: what is above is the nearest.
      for (let index = 0; index < Math.min(size, length); index++) row[index]! += above[index]!;
      for (let index = size; index < length; index++) {
        const a = row[index - size]!;
        const b = above[index]!;
        const c = above[index - size]!;
        // Distances of a, b and c from a + b − c.
        const pa = Math.abs(b - c);
        const pb = Math.abs(a - c);
        const pc = Math.abs(a + b - 2 * c);
        row[index] = row[index]! + (pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
      }
      return;
    default:
      throw new RangeError("an unknown filter");
  }
}

/** Writes the pixels of a row, the first at an offset, the others each a step further. */
type WriteRow = (row: Uint8Array, columns: number, to: number, step: number) => void;

function writerOf(layout: PngLayout, data: Samples): WriteRow {
  const { type, bits, transparency } = layout;
  if (type === ColorType.palette) return paletteWriter(layout, data);
  const isPlain = bits === 8 && data instanceof Uint8ClampedArray;
  if (isPlain && type === ColorType.rgb && !transparency) return rgbWriter(data);
  if (isPlain && type === ColorType.rgba) return rgbaWriter(data);
  const most = data instanceof Uint16Array ? 65535 : 255;
  const read = sampleReader(layout, data instanceof Uint16Array);
  const channels = CHANNELS[type]!;
  const isRgb = type === ColorType.rgb || type === ColorType.rgba;
  const hasAlpha = type === ColorType.grayAlpha || type === ColorType.rgba;
  const isKey = keyTest(layout);
  return (row, columns, to, step) => {
    for (let x = 0; x < columns; x++, to += step) {
      const at = x * channels;
      data[to] = read(row, at);
      data[to + 1] = isRgb ? read(row, at + 1) : data[to]!;
      data[to + 2] = isRgb ? read(row, at + 2) : data[to]!;
      data[to + 3] = hasAlpha ? read(row, at + channels - 1) : isKey?.(row, at) ? 0 : most;
    }
  };
}

/** As most files need it. */
function rgbWriter(data: Uint8ClampedArray): WriteRow {
  return (row, columns, to, step) => {
    for (let at = 0; at < 3 * columns; at += 3, to += step) {
      data[to] = row[at]!;
      data[to + 1] = row[at + 1]!;
      data[to + 2] = row[at + 2]!;
      data[to + 3] = 255;
    }
  };
}

/** As most files with transparency need it. */
function rgbaWriter(data: Uint8ClampedArray): WriteRow {
  return (row, columns, to, step) => {
    for (let at = 0; at < 4 * columns; at += 4, to += step) {
      data[to] = row[at]!;
      data[to + 1] = row[at + 1]!;
      data[to + 2] = row[at + 2]!;
      data[to + 3] = row[at + 3]!;
    }
  };
}

function paletteWriter({ palette, transparency, bits }: PngLayout, data: Samples): WriteRow {
  const scale = data instanceof Uint16Array ? 257 : 1;
  return (row, columns, to, step) => {
    for (let x = 0; x < columns; x++, to += step) {
      const index = readBits(row, x, bits);
      for (let channel = 0; channel < 3; channel++) {
        data[to + channel] = scale * (palette[3 * index + channel] ?? 0);
      }
      data[to + 3] = scale * (transparency?.[index] ?? 255);
    }
  };
}

/** Reads the sample at an index of a row, in the unit of the result. */
function sampleReader(
  { bits }: PngLayout,
  isDeep: boolean,
): (row: Uint8Array, at: number) => number {
  if (bits === 16) {
    return isDeep ? (row, at) => row[2 * at]! << 8 | row[2 * at + 1]! : (row, at) => row[2 * at]!;
  }
  const scale = (isDeep ? 65535 : 255) / (2 ** bits - 1);
  if (bits === 8) return isDeep ? (row, at) => scale * row[at]! : (row, at) => row[at]!;
  return (row, at) => scale * readBits(row, at, bits);
}

/** Reads a number of 1, 2, 4 or 8 bits, the first in the highest bits of a byte. */
function readBits(row: Uint8Array, index: number, bits: number): number {
  const at = index * bits;
  return row[at >> 3]! >> 8 - bits - (at & 7) & (1 << bits) - 1;
}

/** Tells whether a pixel has the color that is transparent, where there is one. */
function keyTest(
  { type, bits, transparency }: PngLayout,
): ((row: Uint8Array, at: number) => boolean) | undefined {
  const channels = type === ColorType.gray ? 1 : type === ColorType.rgb ? 3 : 0;
  if (!transparency || channels === 0 || transparency.length < 2 * channels) return undefined;
  const view = viewOf(transparency);
  const mask = 2 ** bits - 1;
  const key = Array.from({ length: channels }, (_, index) => view.getUint16(2 * index) & mask);
  const read = bits === 16
    ? (row: Uint8Array, at: number) => row[2 * at]! << 8 | row[2 * at + 1]!
    : (row: Uint8Array, at: number) => readBits(row, at, bits);
  return (row, at) => key.every((value, index) => read(row, at + index) === value);
}

import { viewOf } from "../../../util/bytes.ts";
import type { Pixels } from "../../pixels.ts";
import type { ContainerHeader } from "../format.ts";
import type { Note } from "../../note.ts";
import { type BmpLayout, Compression, readLayout } from "./container.ts";
import { unpackRuns } from "./runs.ts";

/** See {@linkcode Codec}. */
export async function decode(
  bytes: Uint8Array,
  header: ContainerHeader,
  note: Note,
): Promise<Pixels> {
  const layout = readLayout(bytes);
  const { compression, bits } = layout;
  if (
    compression === Compression.rle8 && bits === 8 || compression === Compression.rle4 && bits === 4
  ) {
    return paint(layout, unpackRuns(bytes.subarray(layout.start), layout), layout.width, 8);
  }
  const isMasked = compression === Compression.masks || compression === Compression.masksWithAlpha;
  if (compression === Compression.none || isMasked && (bits === 16 || bits === 32)) {
    if (![1, 2, 4, 8, 16, 24, 32].includes(bits)) throw new RangeError("pixels of other bits");
    const stride = 4 * Math.ceil(layout.width * bits / 32);
    const stored = bytes.subarray(layout.start);
    // The last row need not be filled up.
    if (stored.length < stride * (layout.height - 1) + Math.ceil(layout.width * bits / 8)) {
      throw new RangeError("rows are missing");
    }
    return paint(layout, stored, stride, bits);
  }
  const { decodeWithMagick } = await import("../magick.ts");
  return await decodeWithMagick(bytes, "BMP", header, note); // A JPEG, a PNG, or what OS/2 has.
}

/** Paints rows of pixels of some bits. */
function paint(layout: BmpLayout, stored: Uint8Array, stride: number, bits: number): Pixels {
  const { width, height, isTopDown } = layout;
  const data = new Uint8ClampedArray(4 * width * height);
  const color = bits <= 8 ? indexed(layout, stored, bits) : direct(layout, stored, bits);
  for (let row = 0; row < height; row++) {
    let to = 4 * width * (isTopDown ? row : height - 1 - row);
    for (let x = 0; x < width; x++, to += 4) color(row * stride, x, data, to);
  }
  return { data, width, height };
}

/** Writes the color of a pixel in a row. */
type WriteColor = (row: number, x: number, data: Uint8ClampedArray, to: number) => void;

function indexed({ palette, entryBytes }: BmpLayout, stored: Uint8Array, bits: number): WriteColor {
  const mask = 2 ** bits - 1;
  return (row, x, data, to) => {
    const at = x * bits;
    const index = stored[row + (at >> 3)]! >> 8 - bits - at % 8 & mask;
    data[to] = palette[entryBytes * index + 2] ?? 0;
    data[to + 1] = palette[entryBytes * index + 1] ?? 0;
    data[to + 2] = palette[entryBytes * index] ?? 0;
    data[to + 3] = 255;
  };
}

function direct({ masks }: BmpLayout, stored: Uint8Array, bits: number): WriteColor {
  if (bits === 24) {
    return (row, x, data, to) => {
      const at = row + 3 * x;
      data[to] = stored[at + 2]!;
      data[to + 1] = stored[at + 1]!;
      data[to + 2] = stored[at]!;
      data[to + 3] = 255;
    };
  }
  const view = viewOf(stored);
  const read = bits === 16
    ? (at: number) => view.getUint16(at, true)
    : (at: number) => view.getUint32(at, true);
  const channels = masks.map((mask) => {
    // The lowest bit of the mask, as a power of two.
    const unit = mask === 0 ? 1 : (mask & -mask) >>> 0;
    return { mask, unit, most: mask / unit };
  });
  return (row, x, data, to) => {
    const pixel = read(row + x * bits / 8);
    channels.forEach(({ mask, unit, most }, channel) => {
      const value = ((pixel & mask) >>> 0) / unit;
      data[to + channel] = mask === 0 ? (channel === 3 ? 255 : 0) : 255 * value / most;
    });
  };
}

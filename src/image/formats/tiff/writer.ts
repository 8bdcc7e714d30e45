import { concatenate, viewOf } from "../../../util/bytes.ts";
import { readTexts } from "../../metadata/exif.ts";
import type { Metadata } from "../../metadata/metadata.ts";
import type { Pixels } from "../../pixels.ts";
import { isOpaque } from "../../planes.ts";
import { srgbProfile } from "../../color/srgb.ts";
import { Tag } from "../../metadata/tiff_directory.ts";

/** Samples of a strip: some megabytes are packed at a time. */
const STRIP = 2 ** 21;

/** Tags that are texts, in EXIF's first directory and in a TIFF alike. */
const TEXTS = [Tag.description, Tag.make, Tag.model, Tag.dateTime, Tag.artist, Tag.copyright];

/** Values of a tag: texts and others in bytes, numbers of 16 bits, numbers of 32 bits. */
type Values = { bytes: Uint8Array; isText: boolean } | { short: number[] } | { long: number[] };

/**
 * A TIFF of 16 bits a channel, in pieces: strips packed by Deflate, each value as its difference
 * from the one before; with transparency only where there is some.
 *
 * @throws {RangeError} if it has 4 GiB or more
 */
export async function writeDeepTiff(
  pixels: Pixels<Uint16Array>,
  { exif, xmp }: Metadata,
): Promise<Uint8Array[]> {
  const { width, height } = pixels;
  const channels = isOpaque(pixels) ? 3 : 4;
  const rows = Math.max(1, Math.floor(STRIP / (channels * width)));
  const strips: Uint8Array[] = [];
  for (let top = 0; top < height; top += rows) {
    strips.push(await pack(differences(pixels, top, Math.min(rows, height - top), channels)));
  }
  let end = HEAD_BYTES;
  const starts = strips.map(({ length }) => (end += length) - length);
  const tags = new Map<number, Values>([
    [Tag.width, { long: [width] }],
    [Tag.height, { long: [height] }],
    [Tag.bits, { short: Array(channels).fill(16) }],
    [Tag.compression, { short: [8] }], // Deflate.
    [Tag.photometric, { short: [2] }], // RGB.
    [Tag.stripOffsets, { long: starts }],
    [Tag.samples, { short: [channels] }],
    [Tag.rowsPerStrip, { long: [rows] }],
    [Tag.stripBytes, { long: strips.map(({ length }) => length) }],
    [Tag.predictor, { short: [2] }], // Differences.
  ]);
  tags.set(Tag.profile, { bytes: srgbProfile(), isText: false });
  if (channels === 4) tags.set(Tag.extraSamples, { short: [2] }); // Not premultiplied.
  for (const [tag, text] of readTexts(exif ?? new Uint8Array(), TEXTS)) {
    tags.set(tag, { bytes: new TextEncoder().encode(`${text}\0`), isText: true });
  }
  if (xmp) tags.set(Tag.xmp, { bytes: xmp, isText: false });
  const start = end + end % 2;
  const head = new Uint8Array(HEAD_BYTES);
  head.set(new TextEncoder().encode("II*\0"));
  viewOf(head).setUint32(4, checkOffset(start), true);
  return [head, ...strips, new Uint8Array(start - end), directory(tags, start)];
}

const HEAD_BYTES = 8;

/** Rows of a picture, each value less the same channel's of the pixel to the left. */
function differences(
  { data, width }: Pixels<Uint16Array>,
  top: number,
  rows: number,
  channels: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 * channels * width * rows);
  const view = viewOf(bytes);
  let to = 0;
  for (let from = 4 * top * width; to < bytes.length; from += 4) {
    const isFirst = from % (4 * width) === 0;
    for (let channel = 0; channel < channels; channel++, to += 2) {
      const before = isFirst ? 0 : data[from + channel - 4]!;
      view.setUint16(to, data[from + channel]! - before, true);
    }
  }
  return bytes;
}

async function pack(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** The directory, and behind it the values that have no place in it. */
function directory(tags: ReadonlyMap<number, Values>, start: number): Uint8Array {
  const entries = [...tags].sort(([a], [b]) => a - b);
  const head = new Uint8Array(2 + 12 * entries.length + 4);
  const view = viewOf(head);
  view.setUint16(0, entries.length, true);
  const behind: Uint8Array[] = [];
  let end = start + head.length;
  entries.forEach(([tag, values], index) => {
    const { type, count, bytes } = encode(values);
    const at = 2 + 12 * index;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    if (bytes.length <= 4) return head.set(bytes, at + 8);
    view.setUint32(at + 8, checkOffset(end), true);
    behind.push(bytes, new Uint8Array(bytes.length % 2));
    end += bytes.length + bytes.length % 2;
  });
  return concatenate([head, ...behind]);
}

function encode(values: Values): { type: number; count: number; bytes: Uint8Array } {
  if ("bytes" in values) {
    const { bytes, isText } = values;
    return { type: isText ? 2 : 1, count: bytes.length, bytes };
  }
  const [numbers, size] = "short" in values ? [values.short, 2] : [values.long, 4];
  const bytes = new Uint8Array(size * numbers.length);
  numbers.forEach((value, index) => {
    if (size === 2) viewOf(bytes).setUint16(2 * index, value, true);
    else viewOf(bytes).setUint32(4 * index, value, true);
  });
  return { type: size === 2 ? 3 : 4, count: numbers.length, bytes };
}

function checkOffset(offset: number): number {
  if (offset >= 2 ** 32) throw new RangeError("a TIFF has 4 GiB at most");
  return offset;
}

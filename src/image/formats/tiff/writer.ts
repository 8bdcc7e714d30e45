import { viewOf } from "../../../util/bytes.ts";
import { srgbProfile } from "../../color/srgb.ts";
import { readDescription } from "../../metadata/exif.ts";
import type { Metadata } from "../../metadata/metadata.ts";
import { exifWithResolution } from "../../metadata/resolution.ts";
import { Tag } from "../../metadata/tiff_directory.ts";
import {
  checkOffset,
  type Fields,
  longs,
  rawBytes,
  shorts,
  writeDirectory,
} from "../../metadata/tiff_fields.ts";
import type { Pixels, Samples } from "../../pixels.ts";
import { isOpaque } from "../../planes.ts";
import { yieldToEventLoop } from "../../../util/event_loop.ts";
import { Extra, Photometric } from "./layout.ts";

/** Samples of a strip, which is compressed at a time. */
const STRIP = 2 ** 21;

/** Bytes of the file's head. */
const HEAD = 8;

/** Compression by Deflate, of differences between neighbors. */
const [DEFLATE, DIFFERENCES] = [8, 2];

/**
 * Writes a TIFF of the image's depth in pieces: strips compressed by Deflate. Opacity is written only
 * where the image has transparency. EXIF becomes the directories that a TIFF has for it.
 *
 * @throws {RangeError} if the file would have 4 GiB or more.
 */
export async function writeTiff(
  pixels: Pixels<Samples>,
  metadata: Metadata,
): Promise<Uint8Array[]> {
  const [exif, xmp] = [exifWithResolution(metadata), metadata.xmp];
  const { data, width, height } = pixels;
  const channels = isOpaque(pixels) ? 3 : 4;
  const rows = Math.max(1, Math.floor(STRIP / (channels * width)));
  const strips: Uint8Array[] = [];
  for (let top = 0; top < height; top += rows) {
    if (top > 0) await yieldToEventLoop();
    strips.push(await deflate(differences(pixels, top, Math.min(rows, height - top), channels)));
  }
  let end = HEAD;
  const starts = strips.map(({ length }) => (end += length) - length);
  const fields: Fields = new Map([
    ...(exif ? readDescription(exif) : []),
    [Tag.width, longs(width)],
    [Tag.height, longs(height)],
    [Tag.bits, shorts(...Array(channels).fill(8 * data.BYTES_PER_ELEMENT))],
    [Tag.compression, shorts(DEFLATE)],
    [Tag.photometric, shorts(Photometric.rgb)],
    [Tag.stripOffsets, longs(...starts)],
    [Tag.samples, shorts(channels)],
    [Tag.rowsPerStrip, longs(rows)],
    [Tag.stripBytes, longs(...strips.map(({ length }) => length))],
    [Tag.predictor, shorts(DIFFERENCES)],
    [Tag.profile, { ...rawBytes(srgbProfile()), type: 7 }],
    ...(channels === 4 ? [[Tag.extraSamples, shorts(Extra.alpha)] as const] : []),
    ...(xmp ? [[Tag.xmp, rawBytes(xmp)] as const] : []),
  ]);
  const start = checkOffset(end + end % 2);
  const head = new Uint8Array(HEAD);
  head.set(new TextEncoder().encode("II*\0"));
  viewOf(head).setUint32(4, start, true);
  return [head, ...strips, new Uint8Array(start - end), writeDirectory(fields, start)];
}

/** Rows of an image: each sample less that of the same channel to the left. */
function differences(
  { data, width }: Pixels<Samples>,
  top: number,
  rows: number,
  channels: number,
): Uint8Array<ArrayBuffer> {
  const size = data.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(size * channels * width * rows);
  let to = 0;
  for (let from = 4 * top * width; to < bytes.length; from += 4) {
    const isFirst = from % (4 * width) === 0;
    for (let channel = 0; channel < channels; channel++) {
      const before = isFirst ? 0 : data[from + channel - 4]!;
      const difference = data[from + channel]! - before;
      bytes[to++] = difference;
      if (size === 2) bytes[to++] = difference >> 8;
    }
  }
  return bytes;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

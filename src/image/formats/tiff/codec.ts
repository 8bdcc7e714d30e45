import { viewOf } from "../../../util/bytes.ts";
import { ImageError } from "../../image_error.ts";
import { Tag, Tiff } from "../../metadata/tiff_directory.ts";
import { type Pixels, type Samples, toEightBits, toSixteenBits } from "../../pixels.ts";
import type { ContainerHeader } from "../format.ts";
import type { Note } from "../../note.ts";
import { compressionName, isReadableCompression, UNCOMPRESSED } from "./compression.ts";
import { COLORS } from "./container.ts";
import { readLayout, readPhotometric } from "./layout.ts";
import { isReadable, readSamples } from "./samples.ts";

/** See {@linkcode Codec}. */
export async function decode(
  bytes: Uint8Array,
  header: ContainerHeader,
  note: Note,
): Promise<Pixels> {
  if (header.bits > 8) return toEightBits(await decodeDeep(bytes, header, note));
  return await read(bytes, header, note, (length) => new Uint8ClampedArray(length)) ??
    await decodeOthers(bytes, header, note);
}

/** See {@linkcode Codec}. */
export async function decodeDeep(
  bytes: Uint8Array,
  header: ContainerHeader,
  note: Note,
): Promise<Pixels<Uint16Array>> {
  return await read(bytes, header, note, (length) => new Uint16Array(length)) ??
    toSixteenBits(await decodeOthers(bytes, header, note));
}

/** Reads gray, RGB and palettes; `undefined` where the file has something else. */
async function read<S extends Samples>(
  bytes: Uint8Array,
  { width, height }: ContainerHeader,
  note: Note,
  allocate: (length: number) => S,
): Promise<Pixels<S> | undefined> {
  const tiff = new Tiff(viewOf(bytes));
  const layout = readLayout(tiff);
  if (!layout || !isReadable(layout)) return undefined;
  const data = allocate(4 * width * height);
  await readSamples(bytes, layout, tiff.littleEndian, data, note);
  return { data, width, height };
}

/** Reads CMYK, Lab, fax, JPEG and so on, in 8 bits a channel. */
async function decodeOthers(
  bytes: Uint8Array,
  header: ContainerHeader,
  note: Note,
): Promise<Pixels> {
  const tiff = new Tiff(viewOf(bytes));
  if (!isReadableCompression(tiff.number(Tag.compression) ?? UNCOMPRESSED)) throw unreadable(tiff);
  const { decodeWithMagick } = await import("../magick.ts");
  try {
    return await decodeWithMagick(bytes, "TIFF", header, note);
  } catch (error) {
    throw error instanceof Error && UNSUPPORTED.test(error.message) ? unreadable(tiff) : error;
  }
}

/** What ImageMagick and its libraries say of what they do not read. */
const UNSUPPORTED = /not ?support|not configured|can ?not handle|can not read scanlines/i;

/** The error for a kind of picture that cannot be read, as it is known to those who wrote it. */
function unreadable(tiff: Tiff): ImageError {
  const compression = tiff.number(Tag.compression) ?? UNCOMPRESSED;
  const how = compression === UNCOMPRESSED
    ? "not compressed"
    : `compressed by ${compressionName(compression)}`;
  if (!isReadableCompression(compression)) return refuse(how, "LZW, Deflate or no compression");
  const bits = tiff.number(Tag.bits) ?? 1;
  const tiles = tiff.number(Tag.tileWidth) === undefined ? "" : " in tiles";
  const color = COLORS[readPhotometric(tiff)] ?? "unknown";
  const kind = `of ${color} colors of ${bits} bits${tiles}, ${how}`;
  return refuse(kind, "LZW, Deflate or no compression, in RGB of 8 or 16 bits");
}

function refuse(kind: string, others: string): ImageError {
  const message = `The TIFF file is ${kind}, which cannot be read: save it with ${others}`;
  return new ImageError(message, { code: "unsupported-format" });
}

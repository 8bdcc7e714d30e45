import { viewOf } from "../../../util/bytes.ts";
import { ImageError } from "../../image_error.ts";
import { Tag, Tiff } from "../../metadata/tiff_directory.ts";
import { type Pixels, type Samples, toEightBits, toSixteenBits } from "../../pixels.ts";
import type { ContainerHeader } from "../format.ts";
import type { Note } from "../../note.ts";
import { UNREADABLE } from "./compression.ts";
import { readLayout } from "./layout.ts";
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
  const compression = new Tiff(viewOf(bytes)).number(Tag.compression) ?? 0;
  const name = UNREADABLE[compression];
  if (name) {
    throw new ImageError(`The TIFF file is compressed by ${name}, which cannot be read`, {
      code: "unsupported-format",
    });
  }
  const { decodeWithMagick } = await import("../magick.ts");
  return await decodeWithMagick(bytes, "TIFF", header, note);
}

import { viewOf } from "../../../util/bytes.ts";
import { readDescription, writeExif } from "../../metadata/exif.ts";
import { readPhotometric } from "./layout.ts";
import { rawFileError } from "../refused_formats.ts";
import type { Metadata } from "../../metadata/metadata.ts";
import { Tag, Tiff } from "../../metadata/tiff_directory.ts";
import type { ContainerHeader } from "../format.ts";

/** Kinds of samples, by the tag `PhotometricInterpretation`. */
export const COLORS: Record<number, string> = {
  0: "gray",
  1: "gray",
  2: "RGB",
  3: "palette",
  5: "CMYK",
  6: "YCbCr",
  8: "Lab",
};

/** Reads the header of the first image; see {@linkcode Container}. */
export function readHeader(bytes: Uint8Array): ContainerHeader {
  const tiff = new Tiff(viewOf(bytes));
  if (isRaw(tiff)) throw rawFileError();
  checkLength(tiff);
  const orientation = tiff.number(Tag.orientation) ?? 1;
  const profile = tiff.bytes(Tag.profile);
  const xmp = tiff.bytes(Tag.xmp);
  const description = readDescription(bytes);
  const metadata: Metadata = {
    ...(description.size > 0 ? { exif: writeExif(description) } : {}),
    ...(xmp ? { xmp } : {}),
  };
  return {
    width: tiff.number(Tag.width) ?? 0,
    height: tiff.number(Tag.height) ?? 0,
    color: COLORS[readPhotometric(tiff)] ?? "unknown colors",
    alpha: tiff.number(Tag.extraSamples) !== undefined,
    bits: tiff.number(Tag.bits) ?? 1,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    metadata,
    ...(profile ? { profile } : {}),
  };
}

/** Refuses a picture that so short a file cannot hold; of black and white it may hold any. */
function checkLength(tiff: Tiff): void {
  const [width, height] = [tiff.number(Tag.width) ?? 0, tiff.number(Tag.height) ?? 0];
  const bits = (tiff.number(Tag.bits) ?? 1) * (tiff.number(Tag.samples) ?? 1);
  // LZW, which packs the best, makes nothing more than 4096 times shorter.
  const most = tiff.number(Tag.compression) === UNPACKED ? 1 : 4096;
  if (bits > 1 && width * height * bits / 8 > most * tiff.view.byteLength) {
    throw new RangeError("too short for its size");
  }
}

const UNPACKED = 1;

/** Cameras' RAW files are TIFF files whose first picture is a small preview, or a mosaic. */
function isRaw(tiff: Tiff): boolean {
  const [mosaic, linear] = [32803, 34892];
  const photometric = tiff.number(Tag.photometric);
  const preview = tiff.number(Tag.subfileType) === 1 || tiff.number(Tag.compression) === 6;
  return photometric === mosaic || photometric === linear ||
    tiff.number(Tag.dngVersion) !== undefined ||
    (preview && tiff.number(Tag.subDirectories) !== undefined);
}

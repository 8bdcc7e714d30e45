import { ascii } from "../../util/bytes.ts";
import { ImageError } from "../pixels.ts";

/** Formats that can be read; those of {@linkcode OUTPUT_FORMATS} can be written too. */
export type ImageFormat = "png" | "jpeg" | "gif" | "webp" | "avif" | "tiff" | "bmp";

/** Formats that can be written. */
export const OUTPUT_FORMATS = ["png", "jpeg", "webp", "avif", "tiff"] as const;

/** One of {@linkcode OUTPUT_FORMATS}. */
export type OutputFormat = typeof OUTPUT_FORMATS[number];

/** Bits a channel that pictures are written with. */
export const DEPTHS = [8, 16] as const;

/** One of {@linkcode DEPTHS}. */
export type Depth = typeof DEPTHS[number];

/** Formats that can be written in 16 bits a channel. */
export const DEEP_FORMATS: readonly ImageFormat[] = ["png", "tiff"];

/** The formats as people write them. */
export const FORMAT_NAMES: Record<ImageFormat, string> = {
  png: "PNG",
  jpeg: "JPEG",
  gif: "GIF",
  webp: "WebP",
  avif: "AVIF",
  tiff: "TIFF",
  bmp: "BMP",
};

/** How files begin, a byte a character; dots are any. In their order: RAW files pose as TIFF. */
const SIGNATURES: [ImageFormat | "heic" | "raw", RegExp][] = [
  ["png", /^\x89PNG\r\n.\n/s],
  ["jpeg", /^\xff\xd8\xff/],
  ["gif", /^GIF8[79]a/],
  ["webp", /^RIFF....WEBP/s],
  ["avif", /^....ftyp(avi[fs]|(mif1|msf1).*avi[fs])/s],
  ["heic", /^....ftyp(hei[cxms]|hev[cxms]|mif1|msf1)/s],
  ["raw", /^....ftypcrx |^II\*\0....CR|^FUJIFILMCCD-RAW|^II(RO|RS|U\0)|^FOVb|^\0MR[MI]/s],
  ["tiff", /^(II\*\0|MM\0\*)/],
  ["bmp", /^BM.{12}[\f(48@l|]\0\0\0/s],
];

/** Names of pictures, and of those that are only named in an error. */
export const PICTURE_NAME = /\.(png|jpe?g|gif|webp|avif|tiff?|bmp|hei[cf])$/i;

/** Names of files in a format that is none of {@linkcode OUTPUT_FORMATS}. */
export const UNWRITABLE_NAME = /\.(bmp|gif|hei[cf]|jxl|jp2|ico|psd|pdf|svg|tga|p[bgnp]m|dng|exr)$/i;

/** Bytes at the start of a file that tell its format. */
export const SIGNATURE_BYTES = 64;

/**
 * The format of an image file by its first bytes, whatever its name.
 *
 * @throws {ImageError} if it is none that can be read.
 */
export function detectFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw new ImageError("The file is empty");
  const start = ascii(bytes, 0, SIGNATURE_BYTES);
  const format = SIGNATURES.find(([, signature]) => signature.test(start))?.[0];
  if (format === "heic") {
    throw new ImageError("It is a HEIC picture: export it as JPEG, PNG or AVIF first");
  }
  if (format === "raw") throw rawFile();
  if (format) return format;
  throw new ImageError(
    "Not an image that can be read: use PNG, JPEG, GIF, WebP, AVIF, TIFF or BMP",
  );
}

/** Of a camera's RAW file. */
export function rawFile(): ImageError {
  return new ImageError("It is a camera's RAW file: develop it to TIFF, PNG or JPEG first");
}

/** The output format that a file name ends in, if it does. */
export function formatOfName(name: string): OutputFormat | undefined {
  const suffix = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  return SUFFIXES[suffix];
}

const SUFFIXES: Record<string, OutputFormat> = {
  png: "png",
  jpg: "jpeg",
  jpeg: "jpeg",
  webp: "webp",
  avif: "avif",
  tif: "tiff",
  tiff: "tiff",
};

/** The usual ending of file names of a format, without the dot. */
export function suffixOf(format: OutputFormat): string {
  return format === "jpeg" ? "jpg" : format === "tiff" ? "tif" : format;
}

import { ImageError } from "./pixels.ts";

/** Formats that can be read; those of {@linkcode OUTPUT_FORMATS} can be written too. */
export type ImageFormat = "png" | "jpeg" | "gif";

/** Formats that can be written. */
export const OUTPUT_FORMATS = ["png", "jpeg"] as const;

/** One of {@linkcode OUTPUT_FORMATS}. */
export type OutputFormat = typeof OUTPUT_FORMATS[number];

const SIGNATURES: [ImageFormat, number[]][] = [
  ["png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["jpeg", [0xff, 0xd8, 0xff]],
  ["gif", [0x47, 0x49, 0x46, 0x38]],
];

/**
 * The format of an image file by its first bytes, whatever its name.
 *
 * @throws {ImageError} if it is none that can be read.
 */
export function detectFormat(bytes: Uint8Array): ImageFormat {
  for (const [format, signature] of SIGNATURES) {
    if (signature.every((byte, index) => bytes[index] === byte)) return format;
  }
  throw new ImageError(
    bytes.length === 0
      ? "The file is empty"
      : "Not an image that can be read: use PNG, JPEG or GIF",
  );
}

/** The output format that a file name ends in, if it does. */
export function formatOfName(name: string): OutputFormat | undefined {
  const suffix = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase();
  if (suffix === "png") return "png";
  if (suffix === "jpg" || suffix === "jpeg") return "jpeg";
  return undefined;
}

/** The usual ending of file names of a format, without the dot. */
export function suffixOf(format: OutputFormat): string {
  return format === "jpeg" ? "jpg" : format;
}

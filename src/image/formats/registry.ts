/**
 * All formats. A new one is a folder beside this file and a line here; every list is derived.
 *
 * @module
 */

import { ascii } from "../../util/bytes.ts";
import { ImageError } from "../image_error.ts";
import { avif } from "./avif/format.ts";
import { bmp } from "./bmp/format.ts";
import type { Animated, Format, FormatOutput, Writable } from "./format.ts";
import { gif } from "./gif/format.ts";
import { jpeg } from "./jpeg/format.ts";
import { png } from "./png/format.ts";
import { heic, raw } from "./refused_formats.ts";
import { tiff } from "./tiff/format.ts";
import { webp } from "./webp/format.ts";

/** All formats that can be read, in order of detection. */
export const FORMATS: readonly [
  Format<"png"> & Writable,
  Format<"jpeg"> & Writable,
  Format<"gif"> & Animated,
  Format<"webp"> & Writable & Animated,
  Format<"avif"> & Writable,
  Format<"tiff"> & Writable,
  Format<"bmp">,
] = [png, jpeg, gif, webp, avif, tiff, bmp];

/** Formats that can be read, by their names in options; some of them can be written. */
export type ImageFormat = typeof FORMATS[number]["name"];

/** Formats that can be written. */
export type OutputFormat = Extract<typeof FORMATS[number], Writable>["name"];

/** Formats that animations can be written in. */
export type AnimationFormat = Extract<typeof FORMATS[number], Animated>["name"];

/** Refused ones first: some RAW files pose as TIFF. */
const DETECTED = [heic, raw, ...FORMATS];

/** Suffixes of other formats that somebody may want to have written. */
const FOREIGN_SUFFIXES = [
  ...["jxl", "jp2", "ico", "psd", "pdf", "svg", "tga", "pbm", "pgm", "pnm", "ppm", "dng", "exr"],
];

const OUTPUTS = FORMATS.filter((format): format is Extract<typeof format, Writable> =>
  "output" in format
);

const ANIMATED = FORMATS.filter((format): format is Extract<typeof format, Animated> =>
  "animation" in format
);

/** Formats that can be written. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = OUTPUTS.map(({ name }) => name);

/** Formats that can be written in 16 bits a channel. */
export const DEEP_FORMATS: readonly OutputFormat[] = OUTPUTS
  .filter(({ output }) => output.depths.includes(16))
  .map(({ name }) => name);

/** Formats to which `quality` applies. */
export const LOSSY_FORMATS: readonly OutputFormat[] = OUTPUTS
  .filter(({ output }) => output.isLossy).map(({ name }) => name);

/** Formats that animations can be written in. */
export const ANIMATION_FORMATS: readonly AnimationFormat[] = ANIMATED.map(({ name }) => name);

/** The format to write where neither a name nor a caller says which. */
export const DEFAULT_FORMAT: OutputFormat = FORMATS[0].name;

/** How many bytes at the start of a file tell its format. */
export const SIGNATURE_BYTES = 64;

/** What is known of a format. */
export function formatOf(name: ImageFormat): Format {
  return FORMATS.find((format) => format.name === name)!;
}

/** How an image is written in a format. */
export function outputOf(name: OutputFormat): FormatOutput {
  return formatOf(name).output!;
}

/** A format's name as people write it: `"JPEG"`. */
export function formatLabel(name: ImageFormat): string {
  return formatOf(name).label;
}

/** Labels of formats as a text lists them: `"PNG, JPEG or WebP"`. */
export function listFormats(
  names: readonly ImageFormat[],
  conjunction: "and" | "or" = "or",
): string {
  return list(names.map(formatLabel), conjunction);
}

/** Names of files that can be written, as a text lists them: `".png, .jpg or .webp"`. */
export function listSuffixes(names: readonly ImageFormat[]): string {
  return list(names.map((name) => `.${suffixOf(name)}`), "or");
}

function list(items: readonly string[], conjunction: string): string {
  const [last, ...others] = [...items].reverse();
  return others.length > 0 ? `${others.reverse().join(", ")} ${conjunction} ${last}` : last ?? "";
}

/**
 * The format of an image file by its first bytes, whatever its name.
 *
 * @param bytes at least {@linkcode SIGNATURE_BYTES}, or the whole file
 * @throws {ImageError} if it is none that can be read.
 */
export function detectFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw new ImageError("The file is empty", { code: "unsupported-format" });
  const start = ascii(bytes, 0, SIGNATURE_BYTES);
  const found = DETECTED.find(({ signature }) => signature.test(start));
  if (found && "name" in found) return found.name;
  const reason = found?.reason ??
    `Not an image that can be read: use ${listFormats(FORMATS.map(({ name }) => name))}`;
  throw new ImageError(reason, { code: "unsupported-format" });
}

/**
 * Whether a file is an animation, by its first bytes.
 *
 * @param start at least {@linkcode SIGNATURE_BYTES}, or the whole file
 */
export function isAnimated(start: Uint8Array): boolean {
  const text = ascii(start, 0, SIGNATURE_BYTES);
  return FORMATS.some((format) =>
    "animation" in format && format.signature.test(text) && format.animation.isAnimated(start)
  );
}

/** The output format that a file name ends in, if any. */
export function formatOfName(name: string): OutputFormat | undefined {
  return byName(OUTPUTS, name);
}

/** The animation format that a file name ends in, if any. */
export function animationFormatOfName(name: string): AnimationFormat | undefined {
  return byName(ANIMATED, name);
}

function byName<Name extends ImageFormat>(
  formats: readonly { name: Name; suffixes: readonly string[] }[],
  path: string,
): Name | undefined {
  const suffix = suffixIn(path);
  return formats.find(({ suffixes }) => suffixes.includes(suffix))?.name;
}

/** Whether a file name is one of a picture, be it one that is only named in an error. */
export function isPictureName(path: string): boolean {
  const suffix = suffixIn(path);
  return DETECTED.some(({ suffixes }) => (suffixes as readonly string[]).includes(suffix));
}

/** Whether a file name ends in an image format that cannot be written. */
export function isUnwritableName(path: string): boolean {
  const isKnown = isPictureName(path) || FOREIGN_SUFFIXES.includes(suffixIn(path));
  return isKnown && formatOfName(path) === undefined;
}

function suffixIn(path: string): string {
  return /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
}

/** The usual suffix of file names of a format, without the dot. */
export function suffixOf(name: ImageFormat): string {
  return formatOf(name).suffixes[0];
}

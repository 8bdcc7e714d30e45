/**
 * Pictures: reading, writing, and what else is done to them besides restyling.
 *
 * @module
 */

export { decodeImage, type DecodeOptions, decodePicture, type Picture } from "./decode.ts";
export { checkEncodable, encodeImage, encodeInPieces, type EncodeOptions } from "./encode.ts";
export { type ImageHeader, readHeader } from "./header.ts";
export {
  DEEP_FORMATS,
  type Depth,
  DEPTHS,
  detectFormat,
  FORMAT_NAMES,
  formatOfName,
  type ImageFormat,
  OUTPUT_FORMATS,
  type OutputFormat,
  PICTURE_NAME,
  SIGNATURE_BYTES,
  suffixOf,
  UNWRITABLE_NAME,
} from "./formats/format.ts";
export * as animations from "./formats/animations.ts";
export type { AnimationFrame } from "./formats/gif/codec.ts";
export type { Metadata } from "./metadata/metadata.ts";
export { MAX_PIXELS } from "./pixel_limit.ts";
export { ImageError, type Pixels, type Samples, toEightBits } from "./pixels.ts";
export { type Planes, toPlanes } from "./planes.ts";
export { upright } from "./orientation.ts";
export { profileName, toSrgb } from "./color/icc.ts";
export { resize, resizeShortSide } from "./resize.ts";
export { matchColors } from "./color_transfer.ts";
export { type Cell, contactSheet } from "./contact_sheet.ts";
export type { ImageWork } from "./workers/codecs.ts";
export { ImageThread } from "./workers/codec_threads.ts";
export { endReading, sparingWork } from "./workers/default_codecs.ts";

/**
 * Images: files decoded to pixels and pixels encoded to files, resizing, masks, contact sheets.
 *
 * Names: an *image* is a file; *pixels* are what is decoded from it.
 *
 * @module
 */

export { decodeImage, decodeWithMetadata } from "./decode.ts";
export type { DecodedImage, DecodeOptions } from "./decode.ts";
export { checkEncodable, encodeImage, encodeInPieces } from "./encode.ts";
export type { EncodeOptions } from "./encode.ts";
export { type ImageHeader, readHeader } from "./header.ts";
export { encodeAnimation, readAnimation } from "./animation.ts";
export type { Animation } from "./animation.ts";
export { ImageError } from "./image_error.ts";
export { type ErrorCode, LibraryError, type LibraryErrorOptions } from "../util/errors.ts";
export { DEPTHS } from "./formats/format.ts";
export type {
  Animated,
  AnimationDecoder,
  AnimationEncoder,
  AnimationFrame,
  Codec,
  Container,
  ContainerHeader,
  Depth,
  Effort,
  Encoder,
  EncoderSettings,
  Format,
  FormatAnimation,
  FormatOutput,
  Writable,
} from "./formats/format.ts";
export {
  ANIMATION_FORMATS,
  animationFormatOfName,
  DEEP_FORMATS,
  DEFAULT_FORMAT,
  detectFormat,
  formatLabel,
  formatOfName,
  FORMATS,
  isAnimated,
  isPictureName,
  isUnwritableName,
  listFormats,
  listSuffixes,
  LOSSY_FORMATS,
  OUTPUT_FORMATS,
  SIGNATURE_BYTES,
  suffixOf,
} from "./formats/registry.ts";
export type { AnimationFormat, ImageFormat, OutputFormat } from "./formats/registry.ts";
export { type Area, crop, paste, type Pixels, type Samples } from "./pixels.ts";
export { toEightBits, toSixteenBits } from "./pixels.ts";
export { MAX_PIXELS } from "./pixel_limit.ts";
export type { Metadata, MetadataBlock } from "./metadata/metadata.ts";
export { inInches, type Resolution, resolutionOf } from "./metadata/resolution.ts";
export type { Note } from "./note.ts";
export type { Chromaticity, StatedColors, TransferFunction } from "./color/stated_colors.ts";
export { profileName } from "./color/profile.ts";
export { resize, resizeShortSide, usualShortSide } from "./resize.ts";
export { matchColors } from "./color_transfer.ts";
export { type LabeledRegion, type MatchedLabels, matchLabels } from "./labels.ts";
export { type Mask, toMask } from "./mask.ts";
export { classMasks } from "./class_masks.ts";
export { type Cell, contactSheet } from "./contact_sheet.ts";
export { type Planes, toPlanes } from "./planes.ts";
export { type CodecService, inProcessCodecs } from "./workers/codec_service.ts";
export { CodecThreads } from "./workers/codec_threads.ts";
export { closeIdleCodecs, defaultCodecs } from "./workers/default_codecs.ts";

/**
 * Restyle any picture after any picture, with nothing but the machine at hand.
 *
 * @see {@linkcode Stylizer}
 * @module
 */

export { Stylizer } from "./stylizer.ts";
export type {
  BackendInfo,
  EncodeStyleOptions,
  LoadOptions,
  ModelInfo,
  PaintOptions,
  Region,
  StylizeOptions,
  WorkOptions,
} from "./stylizer.ts";
export type { Tile } from "./tiling/tile_size.ts";
export type { ContentMatching, DraftRevision } from "./tiling/paint.ts";
export { type Brush, BRUSHES, DEFAULT_BRUSH } from "./tiling/pyramid.ts";
export {
  assertSameModel,
  type ModelIdentity,
  ModelMismatchError,
  type ScaleStatistics,
  type StyleStatistics,
} from "./transfer/style.ts";
export { StyleMoments } from "./transfer/style_moments.ts";
export { FeatureMoments, type Moments } from "./transfer/statistics.ts";
export { type AffineMap, affineMap, PreparedContent } from "./transfer/transformation.ts";
export { type ErrorCode, LibraryError, type LibraryErrorOptions } from "./util/errors.ts";
export { blendLevels, type LevelStyle, mixStyles, type WeightedStyle } from "./transfer/blend.ts";
export { styleDistance } from "./transfer/distance.ts";
export {
  type PackedStyle,
  PackError,
  readPack,
  type StyleEntry,
  StylePack,
  type Thumbnail,
  writePack,
} from "./pack/pack.ts";
export { makeThumbnail } from "./pack/thumbnail.ts";
export { bytesAsSource, type ByteSource } from "./pack/safetensors.ts";
export {
  GRAPH_NAMES,
  type GraphName,
  type Manifest,
  modelChecksum,
  ModelError,
  parseManifest,
} from "./model/manifest.ts";
export {
  type Availability,
  BACKEND_NAMES,
  BackendError,
  type BackendName,
  type BackendOptions,
  type Precision,
  PRECISIONS,
  probeBackend,
} from "../backends/mod.ts";
export { decodeImage, decodeWithMetadata } from "./image/decode.ts";
export type { DecodedImage, DecodeOptions } from "./image/decode.ts";
export { encodeImage, type EncodeOptions } from "./image/encode.ts";
export type { Depth, Effort } from "./image/formats/format.ts";
export type { ImageFormat, OutputFormat } from "./image/formats/registry.ts";
export type { ImageHeader } from "./image/header.ts";
export type { Metadata } from "./image/metadata/metadata.ts";
export { type ApplyOptions, PhotoMap } from "./photo/photo_map.ts";
export { formatCube, MAX_CUBE_BYTES, parseCube } from "./photo/lut/cube.ts";
export { Lut3d } from "./photo/lut/lut_3d.ts";
export { LutError } from "./photo/lut/lut_error.ts";
export { type ColorStatistics, ColorSums } from "./image/color_statistics.ts";
export { ImageError } from "./image/image_error.ts";
export type { Pixels, Samples } from "./image/pixels.ts";
export { resize, resizeShortSide } from "./image/resize.ts";
export { matchColors } from "./image/color_transfer.ts";

/**
 * What callers choose between, and the defaults: constants of the doors alone, for what is to start
 * at once, such as help on a command line.
 *
 * @module
 */

export { type Brush, BRUSHES, DEFAULT_BRUSH } from "./tiling/pyramid.ts";
export { type Depth, DEPTHS } from "./image/formats/format.ts";
export {
  ANIMATION_FORMATS,
  DEEP_FORMATS,
  listFormats,
  LOSSY_FORMATS,
  OUTPUT_FORMATS,
} from "./image/formats/registry.ts";
export { MAX_PIXELS } from "./image/pixel_limit.ts";
export { CLIP_STATISTICS, type ClipStatistics } from "./video/content_statistics.ts";
export { CLIP_SUFFIXES, VIDEO_CODECS, type VideoCodec } from "./video/ffmpeg/encoders.ts";
export { DEFAULT_STABILIZATION } from "./video/stabilizer/default_stabilization.ts";
export { Y4M_MAGIC } from "./video/y4m.ts";

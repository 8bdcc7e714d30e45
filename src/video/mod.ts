/**
 * Clips: restyled without flicker, read and written with ffmpeg or as YUV4MPEG2 streams.
 *
 * @module
 */

export { fadeStyle, STEADY, stylizeClip } from "./stylize_clip.ts";
export type { ClipOptions, Frames, Look } from "./stylize_clip.ts";
export { CLIP_STATISTICS, type ClipStatistics } from "./content_statistics.ts";
export { Steadier, type Steadying } from "./stabilizer/stabilizer.ts";
export { SteadierThread } from "./stabilizer/stabilizer_thread.ts";
export { readAhead } from "./read_ahead.ts";
export {
  formatFrame,
  formatHeader,
  frameBytes,
  VideoError,
  Y4M_MAGIC,
  type Y4mFrame,
  type Y4mHeader,
  Y4mReader,
} from "./y4m.ts";
export { fromPixels, toPixels } from "./yuv.ts";
export type { ClipFacts, ClipFile } from "./ffmpeg/clip_info.ts";
export { probeClip } from "./ffmpeg/probe.ts";
export { readFrames } from "./ffmpeg/reader.ts";
export { CLIP_SUFFIXES, ClipWriter } from "./ffmpeg/writer.ts";

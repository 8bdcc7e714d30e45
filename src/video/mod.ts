/**
 * Stylizes clips: frame by frame in memory, as Y4M streams, or as files by way of ffmpeg.
 *
 * @example Stylize a video file
 * ```ts ignore
 * const stylizer = await Stylizer.load();
 * const style = await stylizer.encodeStyle(picture);
 * const source = { path: "clip.mp4" };
 * const info = await probeClip(source);
 * const frames = () => readFrames(source, info);
 * using writer = await ClipWriter.open({ path: "stylized.mp4" }, source, info);
 * for await (const frame of stylizeClip(stylizer, frames(), frames(), [{ style }])) {
 *   await writer.write(frame);
 * }
 * await writer.finish();
 * ```
 *
 * @see {@linkcode stylizeClip}
 * @module
 */

export { DEFAULT_STABILIZATION } from "./stabilizer/default_stabilization.ts";
export { fadeStyle, stylizeClip } from "./stylize_clip.ts";
export type { ClipOptions, ClipStyle, Frames } from "./stylize_clip.ts";
export type { ClipLook } from "./photo_clip.ts";
export { CLIP_STATISTICS, type ClipStatistics } from "./content_statistics.ts";
export { type FrameStabilizer, Stabilizer } from "./stabilizer/stabilizer.ts";
export { StabilizerThread } from "./stabilizer/stabilizer_thread.ts";
export { readAhead } from "./read_ahead.ts";
export { VideoError } from "./video_error.ts";
export {
  type Chroma,
  chromaSize,
  formatFrame,
  formatHeader,
  frameBytes,
  parseHeader,
  Y4M_MAGIC,
  type Y4mFrame,
  type Y4mHeader,
  Y4mReader,
} from "./y4m.ts";
export { fromPixels, toPixels } from "./yuv.ts";
export type { ClipFile, ClipInfo, ClipSource, ClipStream } from "./ffmpeg/clip_info.ts";
export { type ClipColors, hdrName, isConverted } from "./ffmpeg/color.ts";
export {
  checkEncoding,
  CLIP_SUFFIXES,
  type Encoding,
  formatsOf,
  VIDEO_CODECS,
  type VideoCodec,
} from "./ffmpeg/encoders.ts";
export { probeClip } from "./ffmpeg/probe.ts";
export { type FrameSettings, readFrames } from "./ffmpeg/reader.ts";
export { type CarriedStreams, carryStreams } from "./ffmpeg/streams.ts";
export { ClipWriter, type ClipWriterOptions } from "./ffmpeg/writer.ts";

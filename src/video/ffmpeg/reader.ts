import type { Pixels } from "../../image/pixels.ts";
import { ByteReader } from "../byte_reader.ts";
import { VideoError } from "../video_error.ts";
import { type ClipFile, type ClipInfo, matrixOf, quoteName } from "./clip_info.ts";
import { LOCAL, QUIET, SCALING, start } from "./process.ts";

/** Settings of {@linkcode readFrames}. */
export interface FrameSettings {
  /** Width of the frames, upright, in pixels. Default: as the clip. */
  width?: number;
  /** The same, their height. */
  height?: number;
  /** Frame step: 2 reads every second frame. Default: 1. */
  every?: number;
  /** How many frames to read at most. */
  limit?: number;
  /** Ends ffmpeg when it is aborted. */
  signal?: AbortSignal;
}

/**
 * Reads the frames of a clip by ffmpeg: upright, RGBA, at the clip's constant rate.
 *
 * @param info as {@linkcode probeClip} returned it
 * @throws {VideoError} if ffmpeg is missing, or cannot decode the clip.
 *
 * @example
 * ```ts ignore
 * const clip = { path: "clip.mp4" };
 * for await (const frame of readFrames(clip, await probeClip(clip))) show(frame);
 * ```
 */
export async function* readFrames(
  clip: ClipFile,
  info: ClipInfo,
  { width = info.width, height = info.height, every = 1, limit, signal }: FrameSettings = {},
): AsyncGenerator<Pixels, void, void> {
  const filters = [
    ...(info.variable ? [`fps=${info.rate}`] : []),
    ...(every > 1 ? [`select=not(mod(n\\,${every}))`] : []),
    `scale=${width}:${height}:in_color_matrix=${matrixOf(info)}:flags=${SCALING}`,
  ];
  using child = start(
    "ffmpeg",
    [
      ...[...QUIET, ...LOCAL, "-i", clip.path, "-map", "0:V:0", "-vf", filters.join()],
      ...["-fps_mode", "passthrough", ...(limit ? ["-frames:v", `${limit}`] : [])],
      ...["-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1"],
    ],
    { stdout: "piped", signal },
  );
  const reader = new ByteReader(child.stdout);
  for (let count = 0;; count++) {
    const bytes = await reader.exactly(4 * width * height);
    if (bytes) yield { data: new Uint8ClampedArray(bytes.buffer), width, height };
    else {
      const { success } = await child.status;
      if (bytes === null && success && count > 0) return;
      const complaint = await child.complaint;
      const reason = complaint ? `ffmpeg says: ${complaint}` : `it ends in frame ${count + 1}`;
      throw new VideoError(`Cannot decode ${quoteName(clip)}: ${reason}`);
    }
  }
}

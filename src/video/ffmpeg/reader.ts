import type { Pixels } from "../../image/pixels.ts";
import { ByteReader } from "../byte_reader.ts";
import { VideoError } from "../video_error.ts";
import { type ClipInfo, type ClipSource, quoteName, selectPart } from "./clip_info.ts";
import { colorsRead, convertToBt709, isConverted, matrixOf } from "./color.ts";
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
  /** Whether to make one frame of the two fields of each. Default: false. */
  deinterlace?: boolean;
  /** Called if the frames could be read, but something is wrong with the file. */
  onNote?: (note: string) => void;
  /** Ends ffmpeg when it is aborted. */
  signal?: AbortSignal;
}

/**
 * Reads the frames of a clip by ffmpeg: upright, RGBA, at the clip's constant rate. Time stamps
 * decide: where a frame is shown for longer or shorter, frames are repeated or skipped. A frame that
 * is repeated is the same object.
 *
 * HDR and wide gamut are converted to BT.709.
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
  clip: ClipSource,
  info: ClipInfo,
  settings: FrameSettings = {},
): AsyncGenerator<Pixels, void, void> {
  const { width = info.width, height = info.height, limit, onNote, signal } = settings;
  const input = [...QUIET, ...LOCAL, ...selectPart(clip), "-i", clip.path, "-map", "0:V:0"];
  const filters = chooseFilters(info, { ...settings, width, height });
  using child = start(
    "ffmpeg",
    [
      ...[...input, "-vf", filters.join(), "-fps_mode", "passthrough"],
      ...(limit ? ["-frames:v", `${limit}`] : []),
      ...["-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1"],
    ],
    { stdout: "piped", signal },
  );
  const reader = new ByteReader(child.stdout);
  let last: Pixels | undefined;
  for (let count = 0;; count++) {
    const bytes = await reader.exactly(4 * width * height);
    if (bytes) {
      const isRepeated = info.variable && last && isEqual(bytes, last.data);
      if (!isRepeated) last = { data: new Uint8ClampedArray(bytes.buffer), width, height };
      yield last!;
      continue;
    }
    const [{ success }, complaint] = await Promise.all([child.status, child.complaint]);
    if (bytes === null && success && count > 0) {
      if (complaint) onNote?.(`ffmpeg says: ${complaint}`);
      return;
    }
    const reason = complaint ? `ffmpeg says: ${complaint}` : `it ends in frame ${count + 1}`;
    throw new VideoError(`Cannot decode ${quoteName(clip)}: ${reason}`);
  }
}

/** Whether two frames have the same bytes. */
function isEqual(bytes: Uint8Array<ArrayBuffer>, { buffer }: Uint8ClampedArray): boolean {
  const [a, b] = [new Uint32Array(bytes.buffer), new Uint32Array(buffer)];
  return a.every((value, index) => value === b[index]);
}

function chooseFilters(
  info: ClipInfo,
  { width, height, every = 1, deinterlace = false }: FrameSettings,
): string[] {
  return [
    ...(deinterlace ? ["bwdif=mode=send_frame:deint=all"] : []),
    // Counted from the first frame, times do not fall between two slots of the rate.
    ...["setpts=PTS-STARTPTS", `fps=${info.rate}`],
    ...(every > 1 ? [`select=not(mod(n\\,${every}))`] : []),
    ...(isConverted(info) ? convertToBt709(info) : []),
    `scale=${width}:${height}:in_color_matrix=${matrixOf(colorsRead(info))}:flags=${SCALING}`,
  ];
}

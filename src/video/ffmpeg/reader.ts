import type { Pixels } from "../../mod.ts";
import { ByteReader } from "../byte_reader.ts";
import { FileError, quote } from "../../cli/errors.ts";
import { type ClipFacts, type ClipFile, matrixOf } from "./clip_info.ts";
import { LOCAL, QUIET, SCALING, start } from "./process.ts";

/** What a clip's frames are to be, upright. */
export interface FrameSettings {
  width: number;
  height: number;
  /** Every how many-th frame. */
  every?: number;
  /** How many at most. */
  most?: number;
}

/**
 * The frames of a clip, upright, at its constant rate.
 *
 * @throws {FileError} if ffmpeg cannot decode it.
 */
export async function* readFrames(
  { path, shown }: ClipFile,
  facts: ClipFacts,
  { width, height, every = 1, most }: FrameSettings,
): AsyncGenerator<Pixels, void, void> {
  const filters = [
    ...(facts.variable ? [`fps=${facts.rate}`] : []),
    ...(every > 1 ? [`select=not(mod(n\\,${every}))`] : []),
    `scale=${width}:${height}:in_color_matrix=${matrixOf(facts)}:flags=${SCALING}`,
  ];
  using child = start(
    "ffmpeg",
    [
      ...[...QUIET, ...LOCAL, "-i", path, "-map", "0:V:0", "-vf", filters.join()],
      ...["-fps_mode", "passthrough", ...(most ? ["-frames:v", `${most}`] : [])],
      ...["-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1"],
    ],
    "null",
    "piped",
  );
  const reader = new ByteReader(child.stdout);
  for (let count = 0;; count++) {
    const bytes = await reader.exactly(4 * width * height);
    if (bytes) yield { data: new Uint8ClampedArray(bytes.buffer), width, height };
    else {
      const { success } = await child.status;
      if (bytes === null && success && count > 0) return;
      const reason = await child.complaint || `it ends in frame ${count + 1}`;
      throw new FileError(`${quote(shown)}: ffmpeg cannot decode it: ${reason}`);
    }
  }
}

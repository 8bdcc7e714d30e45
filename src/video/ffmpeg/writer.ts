import type { Pixels } from "../../mod.ts";
import { FileError, quote } from "../../cli/errors.ts";
import { suffix } from "../../cli/io/paths.ts";
import { type ClipFacts, type ClipFile, isRgb, matrixOf } from "./clip_info.ts";
import { type Child, LOCAL, QUIET, SCALING, start } from "./process.ts";

/** How pictures are coded, by the suffix of the file. */
const CODINGS: Record<string, (crf?: number) => string[]> = {
  mp4: (crf) => [...x264(crf), "-movflags", "+faststart"],
  m4v: (crf) => [...x264(crf), "-movflags", "+faststart"],
  mov: (crf) => [...x264(crf), "-movflags", "+faststart"],
  mkv: x264,
  webm: (crf = 24) => [
    ...["-c:v", "libvpx-vp9", "-crf", `${crf}`, "-b:v", "0", "-row-mt", "1", "-cpu-used", "4"],
  ],
};

/** Suffixes of files that can be written. */
export const CLIP_SUFFIXES = Object.keys(CODINGS);

/** Half of the time that `medium` takes, for a file as large that is a little less close. */
function x264(crf = 18): string[] {
  return ["-c:v", "libx264", "-preset", "faster", "-crf", `${crf}`];
}

/** Writes a clip frame by frame. */
export class ClipWriter implements Disposable {
  #child: Child;
  #writer: WritableStreamDefaultWriter<Uint8Array>;

  /**
   * @param path where ffmpeg is to write, of a suffix that says the format
   * @param shown the path as the user gave it
   * @param original the clip that sound, chapters and tags are copied from
   */
  constructor(
    path: string,
    private readonly shown: string,
    original: ClipFile,
    facts: ClipFacts,
    { width, height, crf }: { width: number; height: number; crf?: number },
  ) {
    const format = suffix(path);
    const coding = CODINGS[format]!;
    // Subtitles can be copied where the formats are alike.
    const subtitles = suffix(original.path) === format ? ["-map", "1:s?"] : [];
    const range = facts.range === "pc" && !isRgb(facts) ? "pc" : "tv";
    const matrix = matrixOf(facts);
    this.#child = start(
      "ffmpeg",
      [
        ...[...QUIET, "-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", `${width}x${height}`],
        ...["-framerate", facts.rate, "-itsoffset", facts.delay.toFixed(6), "-i", "pipe:0"],
        ...[...LOCAL, "-i", original.path, "-map", "0:v:0", "-map", "1:a?", ...subtitles],
        ...["-map_metadata", "1", "-map_chapters", "1", "-c", "copy"],
        ...[
          "-vf",
          [
            `scale=out_color_matrix=${matrix}:out_range=${range}:flags=${SCALING}`,
            `setsar=${facts.aspect}`,
          ].join(),
        ],
        ...["-pix_fmt", outputFormat(facts, width, height), ...coding(crf)],
        ...[
          "-color_range",
          range,
          ...(facts.matrix && !isRgb(facts) ? ["-colorspace", facts.matrix] : []),
        ],
        ...(facts.primaries ? ["-color_primaries", facts.primaries] : []),
        ...(facts.transfer ? ["-color_trc", facts.transfer] : []),
        ...["-y", path],
      ],
      "piped",
      "null",
    );
    this.#writer = this.#child.stdin.getWriter();
  }

  /** Ends when the frame is handed over. */
  async write({ data }: Pixels): Promise<void> {
    try {
      await this.#writer.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    } catch {
      await this.#fail();
    }
  }

  /** Waits until the clip is whole. */
  async finish(): Promise<void> {
    await this.#writer.close().catch(() => {});
    if (!(await this.#child.status).success) await this.#fail();
  }

  async #fail(): Promise<never> {
    await this.#child.status;
    const reason = await this.#child.complaint || "ffmpeg ended early";
    const hint = /codec|tag|support/i.test(reason) ? "; a name ending in .mkv takes any sound" : "";
    throw new FileError(`Cannot write ${quote(this.shown)}: ${reason}${hint}`);
  }

  [Symbol.dispose](): void {
    this.#writer.abort().catch(() => {});
    this.#child[Symbol.dispose]();
  }
}

/** Chroma as the clip has it, where players can take it. */
function outputFormat({ pixelFormat }: ClipFacts, width: number, height: number): string {
  if (/^yuvj?444/.test(pixelFormat) || width % 2 === 1) return "yuv444p";
  if (/^yuvj?422/.test(pixelFormat)) return "yuv422p";
  return height % 2 === 1 ? "yuv422p" : "yuv420p";
}

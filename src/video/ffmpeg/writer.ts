import type { Pixels } from "../../image/pixels.ts";
import { VideoError } from "../video_error.ts";
import { type ClipFile, type ClipInfo, isRgb, matrixOf, quoteName } from "./clip_info.ts";
import { type Child, LOCAL, QUIET, SCALING, start } from "./process.ts";

/** Encoder settings by the suffix of the file. */
const ENCODERS: Record<string, (crf?: number) => string[]> = {
  mp4: (crf) => [...x264(crf), "-movflags", "+faststart"],
  m4v: (crf) => [...x264(crf), "-movflags", "+faststart"],
  mov: (crf) => [...x264(crf), "-movflags", "+faststart"],
  mkv: x264,
  webm: (crf = 24) => [
    ...["-c:v", "libvpx-vp9", "-crf", `${crf}`, "-b:v", "0", "-row-mt", "1", "-cpu-used", "4"],
  ],
};

/** Suffixes of files that can be written, without the dot. */
export const CLIP_SUFFIXES: readonly string[] = Object.keys(ENCODERS);

/** Takes half the time of preset `medium`, for a little less quality at the same size. */
function x264(crf = 18): string[] {
  return ["-c:v", "libx264", "-preset", "faster", "-crf", `${crf}`];
}

/** Settings of {@linkcode ClipWriter}. */
export interface ClipWriterOptions {
  /** Width of the frames, in pixels. Default: as the source. */
  width?: number;
  /** The same, their height. */
  height?: number;
  /** Constant rate factor, 0..63: lower is closer, and larger. Default: 18; VP9: 24. */
  crf?: number;
  /** Ends ffmpeg when it is aborted. */
  signal?: AbortSignal;
}

/**
 * Writes a clip by ffmpeg, frame by frame. Sound, chapters and metadata are copied from a source.
 *
 * @example
 * ```ts ignore
 * using writer = new ClipWriter({ path: "out.mp4" }, source, await probeClip(source));
 * for await (const frame of frames) await writer.write(frame);
 * await writer.finish();
 * ```
 */
export class ClipWriter implements Disposable {
  #child: Child;
  #writer: WritableStreamDefaultWriter<Uint8Array>;

  /**
   * Starts ffmpeg.
   *
   * @param target file to write, which is replaced if it exists; its suffix, one of
   *   {@linkcode CLIP_SUFFIXES}, chooses format and encoder
   * @param source clip that sound, chapters and metadata are copied from
   * @param info the source's, as {@linkcode probeClip} returned it
   * @throws {VideoError} if ffmpeg is missing, or the suffix is another.
   */
  constructor(
    private readonly target: ClipFile,
    source: ClipFile,
    info: ClipInfo,
    { width = info.width, height = info.height, crf, signal }: ClipWriterOptions = {},
  ) {
    const format = suffix(target.path);
    const encoder = ENCODERS[format];
    if (!encoder) {
      throw new VideoError(
        `Cannot write ${quoteName(target)}: its name must end in .${CLIP_SUFFIXES.join(", .")}`,
      );
    }
    // Subtitles can be copied between files of one format.
    const subtitles = suffix(source.path) === format ? ["-map", "1:s?"] : [];
    const range = info.range === "pc" && !isRgb(info) ? "pc" : "tv";
    this.#child = start(
      "ffmpeg",
      [
        ...[...QUIET, "-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", `${width}x${height}`],
        ...["-framerate", info.rate, "-itsoffset", info.delay.toFixed(6), "-i", "pipe:0"],
        ...[...LOCAL, "-i", source.path, "-map", "0:v:0", "-map", "1:a?", ...subtitles],
        ...["-map_metadata", "1", "-map_chapters", "1", "-c", "copy"],
        ...[
          "-vf",
          [
            `scale=out_color_matrix=${matrixOf(info)}:out_range=${range}:flags=${SCALING}`,
            `setsar=${info.aspect}`,
          ].join(),
        ],
        ...["-pix_fmt", outputFormat(info, width, height), ...encoder(crf)],
        ...[
          "-color_range",
          range,
          ...(info.matrix && !isRgb(info) ? ["-colorspace", info.matrix] : []),
        ],
        ...(info.primaries ? ["-color_primaries", info.primaries] : []),
        ...(info.transfer ? ["-color_trc", info.transfer] : []),
        ...["-y", target.path],
      ],
      { stdin: "piped", signal },
    );
    this.#writer = this.#child.stdin.getWriter();
  }

  /**
   * Hands a frame to ffmpeg.
   *
   * @throws {VideoError} if ffmpeg has failed.
   */
  async write({ data }: Pixels): Promise<void> {
    try {
      await this.#writer.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    } catch {
      await this.#fail();
    }
  }

  /**
   * Waits until the file is complete.
   *
   * @throws {VideoError} if ffmpeg has failed.
   */
  async finish(): Promise<void> {
    await this.#writer.close().catch(() => {});
    if (!(await this.#child.status).success) await this.#fail();
  }

  async #fail(): Promise<never> {
    await this.#child.status;
    const reason = await this.#child.complaint || "ffmpeg ended early";
    const hint = /codec|tag|support/i.test(reason) ? "; a name ending in .mkv takes any sound" : "";
    throw new VideoError(`Cannot write ${quoteName(this.target)}: ${reason}${hint}`);
  }

  /** Ends ffmpeg, whether or not the file is complete. */
  [Symbol.dispose](): void {
    this.#writer.abort().catch(() => {});
    this.#child[Symbol.dispose]();
  }
}

/** Chroma subsampling as in the source, where players can take it. */
function outputFormat({ pixelFormat }: ClipInfo, width: number, height: number): string {
  if (/^yuvj?444/.test(pixelFormat) || width % 2 === 1) return "yuv444p";
  if (/^yuvj?422/.test(pixelFormat)) return "yuv422p";
  return height % 2 === 1 ? "yuv422p" : "yuv420p";
}

/** Suffix of a path, in lower case, without its dot. */
function suffix(path: string): string {
  return /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
}

import type { Pixels } from "../../image/pixels.ts";
import { VideoError } from "../video_error.ts";
import {
  type ClipFile,
  type ClipInfo,
  type ClipSource,
  quoteName,
  selectPart,
} from "./clip_info.ts";
import { colorsRead, isRgb, matrixOf } from "./color.ts";
import {
  checkEncoding,
  CLIP_SUFFIXES,
  defaultCodec,
  encoderArgs,
  encodersOf,
  type Encoding,
  outputPixelFormat,
} from "./encoders.ts";
import { type Child, findEncoder, LOCAL, QUIET, SCALING, start } from "./process.ts";
import { carryStreams } from "./streams.ts";

/** Settings of {@linkcode ClipWriter.open}. */
export interface ClipWriterOptions extends Encoding {
  /** Width of the frames, in pixels. Default: as the source. */
  width?: number;
  /** The same, their height. */
  height?: number;
  /** Ends ffmpeg when it is aborted. */
  signal?: AbortSignal;
}

/**
 * Writes a clip by ffmpeg, frame by frame. Sound, subtitles, chapters and metadata are taken over
 * from a source; sound and text subtitles are converted where the format holds others.
 *
 * @example
 * ```ts ignore
 * const info = await probeClip(source);
 * using writer = await ClipWriter.open({ path: "out.mp4" }, source, info);
 * for await (const frame of readFrames(source, info)) await writer.write(frame);
 * await writer.finish();
 * ```
 */
export class ClipWriter implements Disposable {
  #child: Child;
  #writer: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(private readonly target: ClipFile, args: string[], signal?: AbortSignal) {
    this.#child = start("ffmpeg", args, { stdin: "piped", signal });
    this.#writer = this.#child.stdin.getWriter();
  }

  /**
   * Starts ffmpeg.
   *
   * @param target file to write, which is replaced if it exists; its suffix, one of
   *   {@linkcode CLIP_SUFFIXES}, chooses the format
   * @param source clip that sound, subtitles, chapters and metadata are taken from
   * @param info the source's, as {@linkcode probeClip} returned it
   * @throws {VideoError} if ffmpeg, or an encoder in it, is missing, or the suffix is another.
   * @throws {RangeError} if the format does not hold the codec, or the codec has no such crf or
   *   preset.
   */
  static async open(
    target: ClipFile,
    source: ClipSource,
    info: ClipInfo,
    options: ClipWriterOptions = {},
  ): Promise<ClipWriter> {
    const format = suffix(target.path);
    if (!CLIP_SUFFIXES.includes(format)) {
      throw new VideoError(
        `Cannot write ${quoteName(target)}: its name must end in .${CLIP_SUFFIXES.join(", .")}`,
      );
    }
    const { width = info.width, height = info.height, signal } = options;
    const { codec = defaultCodec(format) } = options;
    checkEncoding(format, options);
    const encoders = encodersOf(codec, width, height);
    const encoder = await findEncoder(encoders, signal);
    if (!encoder) {
      const missing = encoders.join(" or ");
      throw new VideoError(
        `Cannot write ${quoteName(target)}: this ffmpeg has no ${missing} to encode ${codec}`,
      );
    }
    const colors = colorsRead(info);
    const range = colors.range === "pc" && !isRgb(colors) ? "pc" : "tv";
    const pixelFormat = outputPixelFormat(codec, info.pixelFormat, width, height);
    const args = [
      ...[...QUIET, "-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", `${width}x${height}`],
      ...["-framerate", info.rate, "-itsoffset", info.delay.toFixed(6), "-i", "pipe:0"],
      ...[...LOCAL, ...selectPart(source), "-i", source.path, "-map", "0:v:0"],
      // Sound from before the part is left out. At the start of a file, it primes the decoder.
      ...["-c", "copy", ...(source.start ? ["-copypriorss", "0"] : [])],
      ...[...carryStreams(info.streams, format).args, "-map_metadata", "1", "-map_chapters", "1"],
      ...[
        "-filter:v:0",
        [
          `scale=out_color_matrix=${matrixOf(colors)}:out_range=${range}:flags=${SCALING}`,
          `setsar=${info.aspect}`,
          // The encoder of ProRes takes these tags from frames, not from options.
          ...(codec === "prores" ? tagBt709(colors) : []),
        ].join(),
      ],
      // Where the video begins later than the sound, no frame is repeated before it.
      ...["-fps_mode:v:0", "passthrough"],
      ...["-pix_fmt:v:0", pixelFormat, ...encoderArgs(codec, encoder, format, options)],
      ...["-color_range:v:0", range],
      ...(colors.matrix && !isRgb(colors) ? ["-colorspace:v:0", colors.matrix] : []),
      ...(colors.primaries ? ["-color_primaries:v:0", colors.primaries] : []),
      ...(colors.transfer ? ["-color_trc:v:0", colors.transfer] : []),
      ...(/^(mp4|m4v|mov)$/.test(format) ? ["-movflags", "+faststart"] : []),
      ...["-y", target.path],
    ];
    return new ClipWriter(target, args, signal);
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
    throw new VideoError(`Cannot write ${quoteName(this.target)}: ${reason}`);
  }

  /** Ends ffmpeg, whether or not the file is complete. */
  [Symbol.dispose](): void {
    this.#writer.abort().catch(() => {});
    this.#child[Symbol.dispose]();
  }
}

/** A filter that tags frames with those of a clip's colors that are BT.709. */
function tagBt709({ matrix, primaries, transfer }: ClipInfo): string[] {
  const tags = { colorspace: matrix, "color_primaries": primaries, "color_trc": transfer };
  const known = Object.entries(tags).filter(([, value]) => value === "bt709");
  return known.length > 0 ? [`setparams=${known.map((tag) => tag.join("=")).join(":")}`] : [];
}

/** Suffix of a path, in lower case, without its dot. */
function suffix(path: string): string {
  return /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
}

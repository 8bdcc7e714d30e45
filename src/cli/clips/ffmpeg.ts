/**
 * ffmpeg and ffprobe, as they are found in PATH: what is in a clip, its frames, and a new one.
 *
 * @module
 */

import { ByteReader } from "../../video/byte_reader.ts";
import type { Pixels } from "../../mod.ts";
import { FileError, quote } from "../errors.ts";
import { onInterruption } from "../interruption.ts";

/** A clip that the user named. */
export interface ClipFile {
  /** Absolute path. */
  path: string;
  /** The path as the user gave it. */
  shown: string;
}

/** What a clip is. */
export interface ClipFacts {
  /** In pixels, upright. */
  width: number;
  height: number;
  /** Frames a second, as a fraction: `30000/1001`. */
  rate: string;
  /** Whether frames are shown for different times, which a constant rate replaces. */
  variable: boolean;
  /** Frames at that rate, where the file tells. */
  count?: number;
  /** Width of a pixel by its height, as a fraction: `1/1`. */
  aspect: string;
  /** How much later than the file the pictures begin, in seconds. */
  delay: number;
  pixelFormat: string;
  /** What the samples mean, in ffmpeg's names; absent where the file does not tell. */
  range?: string;
  matrix?: string;
  primaries?: string;
  transfer?: string;
  interlaced: boolean;
}

/** What ffprobe says of a stream of pictures and of its file, as far as it is of use. */
interface Probed {
  streams?: {
    width?: number;
    height?: number;
    "pix_fmt"?: string;
    "color_range"?: string;
    "color_space"?: string;
    "color_transfer"?: string;
    "color_primaries"?: string;
    "field_order"?: string;
    "sample_aspect_ratio"?: string;
    "r_frame_rate"?: string;
    "avg_frame_rate"?: string;
    "start_time"?: string;
    duration?: string;
    "nb_frames"?: string;
    tags?: { rotate?: string };
    "side_data_list"?: { rotation?: number }[];
  }[];
  format?: { "start_time"?: string; duration?: string };
}

/** Nothing that a file refers to is fetched from elsewhere. */
const LOCAL = ["-protocol_whitelist", "file,crypto,data"];

/**
 * Finds out what a clip is.
 *
 * @throws {FileError} if ffprobe is missing, or finds no pictures that move in the file.
 */
export async function probeClip({ path, shown }: ClipFile): Promise<ClipFacts> {
  const args = ["-v", "error", "-select_streams", "V:0", "-show_streams", "-show_format"];
  const child = start("ffprobe", [...args, "-of", "json", ...LOCAL, "-i", path], "null", "piped");
  const [stdout, reason] = await Promise.all([
    new Response(child.stdout).text(),
    child.complaint,
  ]);
  if (!(await child.status).success) {
    const words = reason.replace(path, "").replace(/^[:\s]+/, "");
    throw new FileError(`${quote(shown)}: ffprobe cannot read it: ${words}`);
  }
  const { streams, format } = JSON.parse(stdout) as Probed;
  const stream = streams?.[0];
  if (!stream?.width || !stream.height) throw new FileError(`${quote(shown)}: It has no video`);
  const turned = stream.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ??
    Number(stream.tags?.rotate ?? 0);
  const upright = Math.round(turned / 90) % 2 === 0;
  const [width, height] = upright ? [stream.width, stream.height] : [stream.height, stream.width];
  const { rate, variable } = chooseRate(stream.r_frame_rate, stream.avg_frame_rate);
  const seconds = Number(stream.duration ?? format?.duration);
  const counted = variable ? NaN : Number(stream.nb_frames);
  const count = Math.round(counted > 0 ? counted : seconds * fraction(rate));
  const begin = Number(stream.start_time) - Number(format?.start_time);
  const known = (value?: string) =>
    value && !/^(unknown|reserved)$/.test(value) ? value : undefined;
  const aspect = /^[1-9]\d*:[1-9]\d*$/.test(stream.sample_aspect_ratio ?? "")
    ? stream.sample_aspect_ratio!.split(":")
    : ["1", "1"];
  const colours = {
    range: known(stream.color_range),
    matrix: known(stream.color_space),
    primaries: known(stream.color_primaries),
    transfer: known(stream.color_transfer),
  };
  return {
    ...{ width, height, rate, variable },
    ...(count > 0 ? { count } : {}),
    aspect: (upright ? aspect : aspect.reverse()).join("/"),
    delay: Number.isFinite(begin) ? begin : 0,
    pixelFormat: stream.pix_fmt ?? "yuv420p",
    ...Object.fromEntries(Object.entries(colours).filter(([, value]) => value !== undefined)),
    interlaced: /^(tt|bb|tb|bt)$/.test(stream.field_order ?? ""),
  };
}

function fraction(text: string | undefined): number {
  const [, top, bottom] = /^(\d+)\/(\d+)$/.exec(text ?? "") ?? [];
  return Number(top) / Number(bottom);
}

/**
 * The rate of a clip from the least one at which all its frames would find a place, and its mean.
 * Where the former is far above the latter, it is no rate anyone chose.
 */
function chooseRate(base: string | undefined, mean: string | undefined) {
  const [least, average] = [fraction(base), fraction(mean)];
  if (!(average > 0 && Number.isFinite(average))) {
    const usable = least > 0 && Number.isFinite(least);
    return { rate: usable ? base! : "25/1", variable: !usable };
  }
  const variable = Math.abs(least / average - 1) > 0.002;
  return { rate: least < 1.25 * average ? base! : mean!, variable };
}

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
    const suffix = suffixOf(path);
    const coding = CODINGS[suffix]!;
    // Subtitles can be copied where the formats are alike.
    const subtitles = suffixOf(original.path) === suffix ? ["-map", "1:s?"] : [];
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

const QUIET = ["-nostdin", "-hide_banner", "-v", "error"];
const SCALING = "lanczos+accurate_rnd+full_chroma_int";

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

/** The last suffix of a path, in small letters, without its dot. */
export function suffixOf(path: string): string {
  return /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
}

function isRgb({ pixelFormat, matrix }: ClipFacts): boolean {
  return matrix === "gbr" || /^(gbr|rgb|bgr|argb|abgr|pal8|0rgb|0bgr)/.test(pixelFormat);
}

/** Names of matrices in ffmpeg's scaler. Clips that do not say theirs have that of their size. */
function matrixOf({ matrix, height }: ClipFacts): string {
  const names: Record<string, string> = {
    ...{ bt709: "bt709", fcc: "fcc", bt470bg: "bt470", smpte170m: "smpte170m" },
    ...{ smpte240m: "smpte240m", bt2020nc: "bt2020" },
  };
  return names[matrix ?? ""] ?? (height > 576 ? "bt709" : "smpte170m");
}

/** Chroma as the clip has it, where players can take it. */
function outputFormat({ pixelFormat }: ClipFacts, width: number, height: number): string {
  if (/^yuvj?444/.test(pixelFormat) || width % 2 === 1) return "yuv444p";
  if (/^yuvj?422/.test(pixelFormat)) return "yuv422p";
  return height % 2 === 1 ? "yuv422p" : "yuv420p";
}

/** A program that runs beside this one, and does not outlive it. */
interface Child extends Disposable {
  stdin: WritableStream<Uint8Array>;
  stdout: ReadableStream<Uint8Array>;
  status: Promise<Deno.CommandStatus>;
  /** The first line of its standard error, when that has ended. */
  complaint: Promise<string>;
}

function start(
  name: "ffmpeg" | "ffprobe",
  args: string[],
  stdin: "piped" | "null",
  stdout: "piped" | "null",
): Child {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(name, { args, stdin, stdout, stderr: "piped" }).spawn();
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable;
    throw absent
      ? new FileError(
        `There is no ${name} in PATH: install ffmpeg, and run with --allow-run=ffmpeg,ffprobe`,
        { cause: error },
      )
      : error;
  }
  let ended = false;
  const kill = () => {
    if (!ended) child.kill("SIGKILL");
  };
  const interruption = onInterruption(kill);
  const status = child.status.then(async (status) => {
    ended = true;
    // Ctrl-C ends both programs: that is not the child's fault, and this one is about to end, too.
    if (status.code === 255 || status.signal) await new Promise((go) => setTimeout(go, 300));
    return status;
  });
  return {
    get stdin() {
      return child.stdin;
    },
    get stdout() {
      return child.stdout;
    },
    status,
    complaint: firstLine(child.stderr),
    [Symbol.dispose]() {
      interruption[Symbol.dispose]();
      kill();
    },
  };
}

/** Reads to the end, and keeps no more than a line. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    if (text.length < 4096) text += decoder.decode(chunk, { stream: true });
  }
  return (text.trim().split("\n")[0] ?? "").replace(/^\[[^\]]*\]\s*/, "");
}

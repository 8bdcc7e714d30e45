/**
 * The video codecs that clips are written in.
 *
 * @module
 */

/** Video codecs that clips can be written in. */
export const VIDEO_CODECS = ["h264", "h265", "vp9", "av1", "prores", "ffv1"] as const;

/** One of {@linkcode VIDEO_CODECS}. */
export type VideoCodec = typeof VIDEO_CODECS[number];

/** How the video of a clip is coded. */
export interface Encoding {
  /** Video codec. Default: `vp9` in WebM, else `h264`. */
  codec?: VideoCodec;
  /**
   * Constant rate factor of h264 and h265 (0..51), vp9 and av1 (0..63): lower is closer, and larger.
   * Default: h264 18, h265 20, vp9 24, av1 26.
   */
  crf?: number;
  /**
   * Trade of time for size. h264 and h265: `ultrafast` to `placebo`, default `faster` and `fast`;
   * av1: `13` to `0`, default `8`.
   */
  preset?: string;
}

/** What is known of a codec. */
interface Codec {
  /** ffmpeg's encoders, the best first. */
  encoders: readonly string[];
  /** Suffixes of the files that hold it. */
  formats: readonly string[];
  /** Default and largest constant rate factor; absent where there is none. */
  crf?: { default: number; largest: number };
  /** Default preset and all of them; absent where there are none. */
  presets?: { default: string; names: readonly string[] };
  /** Pixel formats that it is written in, of 4:2:0, 4:2:2 and 4:4:4 subsampling. */
  pixelFormats: { "420"?: string; "422"?: string; "444"?: string };
  /** Whether frames of odd sizes can be subsampled. */
  subsamplesOdd: boolean;
  /** Further options of ffmpeg. */
  args(encoder: string, format: string): readonly string[];
}

const X26X = [
  ...["ultrafast", "superfast", "veryfast", "faster", "fast"],
  ...["medium", "slow", "slower", "veryslow", "placebo"],
];
/** Smallest side that SVT-AV1 takes, in pixels; odd ones it does not take at all. */
const SVT_SMALLEST = 64;

const PLANAR = { "420": "yuv420p", "422": "yuv422p", "444": "yuv444p" };

const CODECS: Record<VideoCodec, Codec> = {
  h264: {
    encoders: ["libx264"],
    formats: ["mp4", "m4v", "mov", "mkv"],
    crf: { default: 18, largest: 51 },
    // Takes half the time of `medium`, for a little less quality at the same size.
    presets: { default: "faster", names: X26X },
    pixelFormats: PLANAR,
    subsamplesOdd: false,
    args: () => [],
  },
  h265: {
    encoders: ["libx265"],
    formats: ["mp4", "mov", "mkv"],
    crf: { default: 20, largest: 51 },
    presets: { default: "fast", names: X26X },
    pixelFormats: PLANAR,
    subsamplesOdd: false,
    // Apple's players know it by this tag alone.
    args: (_, format) => [
      ...["-x265-params", "log-level=error"],
      ...(format === "mkv" ? [] : ["-tag:v", "hvc1"]),
    ],
  },
  vp9: {
    encoders: ["libvpx-vp9"],
    formats: ["webm", "mkv", "mp4"],
    crf: { default: 24, largest: 63 },
    pixelFormats: PLANAR,
    subsamplesOdd: true,
    args: () => ["-b:v", "0", "-row-mt", "1", "-cpu-used", "4"],
  },
  av1: {
    encoders: ["libsvtav1", "libaom-av1"],
    formats: ["webm", "mkv", "mp4"],
    crf: { default: 26, largest: 63 },
    presets: { default: "8", names: Array.from({ length: 14 }, (_, preset) => `${preset}`) },
    pixelFormats: { "420": "yuv420p" },
    subsamplesOdd: true,
    args: (encoder) => encoder === "libsvtav1" ? [] : ["-b:v", "0", "-row-mt", "1"],
  },
  prores: {
    encoders: ["prores_ks"],
    formats: ["mov", "mkv"],
    pixelFormats: { "422": "yuv422p10le", "444": "yuv444p10le" },
    subsamplesOdd: false,
    args: () => ["-vendor", "apl0"],
  },
  ffv1: {
    encoders: ["ffv1"],
    formats: ["mkv"],
    pixelFormats: PLANAR,
    subsamplesOdd: true,
    args: () => ["-level", "3"],
  },
};

/** Suffixes of files that can be written, without the dot. */
export const CLIP_SUFFIXES: readonly string[] = ["mp4", "m4v", "mov", "mkv", "webm"];

/** The codec that a format is written in where none is named. */
export function defaultCodec(format: string): VideoCodec {
  return format === "webm" ? "vp9" : "h264";
}

/** Suffixes of the files that hold a codec. */
export function formatsOf(codec: VideoCodec): readonly string[] {
  return CODECS[codec].formats;
}

/**
 * Checks that a codec goes into a format, and has such a quality.
 *
 * @param format suffix of the file, without the dot
 * @throws {RangeError} if it does not.
 */
export function checkEncoding(format: string, encoding: Encoding): void {
  const { codec = defaultCodec(format), crf, preset } = encoding;
  const { formats, crf: factors, presets } = CODECS[codec];
  if (!formats.includes(format)) {
    throw new RangeError(
      `codec ${codec} must be written to .${formats.join(", .")}, not to .${format}`,
    );
  }
  if (crf !== undefined && !(factors && crf >= 0 && crf <= factors.largest)) {
    const expected = factors ? `be in 0..${factors.largest}` : "be absent";
    throw new RangeError(`crf must ${expected} for ${codec}: ${crf}`);
  }
  if (preset !== undefined && !presets?.names.includes(preset)) {
    const expected = presets ? `be one of ${presets.names.join(", ")}` : "be absent";
    throw new RangeError(`preset must ${expected} for ${codec}: ${preset}`);
  }
}

/** Names of ffmpeg's encoders that take frames of a size, the best first. */
export function encodersOf(codec: VideoCodec, width: number, height: number): readonly string[] {
  const takesAll = [width, height].every((side) => side % 2 === 0 && side >= SVT_SMALLEST);
  return CODECS[codec].encoders.filter((name) => takesAll || name !== "libsvtav1");
}

/**
 * Options of ffmpeg for a codec.
 *
 * @param encoder one of {@linkcode encodersOf}
 * @param format suffix of the file
 */
export function encoderArgs(
  codec: VideoCodec,
  encoder: string,
  format: string,
  { crf, preset }: Encoding,
): string[] {
  const { crf: factors, presets, args } = CODECS[codec];
  const speed = preset ?? presets?.default;
  return [
    ...["-c:v:0", encoder],
    ...(factors ? ["-crf", `${crf ?? factors.default}`] : []),
    // AV1 by libaom calls its presets otherwise, and has eight of them.
    ...(speed === undefined
      ? []
      : encoder === "libaom-av1"
      ? ["-cpu-used", `${Math.min(8, Number(speed))}`]
      : ["-preset", speed]),
    ...args(encoder, format),
  ];
}

/**
 * The pixel format that frames are written in: with the source's subsampling, where the codec has it
 * for frames of that size.
 */
export function outputPixelFormat(
  codec: VideoCodec,
  source: string,
  width: number,
  height: number,
): string {
  const { pixelFormats, subsamplesOdd } = CODECS[codec];
  const own = /^yuvj?444/.test(source) ? "444" : /^yuvj?422/.test(source) ? "422" : "420";
  const [evenWidth, evenHeight] = [width, height].map((side) => subsamplesOdd || side % 2 === 0);
  const wanted = !evenWidth ? "444" : !evenHeight && own === "420" ? "422" : own;
  const order = {
    "420": ["420", "422", "444"],
    "422": ["422", "444", "420"],
    "444": ["444", "422", "420"],
  } as const;
  const chosen = order[wanted].find((subsampling) => pixelFormats[subsampling])!;
  return pixelFormats[chosen]!;
}

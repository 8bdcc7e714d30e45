/** A clip in a file. */
export interface ClipFile {
  /** Path of the file. */
  path: string;
  /** How errors name the file. Default: its path. */
  name?: string;
}

/** Properties of a clip, as ffprobe finds them. */
export interface ClipInfo {
  /** Width in pixels, upright. */
  width: number;
  /** Height in pixels, upright. */
  height: number;
  /** Frames a second, as a fraction: `30000/1001`. */
  rate: string;
  /** Whether frames are shown for different times, which a constant rate replaces. */
  variable: boolean;
  /** Number of frames at that rate, where the file tells. */
  count?: number;
  /** Width of a pixel to its height, as a fraction: `1/1`. */
  aspect: string;
  /** How much later than the file its video begins, in seconds. */
  delay: number;
  /** Pixel format, as ffmpeg calls it: `yuv420p`. */
  pixelFormat: string;
  /** Range of the samples, as ffmpeg calls it: `tv` or `pc`; absent where unknown, as below. */
  range?: string;
  /** Matrix between RGB and the samples: `bt709`. */
  matrix?: string;
  /** Primaries: `bt709`. */
  primaries?: string;
  /** Transfer characteristics: `bt709`. */
  transfer?: string;
  /** Whether frames consist of two fields, taken one after the other. */
  interlaced: boolean;
}

/** A clip's name in errors. */
export function quoteName({ path, name = path }: ClipFile): string {
  return JSON.stringify(name);
}

/** Whether the samples are red, green and blue rather than luminance and chroma. */
export function isRgb({ pixelFormat, matrix }: ClipInfo): boolean {
  return matrix === "gbr" || /^(gbr|rgb|bgr|argb|abgr|pal8|0rgb|0bgr)/.test(pixelFormat);
}

/** ffmpeg's name, in its scaler, of a clip's matrix. Untagged clips have that of their size. */
export function matrixOf({ matrix, height }: ClipInfo): string {
  const names: Record<string, string> = {
    ...{ bt709: "bt709", fcc: "fcc", bt470bg: "bt470", smpte170m: "smpte170m" },
    ...{ smpte240m: "smpte240m", bt2020nc: "bt2020" },
  };
  return names[matrix ?? ""] ?? (height > 576 ? "bt709" : "smpte170m");
}

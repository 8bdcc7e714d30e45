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

/** Whether a clip has red, green and blue rather than luminance and chroma. */
export function isRgb({ pixelFormat, matrix }: ClipFacts): boolean {
  return matrix === "gbr" || /^(gbr|rgb|bgr|argb|abgr|pal8|0rgb|0bgr)/.test(pixelFormat);
}

/** Names of matrices in ffmpeg's scaler. Clips that do not say theirs have that of their size. */
export function matrixOf({ matrix, height }: ClipFacts): string {
  const names: Record<string, string> = {
    ...{ bt709: "bt709", fcc: "fcc", bt470bg: "bt470", smpte170m: "smpte170m" },
    ...{ smpte240m: "smpte240m", bt2020nc: "bt2020" },
  };
  return names[matrix ?? ""] ?? (height > 576 ? "bt709" : "smpte170m");
}

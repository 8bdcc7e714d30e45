/** A file with a clip. */
export interface ClipFile {
  /** Path of the file. */
  path: string;
  /** How errors name the file. Default: its path. */
  name?: string;
}

/** A clip to read: the video of a file, or a part of it. */
export interface ClipSource extends ClipFile {
  /** Where the clip starts in the file, in seconds. Default: 0. */
  start?: number;
  /** How long it lasts, in seconds. Default: to the end. */
  duration?: number;
}

/** The codec of a stream that ffmpeg does not know. */
export const UNKNOWN = "unknown";

/** A stream of the file other than the video that is read. */
export interface ClipStream {
  /** Number of the stream in the file. */
  index: number;
  /** What it holds: `audio`, `video`, `subtitle`, `data` or `attachment`. */
  type: string;
  /** Codec, as ffmpeg calls it: `subrip`; {@linkcode UNKNOWN} where it knows none. */
  codec: string;
  /** Number of channels of sound. */
  channels?: number;
  /** Whether it is a cover picture. */
  isCover: boolean;
}

/** Properties of a clip, as ffprobe finds them. */
export interface ClipInfo {
  /** Width in pixels, upright. */
  width: number;
  /** Height in pixels, upright. */
  height: number;
  /** Frames a second at which the clip is read, as a fraction: `30000/1001`. */
  rate: string;
  /** Whether frames are shown for different times, so that some are repeated or skipped. */
  variable: boolean;
  /** Number of frames at that rate, where known. */
  count?: number;
  /** Width of a pixel to its height, as a fraction: `1/1`. */
  aspect: string;
  /** How much later than the clip its first frame is shown, in seconds. */
  delay: number;
  /** Where the file ends and where it says that it ends, in seconds, if it is cut off. */
  cutOff?: { end: number; declared: number };
  /** What of the file is not whole, if anything. */
  damage?: string;
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
  /** The other streams of the file. */
  streams: ClipStream[];
}

/** A file's name in errors. */
export function quoteName({ path, name = path }: ClipFile): string {
  return JSON.stringify(name);
}

/** Options of ffmpeg that select the clip's part of the file; they go before the input. */
export function selectPart({ start, duration }: ClipSource): string[] {
  return [
    ...(start ? ["-ss", `${start}`] : []),
    ...(duration === undefined ? [] : ["-t", `${duration}`]),
  ];
}

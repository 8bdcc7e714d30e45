/**
 * YUV4MPEG2 (Y4M): streams of uncompressed frames that mjpegtools and ffmpeg exchange through pipes.
 * Tags and parameters that are not interpreted here are passed on as they came.
 *
 * @see {@link https://wiki.multimedia.cx/index.php/YUV4MPEG2}
 * @module
 */

import { ByteReader } from "./byte_reader.ts";
import { VideoError } from "./video_error.ts";

/** Chroma subsampling: how many luma samples a chroma sample stands for, and its position. */
export interface Chroma {
  /** Luma samples across: 1 or 2; 0 without color. */
  across: 0 | 1 | 2;
  /** Luma samples down: 1 or 2; 0 without color. */
  down: 0 | 1 | 2;
  /** Distance to the right of the first of those luma samples, in luma samples. */
  left: 0 | 0.5;
  /** The same, down. */
  top: 0 | 0.5;
}

/** Chroma by the header's C tag, 8 bits a sample. */
const CHROMA: Record<string, Chroma> = {
  "420": { across: 2, down: 2, left: 0.5, top: 0.5 },
  "420jpeg": { across: 2, down: 2, left: 0.5, top: 0.5 },
  "420mpeg2": { across: 2, down: 2, left: 0, top: 0.5 },
  "420paldv": { across: 2, down: 2, left: 0, top: 0 },
  "422": { across: 2, down: 1, left: 0, top: 0 },
  "444": { across: 1, down: 1, left: 0, top: 0 },
  mono: { across: 0, down: 0, left: 0, top: 0 },
};

/** Header of a stream: its first line. */
export interface Y4mHeader {
  /** Width of the frames, in pixels. */
  width: number;
  /** Height of the frames, in pixels. */
  height: number;
  /** Chroma subsampling. */
  chroma: Chroma;
  /** Whether luma spans 0..255 rather than 16..235. */
  fullRange: boolean;
  /** Frames a second, as in the header: `25:1`; absent where unknown. */
  rate?: string;
  /** All tags in their order: letter and value. */
  tags: string[];
}

/** A frame of a stream. */
export interface Y4mFrame {
  /** The rest of the line after `FRAME`. */
  parameters: string;
  /** Samples of 8 bits: the planes of Y, Cb and Cr, rows from the top. */
  planes: Uint8Array<ArrayBuffer>;
}

/** Signature of a stream. */
export const Y4M_MAGIC = "YUV4MPEG2";

/** Longest line accepted, in bytes; those of real streams have some 100. */
const LONGEST_LINE = 4096;

/** Largest frame accepted, in pixels: that of a camera of 128 megapixels. */
const LARGEST_FRAME = 2 ** 27;

/**
 * Reads a stream frame by frame.
 *
 * @example
 * ```ts ignore
 * const reader = await Y4mReader.open(Deno.stdin.readable);
 * for await (const { planes } of reader.frames()) show(toPixels(planes, reader.header));
 * ```
 */
export class Y4mReader {
  #reader: ByteReader;

  private constructor(
    reader: ByteReader,
    /** The header of the stream. */
    readonly header: Y4mHeader,
  ) {
    this.#reader = reader;
  }

  /**
   * Reads the header of a stream.
   *
   * @throws {VideoError} if it is not a YUV4MPEG2 stream, or of a kind that cannot be read.
   */
  static async open(source: AsyncIterable<Uint8Array>): Promise<Y4mReader> {
    const reader = new ByteReader(source);
    const line = await reader.line(LONGEST_LINE);
    if (!`${line} `.startsWith(`${Y4M_MAGIC} `)) {
      throw new VideoError("Not a YUV4MPEG2 stream");
    }
    return new Y4mReader(reader, parseHeader(line!));
  }

  /**
   * The frames, from the first that has not been read yet.
   *
   * @throws {VideoError} if the stream is damaged, or ends within a frame.
   */
  async *frames(): AsyncGenerator<Y4mFrame, void, void> {
    const bytes = frameBytes(this.header);
    for (let count = 0;; count++) {
      const line = await this.#reader.line(LONGEST_LINE);
      if (line === null) return;
      if (line === undefined || !/^FRAME( |$)/.test(line)) {
        throw new VideoError(`The Y4M stream is damaged after frame ${count}`);
      }
      const planes = await this.#reader.exactly(bytes);
      if (!planes) throw new VideoError(`The Y4M stream is cut off in frame ${count + 1}`);
      yield { parameters: line.slice("FRAME".length), planes };
    }
  }
}

/**
 * Parses the first line of a stream, without its line break.
 *
 * @throws {VideoError} if a tag is missing, wrong, or names what cannot be read.
 */
export function parseHeader(line: string): Y4mHeader {
  const tags = line.split(" ").slice(1).filter((tag) => tag !== "");
  const value = (letter: string) => tags.find((tag) => tag[0] === letter)?.slice(1);
  const [width, height] = [side("W", "width"), side("H", "height")];
  if (width * height > LARGEST_FRAME) {
    throw new VideoError(`Frames of ${width}×${height} px are too large`);
  }
  const name = value("C") ?? "420jpeg";
  const chroma = Object.hasOwn(CHROMA, name) ? CHROMA[name] : undefined;
  if (!chroma) {
    throw new VideoError(
      `Y4M of the kind C${name} cannot be read: ask ffmpeg for -pix_fmt yuv420p`,
    );
  }
  const rate = value("F");
  if (rate !== undefined && !/^\d{1,10}:\d{1,10}$/.test(rate)) {
    throw new VideoError(`The Y4M header has a wrong frame rate: "F${rate}"`);
  }
  return {
    ...{ width, height, chroma, tags },
    ...(rate === undefined || /^0+:|:0+$/.test(rate) ? {} : { rate }),
    fullRange: tags.includes("XCOLORRANGE=FULL"),
  };

  function side(letter: string, what: string): number {
    const text = value(letter);
    if (text === undefined || !/^0*[1-9]\d{0,4}$/.test(text)) {
      throw new VideoError(`The Y4M header has no ${what}, or a wrong one`);
    }
    return Number(text);
  }
}

/** Formats the first line of a stream, with another size of frames: in pixels. */
export function formatHeader({ tags }: Y4mHeader, width: number, height: number): Uint8Array {
  const sized = tags.map((tag) =>
    tag[0] === "W" ? `W${width}` : tag[0] === "H" ? `H${height}` : tag
  );
  return latin1(`${[Y4M_MAGIC, ...sized].join(" ")}\n`);
}

/** Formats a frame: its line, then its samples. */
export function formatFrame({ parameters, planes }: Y4mFrame): [Uint8Array, Uint8Array] {
  return [latin1(`FRAME${parameters}\n`), planes];
}

/** Size of a chroma plane, in samples, for a frame of a size in pixels. */
export function chromaSize(
  { across, down }: Chroma,
  width: number,
  height: number,
): { width: number; height: number } {
  return across === 0
    ? { width: 0, height: 0 }
    : { width: Math.ceil(width / across), height: Math.ceil(height / down) };
}

/** Number of bytes of a frame's samples. */
export function frameBytes({ width, height, chroma }: Y4mHeader): number {
  const { width: columns, height: rows } = chromaSize(chroma, width, height);
  return width * height + 2 * columns * rows;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * YUV4MPEG2, the streams of uncompressed frames that mjpegtools and ffmpeg exchange through pipes.
 * What is not said here about a frame goes through as it came.
 *
 * @see {@link https://wiki.multimedia.cx/index.php/YUV4MPEG2}
 * @module
 */

import { LibraryError } from "../util/errors.ts";
import { ByteReader } from "./byte_reader.ts";

/** A stream that cannot be read. */
export class VideoError extends LibraryError {
  /** `"VideoError"`. */
  override name = "VideoError";
}

/** How many luma samples one chroma sample stands for, and where among them it is. */
export interface Chroma {
  /** Luma samples across: 1 or 2; 0 without colour. */
  across: 0 | 1 | 2;
  /** Luma samples down: 1 or 2; 0 without colour. */
  down: 0 | 1 | 2;
  /** Distance from the first of those luma samples, in luma samples. */
  left: 0 | 0.5;
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

/** What the first line of a stream says. */
export interface Y4mHeader {
  /** In pixels. */
  width: number;
  height: number;
  chroma: Chroma;
  /** Whether luma takes 0..255, and not 16..235. */
  fullRange: boolean;
  /** Frames a second, as it stands: `25:1`; absent where unknown. */
  rate?: string;
  /** All tags in their order, as they came: letter and value. */
  tags: string[];
}

/** A frame as it came. */
export interface Y4mFrame {
  /** The rest of the line after `FRAME`. */
  parameters: string;
  /** Y, Cb, Cr, plane after plane. */
  planes: Uint8Array<ArrayBuffer>;
}

/** What every stream begins with. */
export const Y4M_MAGIC = "YUV4MPEG2";

/** Longest line, in bytes; those of real streams have some 100. */
const LONGEST_LINE = 4096;

/** Pixels of the largest frame: what a camera of 128 megapixels takes. */
const LARGEST_FRAME = 2 ** 27;

/** A stream that is read frame by frame. */
export class Y4mReader {
  #reader: ByteReader;

  private constructor(reader: ByteReader, readonly header: Y4mHeader) {
    this.#reader = reader;
  }

  /**
   * Reads the header of a stream.
   *
   * @throws {VideoError} if it is no such stream, or of a kind that cannot be read
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
   * The frames, from the first that has not been read.
   *
   * @throws {VideoError} if the stream ends within one, or something else comes in between
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
 * Reads the first line of a stream, without its line break.
 *
 * @throws {VideoError} if something is missing, wrong, or cannot be read
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

/** The first line of a stream, for frames of a size. */
export function formatHeader({ tags }: Y4mHeader, width: number, height: number): Uint8Array {
  const sized = tags.map((tag) =>
    tag[0] === "W" ? `W${width}` : tag[0] === "H" ? `H${height}` : tag
  );
  return latin1(`${[Y4M_MAGIC, ...sized].join(" ")}\n`);
}

/** A frame as it goes into a stream: its line, then its samples. */
export function formatFrame({ parameters, planes }: Y4mFrame): [Uint8Array, Uint8Array] {
  return [latin1(`FRAME${parameters}\n`), planes];
}

/** Width and height of a plane of chroma. */
export function chromaSize({ across, down }: Chroma, width: number, height: number) {
  return across === 0
    ? { width: 0, height: 0 }
    : { width: Math.ceil(width / across), height: Math.ceil(height / down) };
}

/** Bytes of a frame's samples. */
export function frameBytes({ width, height, chroma }: Y4mHeader): number {
  const { width: columns, height: rows } = chromaSize(chroma, width, height);
  return width * height + 2 * columns * rows;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

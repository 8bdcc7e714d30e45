import { ascii, concatenate, viewOf } from "../../../util/bytes.ts";
import { decompressLzw } from "../lzw.ts";

/** The size of the canvas, and the frames on it. */
export interface GifFile {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Reads the frames, one after another. */
  frames(): Generator<GifFrame, void, void>;
}

/** A frame as it is stored. */
export interface GifFrame {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Indices into the palette, rows from the top; fewer than pixels where the file ends them early. */
  indices: Uint8Array;
  /** Red, green and blue of each color. */
  palette: Uint8Array;
  /** Index of the color that is transparent, if there is one. */
  transparent?: number;
  /** What becomes of the frame once it has been shown, one of {@linkcode Disposal}. */
  disposal: number;
  /** In hundredths of a second. */
  delay: number;
}

/** What becomes of a frame; all other values let it stay. */
export const Disposal = { clear: 2, restorePrevious: 3 } as const;

const Block = { extension: 0x21, image: 0x2c, end: 0x3b, none: 0 } as const;
const GRAPHIC_CONTROL = 0xf9;

/** Pixels of the largest canvas or frame that is decoded: a header may claim any size. */
const LARGEST = 2 ** 27;

/** Lowest row and distance of rows, for each pass of an interlaced frame. */
const PASSES = [[0, 8], [4, 8], [2, 4], [1, 2]] as const;

/**
 * Reads a GIF as others do: unknown extensions are skipped, and the end may be missing after a frame.
 *
 * @see Graphics Interchange Format, version 89a
 * @throws {RangeError} if the file is cut off, here or when frames are read.
 */
export function readGif(bytes: Uint8Array): GifFile {
  const view = viewOf(bytes);
  if (!/^GIF8[79]a/.test(ascii(bytes, 0, 6))) throw new RangeError("no GIF");
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  checkSize(width, height);
  const shared = readPalette(bytes, 13, view.getUint8(10));
  return { width, height, frames };

  function* frames(): Generator<GifFrame, void, void> {
    let control: Pick<GifFrame, "transparent" | "disposal" | "delay"> = { disposal: 0, delay: 0 };
    let [at, count] = [shared.end, 0];
    while (at < bytes.length) {
      const kind = bytes[at++]!;
      if (kind === Block.end) return;
      if (kind === Block.none) continue; // Some writers leave a byte too many.
      if (kind === Block.extension) {
        const label = view.getUint8(at);
        const { parts, end } = readParts(bytes, at + 1);
        if (label === GRAPHIC_CONTROL && parts[0] && parts[0].length >= 4) {
          control = readControl(parts[0]);
        }
        at = end;
      } else if (kind === Block.image) {
        const { frame, end } = readFrame(bytes, at, shared.palette);
        yield { ...frame, ...control };
        control = { disposal: 0, delay: 0 };
        [at, count] = [end, count + 1];
      } else if (count > 0) return; // Something else follows.
      else throw new RangeError("a block of another kind");
    }
    if (count === 0) throw new RangeError("no frame");
  }
}

function checkSize(width: number, height: number): void {
  if (width > 0 && height > 0 && width * height <= LARGEST) return;
  throw new RangeError(`a GIF cannot have ${width}×${height} px`);
}

/** The palette that flags tell of, if there is one. */
function readPalette(bytes: Uint8Array, start: number, flags: number) {
  if (!(flags & 0x80)) return { palette: undefined, end: start };
  const end = start + 3 * 2 ** ((flags & 7) + 1);
  return { palette: bytes.subarray(start, end), end };
}

function readControl(part: Uint8Array): Pick<GifFrame, "transparent" | "disposal" | "delay"> {
  const [flags, low, high, transparent] = part as unknown as [number, number, number, number];
  return {
    disposal: flags >> 2 & 7,
    delay: low + 256 * high,
    ...(flags & 1 ? { transparent } : {}),
  };
}

function readFrame(bytes: Uint8Array, start: number, shared: Uint8Array | undefined) {
  const view = viewOf(bytes);
  const [left, top, width, height] = [0, 2, 4, 6].map((at) => view.getUint16(start + at, true)) as [
    number,
    number,
    number,
    number,
  ];
  checkSize(width, height);
  const flags = view.getUint8(start + 8);
  const own = readPalette(bytes, start + 9, flags);
  const valueBits = view.getUint8(own.end);
  if (valueBits < 1 || valueBits > 11) throw new RangeError("codes of another length");
  const { parts, end } = readParts(bytes, own.end + 1);
  const target = new Uint8Array(width * height);
  const options = { valueBits, isHighFirst: false, isEarly: false };
  const indices = target.subarray(0, decompressLzw(concatenate(parts), target, options));
  const frame = {
    ...{ left, top, width, height },
    indices: flags & 0x40 ? deinterlace(indices, width, height) : indices,
    palette: own.palette ?? shared ?? GRAYS,
  };
  return { frame, end };
}

/** Shades of gray, for a file without a palette. */
const GRAYS = Uint8Array.from({ length: 3 * 256 }, (_, index) => Math.floor(index / 3));

/** The parts of a block, each with its length before it, up to an empty one. */
function readParts(bytes: Uint8Array, start: number): { parts: Uint8Array[]; end: number } {
  const parts: Uint8Array[] = [];
  for (let at = start;;) {
    const length = bytes[at++];
    if (length === 0) return { parts, end: at };
    if (length === undefined || at + length > bytes.length) throw new RangeError("cut off");
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
}

/** Puts rows that are stored in four passes into order. */
function deinterlace(indices: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array(width * height);
  let at = 0;
  for (const [first, step] of PASSES) {
    for (let y = first; y < height; y += step, at += width) {
      rows.set(indices.subarray(at, at + width), y * width);
    }
  }
  return rows;
}

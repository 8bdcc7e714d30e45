import { ascii, viewOf } from "../../../util/bytes.ts";
import { checkResolution, type Resolution } from "../../metadata/resolution.ts";
import type { ContainerHeader } from "../format.ts";

/** Values of the field `biCompression` of Windows. */
export const Compression = {
  none: 0,
  rle8: 1,
  rle4: 2,
  masks: 3,
  jpeg: 4,
  png: 5,
  masksWithAlpha: 6,
} as const;

/** Lengths of headers: of OS/2, of Windows, with a mask of opacity, with a profile. */
const Length = { os2: 12, windows: 40, alpha: 56, profile: 124 } as const;

/** Offset of the header, behind that of the file. */
const START = 14;

/** Where and how the pixels are stored. */
export interface BmpLayout {
  width: number;
  height: number;
  /** Whether the first row is the upper one. */
  isTopDown: boolean;
  /** Bits a pixel. */
  bits: number;
  /** One of {@linkcode Compression}. */
  compression: number;
  /** Bits of red, green, blue and opacity in a pixel; 0: none. */
  masks: [red: number, green: number, blue: number, alpha: number];
  /** Blue, green and red of each color, in entries of some bytes. */
  palette: Uint8Array;
  entryBytes: number;
  /** Offset of the pixels. */
  start: number;
}

/**
 * Reads the layout of a BMP.
 *
 * @throws {RangeError} if the header is cut off.
 */
export function readLayout(bytes: Uint8Array): BmpLayout {
  const view = viewOf(bytes);
  const length = view.getUint32(START, true);
  const isOld = length === Length.os2;
  const bits = view.getUint16(START + (isOld ? 10 : 14), true);
  const height = isOld ? view.getUint16(START + 6, true) : view.getInt32(START + 8, true);
  const compression = isOld || length < 20 ? Compression.none : view.getUint32(START + 16, true);
  const masks = readMasks(view, length, compression, bits);
  const isMasked = compression === Compression.masks || compression === Compression.masksWithAlpha;
  const behind = length === Length.windows && isMasked
    ? 4 * (compression === Compression.masks ? 3 : 4)
    : 0;
  const paletteStart = START + length + behind;
  const stated = view.getUint32(10, true);
  const entryBytes = isOld ? 3 : 4;
  const used = isOld || length < Length.windows ? 0 : view.getUint32(START + 32, true);
  const room = stated > paletteStart ? Math.floor((stated - paletteStart) / entryBytes) : Infinity;
  const count = bits > 8 ? 0 : Math.min(used || 2 ** bits, 2 ** bits, room);
  const paletteEnd = paletteStart + entryBytes * count;
  return {
    width: isOld ? view.getUint16(START + 4, true) : view.getInt32(START + 4, true),
    height: Math.abs(height),
    isTopDown: height < 0,
    ...{ bits, compression, masks, entryBytes },
    palette: bytes.subarray(paletteStart, paletteEnd),
    start: stated >= paletteEnd && stated < bytes.length ? stated : paletteEnd,
  };
}

/** Masks that the file states, or else the usual ones: the fourth byte is without meaning. */
function readMasks(
  view: DataView,
  length: number,
  compression: number,
  bits: number,
): BmpLayout["masks"] {
  const mask = (index: number) => view.getUint32(START + 40 + 4 * index, true);
  const hasAlpha = compression === Compression.masksWithAlpha || length >= Length.alpha;
  if (compression === Compression.masks || compression === Compression.masksWithAlpha) {
    return [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0];
  }
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
}

/** See {@linkcode Container}. */
export function readHeader(bytes: Uint8Array): ContainerHeader {
  const { width, height, bits, compression, masks } = readLayout(bytes);
  const isPlain = compression === Compression.none || compression === Compression.masks ||
    compression === Compression.masksWithAlpha;
  if (isPlain && width * height * bits / 8 > bytes.length) {
    throw new RangeError("too short for its size");
  }
  const profile = readProfile(bytes);
  const resolution = readResolution(bytes);
  return {
    ...{ width, height },
    color: bits > 0 && bits <= 8 ? "palette" : "RGB",
    alpha: masks[3] !== 0,
    bits: bits > 0 && bits <= 8 ? bits : 8,
    metadata: resolution ? { resolution } : {},
    ...(profile ? { profile } : {}),
  };
}

/** Pixels a meter. */
function readResolution(bytes: Uint8Array): Resolution | undefined {
  const view = viewOf(bytes);
  if (view.getUint32(START, true) < Length.windows) return undefined;
  const [x, y] = [24, 28].map((at) => view.getInt32(START + at, true) / 100);
  return checkResolution(x!, y!, "centimeter");
}

/**
 * A profile in the file. Primaries and gamma in a header are ignored, as in browsers: writers fill
 * them in differently.
 */
function readProfile(bytes: Uint8Array): Uint8Array | undefined {
  const view = viewOf(bytes);
  const length = view.getUint32(START, true);
  if (length < Length.profile || ascii(bytes, START + 56, START + 60) !== "DEBM") return undefined;
  const start = START + view.getUint32(START + 112, true);
  return bytes.subarray(start, start + view.getUint32(START + 116, true));
}

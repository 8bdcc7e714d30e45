import type { Note } from "../../note.ts";
import { maxValue, type Samples } from "../../pixels.ts";
import { COMPRESSIONS } from "./compression.ts";
import { Format, type Layout, Photometric } from "./layout.ts";

/** Whether the samples of a layout can be read by {@linkcode readSamples}. */
export function isReadable({ compression, bits, format, photometric, predictor }: Layout): boolean {
  const isFloat = format === Format.float;
  const fits = isFloat ? [16, 24, 32, 64].includes(bits) : bits >= 1 && bits <= 32;
  const isPredicted = predictor === 1 || predictor === 2 && bits % 8 === 0 && !isFloat ||
    predictor === 3 && isFloat;
  const isIndex = photometric === Photometric.palette;
  return COMPRESSIONS[compression] !== undefined && fits && isPredicted &&
    !(isIndex && (bits > 16 || format !== Format.unsigned));
}

/**
 * Reads the samples of an image as RGBA, not premultiplied.
 *
 * Zero is black (or white, where the file says so), the largest whole number or 1.0 the opposite.
 * Samples beyond are cut off, and noted.
 *
 * @param littleEndian of samples of several bytes
 * @param data of `4 * width * height` values, of 8 or 16 bits
 * @throws {RangeError} if samples are missing.
 */
export async function readSamples(
  bytes: Uint8Array,
  layout: Layout,
  littleEndian: boolean,
  data: Samples,
  note: Note,
): Promise<void> {
  const { width, height, samples, isPlanar, segment, places, bits, alpha } = layout;
  const decompress = COMPRESSIONS[layout.compression]!;
  const perPixel = isPlanar ? 1 : samples;
  const rowSamples = segment.width * perPixel;
  const rowBytes = Math.ceil(rowSamples * bits / 8);
  const rows = new RowReader(layout, littleEndian, rowSamples, perPixel);
  const pixels = new PixelWriter(layout, data);
  const [across, down] = [Math.ceil(width / segment.width), Math.ceil(height / segment.height)];
  const colors = layout.photometric === Photometric.rgb ? [0, 1, 2] : [0];
  const planes = isPlanar ? [...colors, ...(alpha === undefined ? [] : [alpha])] : [0];
  if (places.length < across * down * Math.max(...planes)) {
    throw new RangeError("strips are missing");
  }
  const values = Array.from({ length: samples }, () => new Float64Array(rowSamples));
  for (let index = 0; index < across * down; index++) {
    const left = index % across * segment.width;
    const top = Math.floor(index / across) * segment.height;
    const columns = Math.min(segment.width, width - left);
    const rowCount = Math.min(segment.height, height - top);
    const stored: Uint8Array[] = [];
    for (const plane of planes) {
      const { offset, length } = places[plane * across * down + index] ?? NOWHERE;
      const packed = bytes.subarray(offset, offset + length);
      const ordered = layout.isLowFirst ? reverseBits(packed) : packed;
      stored[plane] = await decompress(ordered, rowBytes * rowCount);
      if (stored[plane]!.length < rowBytes * rowCount) throw new RangeError("samples are missing");
    }
    for (let row = 0; row < rowCount; row++) {
      for (const plane of planes) {
        const part = stored[plane]!.subarray(row * rowBytes, (row + 1) * rowBytes);
        rows.read(part, values[plane]!);
      }
      pixels.write(values, left, top + row, columns);
    }
  }
  pixels.tell(note);
}

/** The place of a strip that is missing. */
const NOWHERE = { offset: 0, length: 0 };

function reverseBits(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => REVERSED[byte]!);
}

const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= (byte >> bit & 1) << 7 - bit;
  return reversed;
});

/** Turns the bytes of a row into numbers. */
class RowReader {
  readonly #sample: (view: DataView, index: number) => number;
  readonly #buffer: Uint8Array;

  constructor(
    private readonly layout: Layout,
    littleEndian: boolean,
    private readonly count: number,
    private readonly perPixel: number,
  ) {
    const { bits, format, predictor } = layout;
    this.#buffer = new Uint8Array(predictor === 3 ? count * bits / 8 : 0);
    // The third predictor gives the bytes of each number in descending order.
    const little = littleEndian && predictor !== 3;
    this.#sample = format === Format.float
      ? floatReader(bits, little)
      : integerReader(bits, format === Format.signed, little);
  }

  read(bytes: Uint8Array, values: Float64Array): void {
    const { predictor, bits, format } = this.layout;
    const row = predictor === 3 ? this.#joinBytes(bytes) : bytes;
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    for (let index = 0; index < this.count; index++) values[index] = this.#sample(view, index);
    if (predictor !== 2) return;
    const range = 2 ** bits;
    const half = format === Format.signed ? range / 2 : range;
    for (let index = this.perPixel; index < this.count; index++) {
      const sum = values[index]! + values[index - this.perPixel]!;
      values[index] = sum >= half ? sum - range : sum < half - range ? sum + range : sum;
    }
  }

  /** Differences of bytes, all first bytes of the row's numbers before all second ones, and so on. */
  #joinBytes(bytes: Uint8Array): Uint8Array {
    const sums = bytes.slice();
    for (let at = this.perPixel; at < sums.length; at++) sums[at]! += sums[at - this.perPixel]!;
    const size = this.layout.bits / 8;
    for (let index = 0; index < this.count; index++) {
      for (let byte = 0; byte < size; byte++) {
        this.#buffer[index * size + byte] = sums[byte * this.count + index]!;
      }
    }
    return this.#buffer;
  }
}

type ReadSample = (view: DataView, index: number) => number;

function integerReader(bits: number, isSigned: boolean, little: boolean): ReadSample {
  if (bits === 8) {
    return isSigned ? (view, index) => view.getInt8(index) : (view, index) => view.getUint8(index);
  }
  if (bits === 16) {
    return isSigned
      ? (view, index) => view.getInt16(2 * index, little)
      : (view, index) => view.getUint16(2 * index, little);
  }
  if (bits === 32) {
    return isSigned
      ? (view, index) => view.getInt32(4 * index, little)
      : (view, index) => view.getUint32(4 * index, little);
  }
  const range = 2 ** bits;
  const unsigned = bits === 24
    ? (view: DataView, index: number) => read24(view, 3 * index, little)
    : (view: DataView, index: number) => readBits(view, index * bits, bits);
  if (!isSigned) return unsigned;
  return (view, index) => {
    const value = unsigned(view, index);
    return value >= range / 2 ? value - range : value;
  };
}

function read24(view: DataView, at: number, little: boolean): number {
  const [high, low] = little ? [at + 2, at] : [at, at + 2];
  return view.getUint8(high) << 16 | view.getUint8(at + 1) << 8 | view.getUint8(low);
}

/** Reads a number of up to 31 bits, the highest first. */
function readBits(view: DataView, start: number, bits: number): number {
  let value = 0;
  for (let at = start; at < start + bits;) {
    const taken = Math.min(8 - at % 8, start + bits - at);
    const byte = view.getUint8(at >> 3) >> 8 - at % 8 - taken & (1 << taken) - 1;
    value = value * 2 ** taken + byte;
    at += taken;
  }
  return value;
}

function floatReader(bits: number, little: boolean): ReadSample {
  if (bits === 64) return (view, index) => view.getFloat64(8 * index, little);
  if (bits === 32) return (view, index) => view.getFloat32(4 * index, little);
  if (bits === 24) return (view, index) => toFloat(read24(view, 3 * index, little), 7, 16);
  return (view, index) => toFloat(view.getUint16(2 * index, little), 5, 10);
}

/** A floating-point number of a sign, an exponent and a fraction of some bits. */
function toFloat(code: number, exponentBits: number, fractionBits: number): number {
  const sign = code >> exponentBits + fractionBits ? -1 : 1;
  const exponent = code >> fractionBits & (1 << exponentBits) - 1;
  const fraction = (code & (1 << fractionBits) - 1) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  if (exponent === 2 * bias + 1) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** Turns numbers into pixels. */
class PixelWriter {
  readonly #most: number;
  /** The sample that stands for the opposite of zero. */
  readonly #one: number;
  readonly #palette: Float64Array;
  #largest = 0;
  #smallest = 0;
  #hasNaN = false;

  constructor(private readonly layout: Layout, private readonly data: Samples) {
    const { bits, format } = layout;
    this.#most = maxValue(data);
    this.#one = format === Format.float
      ? 1
      : format === Format.signed
      ? 2 ** (bits - 1) - 1
      : 2 ** bits - 1;
    this.#palette = paletteOf(layout.colorMap, this.#most);
  }

  /** Writes columns of a row, from the values of each plane. */
  write(planes: Float64Array[], left: number, y: number, columns: number): void {
    const { layout, data } = this;
    const { samples, alpha, photometric, isPlanar, isPremultiplied, width } = layout;
    const isRgb = photometric === Photometric.rgb;
    const isIndex = photometric === Photometric.palette;
    const size = this.#palette.length / 3;
    const value = isPlanar
      ? (x: number, sample: number) => planes[sample]![x]!
      : (x: number, sample: number) => planes[0]![x * samples + sample]!;
    for (let x = 0, to = 4 * (y * width + left); x < columns; x++, to += 4) {
      const opacity = alpha === undefined ? 1 : this.#share(value(x, alpha));
      for (let channel = 0; channel < 3; channel++) {
        const stored = value(x, isRgb ? channel : 0);
        let level: number;
        if (isIndex) level = this.#palette[channel * size + stored] ?? 0;
        else {
          const share = this.#share(stored);
          level = this.#most * (photometric === Photometric.whiteIsZero ? 1 - share : share);
        }
        if (isPremultiplied) level = opacity > 0 ? Math.min(this.#most, level / opacity) : 0;
        data[to + channel] = Math.round(level);
      }
      data[to + 3] = Math.round(this.#most * opacity);
    }
  }

  /** A sample as a share, 0 to 1. */
  #share(value: number): number {
    const share = value / this.#one;
    if (share >= 0 && share <= 1) return share;
    if (Number.isNaN(share)) this.#hasNaN = true;
    else if (share > this.#largest) this.#largest = share;
    else if (share < this.#smallest) this.#smallest = share;
    return share > 1 ? 1 : 0;
  }

  /** Notes what was cut off. */
  tell(note: Note): void {
    const round = (value: number) => Number(value.toPrecision(3));
    if (this.#largest > 1) {
      note(`The samples go up to ${round(this.#largest)}: those above 1 are shown as 1`);
    }
    if (this.#smallest < 0) {
      const { format } = this.layout;
      const smallest = format === Format.float
        ? round(this.#smallest)
        : round(this.#smallest * this.#one);
      note(`The samples go down to ${smallest}: those below 0 are shown as 0`);
    }
    if (this.#hasNaN) note("Some samples are not numbers: they are shown as 0");
  }
}

/**
 * A palette in the unit of the result. Some writers give colors of 8 bits, though the format has 16.
 */
function paletteOf(colorMap: readonly number[], most: number): Float64Array {
  const isNarrow = colorMap.every((value) => value < 256);
  return Float64Array.from(colorMap, (value) => value / (isNarrow ? 255 : 65535) * most);
}

import { concatenate, viewOf } from "../../../util/bytes.ts";
import { yieldToEventLoop } from "../../../util/event_loop.ts";
import { readStream, toStream } from "../../../util/streams.ts";
import { chunk, SIGNATURE } from "./container.ts";
import type { Pixels, Samples } from "../../pixels.ts";
import { isOpaque } from "../../planes.ts";

/** Bytes of rows that are filtered at a time, and of compressed data in a chunk. */
const BAND = 2 ** 20;

/**
 * Writes a PNG of the image's depth in pieces: the head, and a chunk for each megabyte that the rows
 * compress to. An alpha channel is written only where the image has transparency. Needs the memory
 * of the file beside the image.
 *
 * @see Portable Network Graphics (PNG) Specification (Third Edition), W3C 2025
 */
export async function writePng(pixels: Pixels<Samples>): Promise<Uint8Array<ArrayBuffer>[]> {
  const { data, width, height } = pixels;
  const channels = isOpaque(pixels) ? 3 : 4;
  const head = new Uint8Array(13);
  viewOf(head).setUint32(0, width);
  viewOf(head).setUint32(4, height);
  head[8] = 8 * data.BYTES_PER_ELEMENT;
  head[9] = channels === 3 ? 2 : 6; // Truecolor, or that with alpha.
  const pieces = [concatenate([SIGNATURE, chunk("IHDR", head)])];
  const packed = toStream(filteredBands(pixels, channels))
    .pipeThrough(new CompressionStream("deflate"));
  let [waiting, length] = [[] as Uint8Array[], 0];
  const flush = () => {
    pieces.push(chunk("IDAT", concatenate(waiting)));
    [waiting, length] = [[], 0];
  };
  for await (const part of readStream(packed)) {
    waiting.push(part);
    length += part.length;
    if (length >= BAND) flush();
  }
  flush();
  pieces.push(chunk("IEND", new Uint8Array()));
  return pieces;
}

/** Filtered rows, each behind the number of its filter, a band at a time. */
async function* filteredBands(
  pixels: Pixels<Samples>,
  channels: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const { width, height, data } = pixels;
  const size = channels * data.BYTES_PER_ELEMENT;
  const length = width * size;
  const filters = new RowFilters(length, size);
  const rows = Math.max(1, Math.floor(BAND / length));
  let [row, above] = [new Uint8Array(size + length), new Uint8Array(size + length)];
  for (let top = 0; top < height; top += rows) {
    if (top > 0) await yieldToEventLoop();
    const count = Math.min(rows, height - top);
    const band = new Uint8Array(count * (1 + length));
    for (let line = 0; line < count; line++) {
      unpack(pixels, top + line, channels, row.subarray(size));
      filters.apply(row, above, band.subarray(line * (1 + length), (line + 1) * (1 + length)));
      [row, above] = [above, row];
    }
    yield band;
  }
}

/** Writes the bytes of a row, of 16 bits in big-endian order. */
function unpack(
  { data, width }: Pixels<Samples>,
  y: number,
  channels: number,
  bytes: Uint8Array,
): void {
  const deep = data instanceof Uint16Array;
  for (let from = 4 * y * width, to = 0; to < bytes.length; from += 4) {
    for (let channel = 0; channel < channels; channel++) {
      const value = data[from + channel]!;
      if (deep) bytes[to++] = value >> 8;
      bytes[to++] = value;
    }
  }
}

/**
 * Filters rows: each byte becomes its difference from a prediction by those to the left and above.
 * Of the five filters the one with the least sum of absolute differences is taken, as the
 * specification advises.
 */
class RowFilters {
  /** The row as each of the filters 0 to 4 makes it. */
  readonly #results: [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];

  /**
   * @param length bytes of a row
   * @param size bytes of a pixel
   */
  constructor(private readonly length: number, private readonly size: number) {
    const row = () => new Uint8Array(length);
    this.#results = [row(), row(), row(), row(), row()];
  }

  /**
   * Filters a row.
   *
   * @param row bytes, behind a pixel of zeros
   * @param above the row above, likewise
   * @param target receives the number of the filter and the filtered row
   */
  apply(row: Uint8Array, above: Uint8Array, target: Uint8Array): void {
    const { length, size } = this;
    const [none, left, up, mean, paeth] = this.#results;
    let [s0, s1, s2, s3, s4] = [0, 0, 0, 0, 0];
    for (let index = 0; index < length; index++) {
      const value = row[index + size]!;
      const a = row[index]!;
      const b = above[index + size]!;
      const c = above[index]!;
      // Distances of a, b and c from a + b − c.
      const [pa, pb] = [Math.abs(b - c), Math.abs(a - c)];
      const pc = Math.abs(a + b - 2 * c);
      const nearest = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      s0 += magnitude(none[index] = value);
      s1 += magnitude(left[index] = value - a & 255);
      s2 += magnitude(up[index] = value - b & 255);
      s3 += magnitude(mean[index] = value - (a + b >> 1) & 255);
      s4 += magnitude(paeth[index] = value - nearest & 255);
    }
    const sums = [s0, s1, s2, s3, s4];
    const best = sums.indexOf(Math.min(...sums));
    target[0] = best;
    target.set(this.#results[best]!, 1);
  }
}

/** Magnitude of a byte taken as a signed number. */
function magnitude(byte: number): number {
  return byte < 128 ? byte : 256 - byte;
}

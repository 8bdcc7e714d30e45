/**
 * Animations as GIF files.
 *
 * @module
 */

import gifenc from "gifenc";
import type { Pixels } from "../../pixels.ts";
import type { AnimationFrame } from "../format.ts";

const { GIFEncoder, quantize } = gifenc;

/** Bytes of frames that are held until the palette is chosen. */
const HELD = 2 ** 28;

/** Pixels that the palette is chosen from. */
const SAMPLED = 2 ** 19;

/** Opacity, 0..255, from which on a pixel is shown. */
const OPAQUE = 128;

/** Index of the transparent color: the last. */
const NOTHING = 255;

/** Longest delay, in hundredths of a second. */
const LONGEST = 65535;

/**
 * All frames share one palette, and an ordered dither that stands still hides what rounding to it
 * loses: where the frames do not change, the file does not either. See {@linkcode AnimationEncoder}.
 */
export async function encodeFrames(
  frames: AsyncIterable<AnimationFrame> | Iterable<AnimationFrame>,
  _quality: number,
  loops?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const held: AnimationFrame[] = [];
  let bytes = 0;
  let writer: GifWriter | undefined;
  for await (const frame of frames) {
    if (writer) writer.write(frame);
    else {
      held.push(frame);
      bytes += frame.pixels.data.length;
      if (bytes > HELD) writer = flush();
    }
  }
  if (held.length === 0 && !writer) throw new RangeError("An animation needs at least one frame");
  return (writer ?? flush()).finish();

  function flush(): GifWriter {
    const writer = new GifWriter(held.map(({ pixels }) => pixels), loops);
    for (const frame of held.splice(0)) writer.write(frame);
    return writer;
  }
}

class GifWriter {
  #encoder = GIFEncoder();
  #palette: number[][];
  #nearest: NearestColors;
  /** Whether any frame has transparency: then frames replace each other. */
  #transparent: boolean;
  /** The canvas after the last frame, in palette indices. */
  #canvas?: Uint8Array;

  constructor(sample: Pixels[], private readonly loops: number | undefined) {
    this.#transparent = sample.some(({ data }) =>
      data.some((value, index) => index % 4 === 3 && value < OPAQUE)
    );
    this.#palette = choosePalette(sample);
    this.#nearest = new NearestColors(this.#palette);
  }

  write({ pixels, delay }: AnimationFrame): void {
    const indices = this.#nearest.dither(pixels);
    const shown = indices.slice();
    if (this.#canvas && !this.#transparent) {
      // Unchanged pixels are left out, and compress to next to nothing.
      for (const [at, index] of indices.entries()) {
        if (index === this.#canvas[at]) shown[at] = NOTHING;
      }
    }
    this.#encoder.writeFrame(shown, pixels.width, pixels.height, {
      ...(this.#canvas ? {} : { palette: this.#palette, repeat: this.loops ?? -1 }),
      transparent: true,
      transparentIndex: NOTHING,
      dispose: this.#transparent ? 2 : 1,
      delay: 10 * Math.min(delay, LONGEST),
    });
    this.#canvas = indices;
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#encoder.finish();
    return this.#encoder.bytes();
  }
}

/** A palette of up to 255 colors, padded to 256; the last one is transparent. */
function choosePalette(pictures: Pixels[]): number[][] {
  const total = pictures.reduce((sum, { data }) => sum + data.length / 4, 0);
  // An odd step, so as not to sample the same columns of every row.
  const step = Math.max(1, Math.floor(total / SAMPLED)) | 1;
  const colors: number[] = [];
  for (const { data } of pictures) {
    for (let at = 0; at < data.length; at += 4 * step) {
      if (data[at + 3]! >= OPAQUE) colors.push(data[at]!, data[at + 1]!, data[at + 2]!, 255);
    }
  }
  const palette = colors.length === 0 ? [] : quantize(Uint8Array.from(colors), NOTHING);
  while (palette.length <= NOTHING) palette.push([0, 0, 0]);
  return palette;
}

/** Thresholds of ordered dithering, −1/2 to 1/2 (Bayer, 1973). */
const BAYER = bayer(8);

function bayer(side: number): Float32Array {
  const values = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let rank = 0;
      for (let bit = 1; bit < side; bit *= 2) {
        rank = 4 * rank + 2 * ((x ^ y) & bit ? 1 : 0) + (y & bit ? 1 : 0);
      }
      values[y * side + x] = (rank + 0.5) / side ** 2 - 0.5;
    }
  }
  return values;
}

class NearestColors {
  /** Index of the nearest color plus 1, by colors of 6 bits a channel; 0: not known yet. */
  #found = new Uint16Array(2 ** 18);
  #strength: number;

  constructor(private readonly palette: number[][]) {
    // Half of what would hide all steps: the pattern itself is visible, too.
    this.#strength = spacing(palette.slice(0, NOTHING)) / 2;
  }

  /** Dithers an image to palette indices. */
  dither({ data, width, height }: Pixels): Uint8Array {
    const indices = new Uint8Array(width * height);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        const from = 4 * at;
        if (data[from + 3]! < OPAQUE) {
          indices[at] = NOTHING;
          continue;
        }
        const shift = this.#strength * BAYER[(y & 7) * 8 + (x & 7)]!;
        const red = bits(data[from]! + shift);
        const green = bits(data[from + 1]! + shift);
        const blue = bits(data[from + 2]! + shift);
        indices[at] = this.#find(red, green, blue);
      }
    }
    return indices;
  }

  #find(red: number, green: number, blue: number): number {
    const key = (red << 12) | (green << 6) | blue;
    if (this.#found[key] === 0) {
      this.#found[key] = 1 +
        nearest(this.palette, NOTHING, (red << 2) + 2, (green << 2) + 2, (blue << 2) + 2);
    }
    return this.#found[key]! - 1;
  }
}

function bits(value: number): number {
  return Math.max(0, Math.min(255, value)) >> 2;
}

function nearest(palette: number[][], count: number, red: number, green: number, blue: number) {
  let [best, least] = [0, Infinity];
  for (let index = 0; index < count; index++) {
    const [r, g, b] = palette[index] as [number, number, number];
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

/** Median distance, a channel, of a color to its nearest neighbor: the span to be dithered. */
function spacing(colors: number[][]): number {
  const distances = colors.map((color, index) => {
    const others = colors.filter((_, other) => other !== index);
    const [r, g, b] = color as [number, number, number];
    const [R, G, B] = others[nearest(others, others.length, r, g, b)] ?? [r, g, b];
    return Math.sqrt(((r - R!) ** 2 + (g - G!) ** 2 + (b - B!) ** 2) / 3);
  });
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)] ?? 0;
}

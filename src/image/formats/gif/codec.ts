import type { Pixels } from "../../pixels.ts";
import type { AnimationFrame } from "../format.ts";
import { Disposal, type GifFrame, readGif } from "./blocks.ts";

/** See {@linkcode Codec}. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  for await (const { pixels } of decodeFrames(bytes)) return pixels;
  throw new Error("The file has no frame");
}

/** The background is transparent, as in browsers. See {@linkcode AnimationDecoder}. */
export async function* decodeFrames(bytes: Uint8Array): AsyncGenerator<AnimationFrame, void, void> {
  const { width, height, frames } = readGif(bytes);
  const canvas = new Uint8ClampedArray(4 * width * height);
  for (const frame of frames()) {
    const before = frame.disposal === Disposal.restorePrevious ? canvas.slice() : undefined;
    draw(frame, canvas, width, height);
    yield { pixels: { data: canvas.slice(), width, height }, delay: frame.delay };
    if (before) canvas.set(before);
    if (frame.disposal === Disposal.clear) clear(frame, canvas, width, height);
  }
}

/** Draws a frame on the canvas, but for transparent pixels and those beyond the canvas. */
function draw(frame: GifFrame, canvas: Uint8ClampedArray, width: number, height: number): void {
  const { indices, palette, transparent } = frame;
  forEachPixel(frame, width, height, (from, to) => {
    const index = indices[from];
    if (index === undefined || index === transparent) return;
    canvas[to] = palette[3 * index] ?? 0;
    canvas[to + 1] = palette[3 * index + 1] ?? 0;
    canvas[to + 2] = palette[3 * index + 2] ?? 0;
    canvas[to + 3] = 255;
  });
}

function clear(frame: GifFrame, canvas: Uint8ClampedArray, width: number, height: number): void {
  forEachPixel(frame, width, height, (_, to) => void canvas.fill(0, to, to + 4));
}

/** Calls a function with each pixel's index in a frame, and its offset in the canvas. */
function forEachPixel(
  frame: GifFrame,
  width: number,
  height: number,
  visit: (from: number, to: number) => void,
): void {
  const right = Math.min(width, frame.left + frame.width);
  for (let y = frame.top; y < Math.min(height, frame.top + frame.height); y++) {
    let from = (y - frame.top) * frame.width;
    for (let x = frame.left; x < right; x++) visit(from++, 4 * (y * width + x));
  }
}

/** The application extension with the number of repetitions, up to that number. */
const LOOPS = [0x21, 0xff, 11, ...new TextEncoder().encode("NETSCAPE2.0"), 3, 1];

/** See {@linkcode AnimationDecoder}. */
export function readLoops(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(LOOPS[0]!); at >= 0; at = bytes.indexOf(LOOPS[0]!, at + 1)) {
    const [low, high] = bytes.subarray(at + LOOPS.length);
    if (high === undefined) return undefined;
    if (LOOPS.every((byte, index) => bytes[at + index] === byte)) return low! + 256 * high;
  }
  return undefined;
}

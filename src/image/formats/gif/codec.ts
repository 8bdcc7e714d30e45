import decoder from "imagescript/wasm/node/gif.js";
import type { Pixels } from "../../pixels.ts";
import type { AnimationFrame } from "../format.ts";

/** Pixels of the largest canvas that is decoded: a header may claim any size. */
const LARGEST = 2 ** 27;

/** Disposal methods: the decoder's numbers, not the file's. */
const RESTORE_PREVIOUS = 2;
const RESTORE_BACKGROUND = 3;

/** The first frame; see {@linkcode Codec}. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  for await (const { pixels } of decodeFrames(bytes)) return pixels;
  throw new Error("The file has no frame");
}

/** The background is transparent, as in browsers. See {@linkcode AnimationDecoder}. */
export async function* decodeFrames(bytes: Uint8Array): AsyncGenerator<AnimationFrame, void, void> {
  const { Decoder } = await decoder.init();
  const animation = new Decoder(bytes);
  const { width, height } = animation;
  if (!(width * height > 0 && width * height <= LARGEST)) {
    throw new Error(`A GIF cannot have ${width}×${height} px`);
  }
  const canvas = new Uint8ClampedArray(4 * width * height);
  for (let frame = animation.frame(); frame; frame = animation.frame()) {
    const before = frame.dispose === RESTORE_PREVIOUS ? canvas.slice() : undefined;
    draw(frame, canvas, width, height);
    yield { pixels: { data: canvas.slice(), width, height }, delay: frame.delay };
    if (before) canvas.set(before);
    if (frame.dispose === RESTORE_BACKGROUND) {
      draw({ ...frame, buffer: undefined }, canvas, width, height);
    }
  }
  animation.free();
}

/** A rectangle of the canvas with its pixels, RGBA; without pixels it is cleared. */
interface Part {
  x: number;
  y: number;
  width: number;
  height: number;
  buffer: Uint8Array | undefined;
}

/** Draws a part on the canvas, but for transparent pixels and those beyond the canvas. */
function draw(part: Part, canvas: Uint8ClampedArray, width: number, height: number): void {
  const [right, bottom] = [Math.min(width, part.x + part.width), part.y + part.height];
  for (let y = part.y; y < Math.min(height, bottom); y++) {
    for (let x = part.x; x < right; x++) {
      const to = 4 * (y * width + x);
      if (!part.buffer) canvas.fill(0, to, to + 4);
      else {
        const from = 4 * ((y - part.y) * part.width + x - part.x);
        if (part.buffer[from + 3] === 0) continue;
        for (let channel = 0; channel < 4; channel++) {
          canvas[to + channel] = part.buffer[from + channel]!;
        }
      }
    }
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

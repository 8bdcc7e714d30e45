import type { BmpLayout } from "./container.ts";

/** What follows a length of 0; larger numbers say how many pixels follow one by one. */
const Escape = { endOfRow: 0, end: 1, move: 2 } as const;

/**
 * Unpacks run lengths, of 4 or 8 bits a pixel, to a byte a pixel. Pixels that are passed over have
 * the first color; the end may be missing.
 */
export function unpackRuns(stored: Uint8Array, { width, height, bits }: BmpLayout): Uint8Array {
  const indices = new Uint8Array(width * height);
  let [x, y] = [0, 0];
  const put = (index: number) => {
    if (x < width && y < height) indices[y * width + x] = index;
    x++;
  };
  /** Of two pixels in a byte the first is in the higher bits. */
  const half = (byte: number, second: boolean) => second ? byte & 15 : byte >> 4;
  for (let at = 0; at + 1 < stored.length && y < height;) {
    const [count, value] = [stored[at]!, stored[at + 1]!];
    at += 2;
    if (count > 0) {
      for (let n = 0; n < count; n++) put(bits === 8 ? value : half(value, n % 2 === 1));
    } else if (value === Escape.endOfRow) [x, y] = [0, y + 1];
    else if (value === Escape.end) break;
    else if (value === Escape.move) {
      x += stored[at] ?? 0;
      y += stored[at + 1] ?? 0;
      at += 2;
    } else {
      const length = Math.ceil(value * bits / 8);
      for (let n = 0; n < value; n++) {
        const byte = stored[at + (n * bits >> 3)] ?? 0;
        put(bits === 8 ? byte : half(byte, n % 2 === 1));
      }
      at += length + length % 2;
    }
  }
  return indices;
}

import { loadPixel, storePixel } from "./pixels.ts";
import { CELL, Trust } from "./confidence.ts";

/** All of a pixel's channels but its opacity. */
const COLOURS = i32x4(-1, -1, -1, 0);

/**
 * Mixes a moved result into a frame, by shares between those of the cells, and keeps the mixture in
 * its place. The frame's opacity stays.
 *
 * @param moved RGBA, four values of float32 a pixel
 * @param frame RGBA, 8 bits a channel
 */
export function blend(moved: usize, frame: usize, width: i32, height: i32, trust: Trust): void {
  for (let y = 0; y < height; y++) {
    // Between the middles of two rows of cells, and then from a cell's middle to the next one's.
    const row = (<f32> y + 0.5) / <f32> CELL - 0.5;
    const upper = max(0, <i32> floor(row));
    const lower = min(trust.rows - 1, <i32> floor(row) + 1);
    const down = row - floor(row);
    let share = mix(trust.share(0, upper), trust.share(0, lower), down);
    for (let column = 0; column <= trust.columns; column++) {
      const cell = min(column, trust.columns - 1);
      const next = mix(trust.share(cell, upper), trust.share(cell, lower), down);
      const first = column * CELL - CELL / 2;
      const step = (next - share) / <f32> CELL;
      let across = share + step / 2;
      for (let x = first; x < first + CELL; x++, across += step) {
        if (x < 0 || x >= width) continue;
        const at = y * width + x;
        const own = loadPixel(frame + (at << 2));
        const difference = f32x4.sub(v128.load(moved + (at << 4)), own);
        const value = f32x4.add(own, f32x4.mul(difference, v128.and(f32x4.splat(across), COLOURS)));
        v128.store(moved + (at << 4), value);
        storePixel(frame + (at << 2), value);
      }
      share = next;
    }
  }
}

/** Takes a frame as it is for a result. */
export function keep(result: usize, frame: usize, count: i32): void {
  for (let at = 0; at < count; at++) {
    v128.store(result + (at << 4), loadPixel(frame + (at << 2)));
  }
}

function mix(a: f32, b: f32, share: f32): f32 {
  return a + (b - a) * share;
}

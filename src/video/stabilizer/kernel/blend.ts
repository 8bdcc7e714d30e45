import { CELL, Confidence } from "./confidence.ts";
import { loadPixel, storePixel } from "./pixels.ts";

/** Selects the color channels, without opacity. */
const COLORS = i32x4(-1, -1, -1, 0);

/**
 * Blends the warped previous result into a frame, and stores the blend in both. Confidence is
 * interpolated between the centers of its cells. The frame's opacity stays.
 *
 * @param warped RGBA, four float32 values a pixel
 * @param frame RGBA, 8 bits a channel
 */
export function blend(
  warped: usize,
  frame: usize,
  width: i32,
  height: i32,
  confidence: Confidence,
): void {
  for (let y = 0; y < height; y++) {
    // Vertically between two rows of cells first, then from one cell's center to the next.
    const row = (<f32> y + 0.5) / <f32> CELL - 0.5;
    const upper = max(0, <i32> floor(row));
    const lower = min(confidence.rows - 1, <i32> floor(row) + 1);
    const down = row - floor(row);
    let share = mix(confidence.at(0, upper), confidence.at(0, lower), down);
    for (let column = 0; column <= confidence.columns; column++) {
      const cell = min(column, confidence.columns - 1);
      const next = mix(confidence.at(cell, upper), confidence.at(cell, lower), down);
      const first = column * CELL - CELL / 2;
      const step = (next - share) / <f32> CELL;
      let weight = share + step / 2;
      for (let x = first; x < first + CELL; x++, weight += step) {
        if (x < 0 || x >= width) continue;
        const at = y * width + x;
        const own = loadPixel(frame + (at << 2));
        const difference = f32x4.sub(v128.load(warped + (at << 4)), own);
        const value = f32x4.add(own, f32x4.mul(difference, v128.and(f32x4.splat(weight), COLORS)));
        v128.store(warped + (at << 4), value);
        storePixel(frame + (at << 2), value);
      }
      share = next;
    }
  }
}

/** Copies a frame as it is into a result. */
export function copyFrame(result: usize, frame: usize, count: i32): void {
  for (let at = 0; at < count; at++) {
    v128.store(result + (at << 4), loadPixel(frame + (at << 2)));
  }
}

function mix(a: f32, b: f32, share: f32): f32 {
  return a + (b - a) * share;
}

import { Confidence } from "./confidence.ts";
import { OpticalFlow } from "./optical_flow.ts";
import { loadPixel } from "./pixels.ts";

/** Pixels of a frame to one of its flow, along a side. */
const FLOW_SCALE: f32 = 2;

/**
 * Warps the previous result by the flow. What comes into view is copied from the frame, without
 * confidence.
 *
 * @param before the previous result: RGBA, four float32 values a pixel
 * @param after the same, warped
 * @param frame RGBA, 8 bits a channel
 */
export function warpFrame(
  before: usize,
  after: usize,
  frame: usize,
  width: i32,
  height: i32,
  flow: OpticalFlow,
  confidence: Confidence,
): void {
  const u = flow.u;
  const v = flow.v;
  for (let y = 0, at = 0; y < height; y++) {
    // Between the two nearest rows of flow.
    const row = y >> 1;
    const other = y & 1 ? min(row + 1, u.height - 1) : max(row - 1, 0);
    const uNear = u.at(0, row);
    const uFar = u.at(0, other);
    const vNear = v.at(0, row);
    const vFar = v.at(0, other);
    for (let x = 0; x < width; x++, at++) {
      const column = x >> 1;
      const beside = x & 1 ? min(column + 1, u.width - 1) : max(column - 1, 0);
      const dx = upsampleFlow(uNear, uFar, column, beside);
      const dy = upsampleFlow(vNear, vFar, column, beside);
      const left = x + <i32> floor(dx);
      const top = y + <i32> floor(dy);
      const to = after + (at << 4);
      if (dx === 0 && dy === 0) {
        v128.store(to, v128.load(before + (at << 4)));
      } else if (left >= 1 && top >= 1 && left < width - 2 && top < height - 2) {
        const from = before + ((top * width + left) << 4);
        v128.store(to, sampleCubic(from, width << 4, dx - floor(dx), dy - floor(dy)));
      } else {
        confidence.clear(x, y);
        v128.store(to, loadPixel(frame + (at << 2)));
      }
    }
  }
}

/**
 * The flow of a frame's pixel, interpolated bilinearly: its center is a quarter of a flow pixel away
 * from that of the flow pixel that holds it.
 *
 * @param near the row of flow that holds the pixel
 * @param far the nearest other row
 * @param column the column of flow that holds the pixel
 * @param beside the nearest other column
 */
function upsampleFlow(near: usize, far: usize, column: i32, beside: i32): f32 {
  const own = load<f32>(near + (column << 2)) * 3 + load<f32>(near + (beside << 2));
  const next = load<f32>(far + (column << 2)) * 3 + load<f32>(far + (beside << 2));
  return (own * 3 + next) * FLOW_SCALE / 16;
}

/**
 * A pixel at a fractional position, by the cubic weights of Catmull and Rom.
 *
 * @param from address of the pixel at the upper left of the position
 * @param pitch bytes from a row to the next
 * @param x fractional part of the position, 0..1, to the right
 * @param y the same, down
 */
function sampleCubic(from: usize, pitch: usize, x: f32, y: f32): v128 {
  const a = f32x4.splat(((-0.5 * x + 1) * x - 0.5) * x);
  const b = f32x4.splat((1.5 * x - 2.5) * x * x + 1);
  const c = f32x4.splat(((-1.5 * x + 2) * x + 0.5) * x);
  const d = f32x4.splat((0.5 * x - 0.5) * x * x);
  const first = f32x4.splat(((-0.5 * y + 1) * y - 0.5) * y);
  const second = f32x4.splat((1.5 * y - 2.5) * y * y + 1);
  const third = f32x4.splat(((-1.5 * y + 2) * y + 0.5) * y);
  const fourth = f32x4.splat((0.5 * y - 0.5) * y * y);
  return f32x4.add(
    f32x4.add(
      f32x4.mul(first, sampleRow(from - pitch, a, b, c, d)),
      f32x4.mul(second, sampleRow(from, a, b, c, d)),
    ),
    f32x4.add(
      f32x4.mul(third, sampleRow(from + pitch, a, b, c, d)),
      f32x4.mul(fourth, sampleRow(from + 2 * pitch, a, b, c, d)),
    ),
  );
}

function sampleRow(at: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(a, v128.load(at - 16)), f32x4.mul(b, v128.load(at))),
    f32x4.add(f32x4.mul(c, v128.load(at + 16)), f32x4.mul(d, v128.load(at + 32))),
  );
}

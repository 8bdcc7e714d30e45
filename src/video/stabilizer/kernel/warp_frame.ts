import { Motion } from "./optical_flow.ts";
import { loadPixel } from "./pixels.ts";
import { Trust } from "./confidence.ts";

/** Pixels of a frame in one of its motion. */
const TWICE: f32 = 2;

/**
 * Moves a result to where the content has moved. What comes from outside is that of the frame, and
 * not trusted.
 *
 * @param before RGBA, four values of float32 a pixel
 * @param after the same, moved
 * @param frame RGBA, 8 bits a channel
 */
export function move(
  before: usize,
  after: usize,
  frame: usize,
  width: i32,
  height: i32,
  motion: Motion,
  trust: Trust,
): void {
  const across = motion.across;
  const down = motion.down;
  for (let y = 0, at = 0; y < height; y++) {
    // Between the two rows of motion that are nearest.
    const row = y >> 1;
    const other = y & 1 ? min(row + 1, across.height - 1) : max(row - 1, 0);
    const acrossNear = across.at(0, row);
    const acrossFar = across.at(0, other);
    const downNear = down.at(0, row);
    const downFar = down.at(0, other);
    for (let x = 0; x < width; x++, at++) {
      const column = x >> 1;
      const beside = x & 1 ? min(column + 1, across.width - 1) : max(column - 1, 0);
      const dx = among(acrossNear, acrossFar, column, beside);
      const dy = among(downNear, downFar, column, beside);
      const left = x + <i32> floor(dx);
      const top = y + <i32> floor(dy);
      const to = after + (at << 4);
      if (dx === 0 && dy === 0) {
        v128.store(to, v128.load(before + (at << 4)));
      } else if (left >= 1 && top >= 1 && left < width - 2 && top < height - 2) {
        const from = before + ((top * width + left) << 4);
        v128.store(to, sample(from, width << 4, dx - floor(dx), dy - floor(dy)));
      } else {
        trust.none(x, y);
        v128.store(to, loadPixel(frame + (at << 2)));
      }
    }
  }
}

/**
 * The motion of a pixel, which is a quarter of a pixel of half the size away from the middle of that.
 *
 * @param near the row of motion that it is in
 * @param far the one that is nearest to it of the others
 * @param column of motion that it is in
 * @param beside the one that is nearest to it of the others
 */
function among(near: usize, far: usize, column: i32, beside: i32): f32 {
  const own = load<f32>(near + (column << 2)) * 3 + load<f32>(near + (beside << 2));
  const next = load<f32>(far + (column << 2)) * 3 + load<f32>(far + (beside << 2));
  return (own * 3 + next) * TWICE / 16;
}

/**
 * A value between others, by the weights of Catmull and Rom.
 *
 * @param from the value to the left of and above it
 * @param pitch bytes from a row to the next
 * @param x how far to the right it is from there, 0..1
 * @param y the same, down
 */
function sample(from: usize, pitch: usize, x: f32, y: f32): v128 {
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

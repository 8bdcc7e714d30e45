import { clamp, multiplyAdd, storeSome } from "./arithmetic.ts";

/** Rows of a tile, and values in each. */
export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;

/** What a tile of a matrix product begins with, and what is done to it at last. */
@unmanaged
export class TileEnds {
  /** Values that sums begin with, and bytes from a row to the next: 0 for a bias. */
  start: usize;
  startPitch: usize;
  /** What is added to the sums, or 0, and bytes from a row to the next. */
  residual: usize;
  residualPitch: usize;
  /** Where results go. */
  out: usize;
  outPitch: usize;
  low: f32;
  high: f32;
}

/**
 * Four rows by eight columns of a matrix product, all in registers: sums over taps, and over the
 * values of each, of a value of the left matrix and eight of the right one.
 *
 * @param pointers for each tap, where the four rows of the left matrix are
 * @param length values of a tap
 * @param right eight columns of the right matrix
 * @param step bytes from a row of it to the next
 * @param row first row of the tile in the ends
 * @param rows how many there are, 1 to 4; the pointers of others repeat the last
 * @param column first column of the tile in the ends
 * @param columns how many there are, 1 to 8
 * @param isLast whether residual and bounds apply: sums are complete
 */
export function computeTile(
  pointers: usize,
  taps: i32,
  length: i32,
  right: usize,
  step: usize,
  ends: TileEnds,
  row: i32,
  rows: i32,
  column: i32,
  columns: i32,
  isLast: bool,
): void {
  const r1 = <usize> min(1, rows - 1);
  const r2 = <usize> min(2, rows - 1);
  const r3 = <usize> min(3, rows - 1);
  const left = <usize> column << 2;
  const startPitch = ends.startPitch;
  const start = ends.start + left + <usize> row * startPitch;
  let s00 = v128.load(start);
  let s01 = v128.load(start, 16);
  let s10 = v128.load(start + r1 * startPitch);
  let s11 = v128.load(start + r1 * startPitch, 16);
  let s20 = v128.load(start + r2 * startPitch);
  let s21 = v128.load(start + r2 * startPitch, 16);
  let s30 = v128.load(start + r3 * startPitch);
  let s31 = v128.load(start + r3 * startPitch, 16);
  const pairs = <usize> (length & ~1) << 2;
  for (let tap = 0; tap < taps; tap++) {
    let a0 = load<usize>(pointers);
    let a1 = load<usize>(pointers, 4);
    let a2 = load<usize>(pointers, 8);
    let a3 = load<usize>(pointers, 12);
    pointers += 16;
    const end = a0 + pairs;
    while (a0 < end) {
      let b0 = v128.load(right);
      let b1 = v128.load(right, 16);
      let a = v128.load_splat<f32>(a0);
      s00 = multiplyAdd(a, b0, s00);
      s01 = multiplyAdd(a, b1, s01);
      a = v128.load_splat<f32>(a1);
      s10 = multiplyAdd(a, b0, s10);
      s11 = multiplyAdd(a, b1, s11);
      a = v128.load_splat<f32>(a2);
      s20 = multiplyAdd(a, b0, s20);
      s21 = multiplyAdd(a, b1, s21);
      a = v128.load_splat<f32>(a3);
      s30 = multiplyAdd(a, b0, s30);
      s31 = multiplyAdd(a, b1, s31);
      right += step;
      b0 = v128.load(right);
      b1 = v128.load(right, 16);
      a = v128.load_splat<f32>(a0, 4);
      s00 = multiplyAdd(a, b0, s00);
      s01 = multiplyAdd(a, b1, s01);
      a = v128.load_splat<f32>(a1, 4);
      s10 = multiplyAdd(a, b0, s10);
      s11 = multiplyAdd(a, b1, s11);
      a = v128.load_splat<f32>(a2, 4);
      s20 = multiplyAdd(a, b0, s20);
      s21 = multiplyAdd(a, b1, s21);
      a = v128.load_splat<f32>(a3, 4);
      s30 = multiplyAdd(a, b0, s30);
      s31 = multiplyAdd(a, b1, s31);
      right += step;
      a0 += 8;
      a1 += 8;
      a2 += 8;
      a3 += 8;
    }
    if (length & 1) {
      const b0 = v128.load(right);
      const b1 = v128.load(right, 16);
      let a = v128.load_splat<f32>(a0);
      s00 = multiplyAdd(a, b0, s00);
      s01 = multiplyAdd(a, b1, s01);
      a = v128.load_splat<f32>(a1);
      s10 = multiplyAdd(a, b0, s10);
      s11 = multiplyAdd(a, b1, s11);
      a = v128.load_splat<f32>(a2);
      s20 = multiplyAdd(a, b0, s20);
      s21 = multiplyAdd(a, b1, s21);
      a = v128.load_splat<f32>(a3);
      s30 = multiplyAdd(a, b0, s30);
      s31 = multiplyAdd(a, b1, s31);
      right += step;
    }
  }
  if (isLast) {
    if (ends.residual !== 0) {
      const pitch = ends.residualPitch;
      const residual = ends.residual + left + <usize> row * pitch;
      s00 = f32x4.add(s00, v128.load(residual));
      s01 = f32x4.add(s01, v128.load(residual, 16));
      s10 = f32x4.add(s10, v128.load(residual + r1 * pitch));
      s11 = f32x4.add(s11, v128.load(residual + r1 * pitch, 16));
      s20 = f32x4.add(s20, v128.load(residual + r2 * pitch));
      s21 = f32x4.add(s21, v128.load(residual + r2 * pitch, 16));
      s30 = f32x4.add(s30, v128.load(residual + r3 * pitch));
      s31 = f32x4.add(s31, v128.load(residual + r3 * pitch, 16));
    }
    const low = f32x4.splat(ends.low);
    const high = f32x4.splat(ends.high);
    s00 = clamp(s00, low, high);
    s01 = clamp(s01, low, high);
    s10 = clamp(s10, low, high);
    s11 = clamp(s11, low, high);
    s20 = clamp(s20, low, high);
    s21 = clamp(s21, low, high);
    s30 = clamp(s30, low, high);
    s31 = clamp(s31, low, high);
  }
  const outPitch = ends.outPitch;
  let out = ends.out + left + <usize> row * outPitch;
  storeRow(out, s00, s01, columns);
  if (rows > 1) storeRow(out += outPitch, s10, s11, columns);
  if (rows > 2) storeRow(out += outPitch, s20, s21, columns);
  if (rows > 3) storeRow(out += outPitch, s30, s31, columns);
}

function storeRow(to: usize, first: v128, second: v128, columns: i32): void {
  storeSome(to, first, columns);
  if (columns > 4) storeSome(to + 16, second, columns - 4);
}

import { clamp, clampOne } from "./arithmetic.ts";

/** What is done to two values. */
const ADD: i32 = 0;
const SUBTRACT: i32 = 1;
const MULTIPLY: i32 = 2;
const DIVIDE: i32 = 3;
const MAXIMUM: i32 = 4;

/** Arguments of {@linkcode combineValues}. Six dimensions, those in front perhaps of one value. */
@unmanaged
export class Binary {
  operation: i32;
  first: usize;
  second: usize;
  out: usize;
  /** Values in each dimension. */
  size0: i32;
  size1: i32;
  size2: i32;
  size3: i32;
  size4: i32;
  size5: i32;
  /** Bytes from a value to the next; 0 where one value is for all. */
  first0: usize;
  first1: usize;
  first2: usize;
  first3: usize;
  first4: usize;
  first5: usize;
  second0: usize;
  second1: usize;
  second2: usize;
  second3: usize;
  second4: usize;
  second5: usize;
  out0: usize;
  out1: usize;
  out2: usize;
  out3: usize;
  out4: usize;
  out5: usize;
  /** Rows, all dimensions but the last, and those of a chunk. */
  rows: i32;
  rowsPerChunk: i32;
  /** Values of the last row, which may be shorter. */
  lastSize: i32;
  low: f32;
  high: f32;
}

/** Combines two tensors value by value. */
export function combineValues(args: usize, chunk: i32, _scratch: usize): void {
  const a = changetype<Binary>(args);
  const begin = chunk * a.rowsPerChunk;
  const end = min(begin + a.rowsPerChunk, a.rows);
  const isDense = (a.first5 === 4 || a.first5 === 0) && (a.second5 === 4 || a.second5 === 0) &&
    a.out5 === 4;
  for (let row = begin; row < end; row++) {
    let rest = row;
    const i4 = <usize> (rest % a.size4);
    rest /= a.size4;
    const i3 = <usize> (rest % a.size3);
    rest /= a.size3;
    const i2 = <usize> (rest % a.size2);
    rest /= a.size2;
    const i1 = <usize> (rest % a.size1);
    const i0 = <usize> (rest / a.size1);
    const first = a.first + i0 * a.first0 + i1 * a.first1 + i2 * a.first2 + i3 * a.first3 +
      i4 * a.first4;
    const second = a.second + i0 * a.second0 + i1 * a.second1 + i2 * a.second2 + i3 * a.second3 +
      i4 * a.second4;
    const out = a.out + i0 * a.out0 + i1 * a.out1 + i2 * a.out2 + i3 * a.out3 + i4 * a.out4;
    const size = row === a.rows - 1 ? a.lastSize : a.size5;
    let done = 0;
    if (isDense) {
      done = size & ~3;
      combineVectors(a, first, second, out, done);
    }
    combineRest(a, first, second, out, done, size);
  }
}

function combineVectors(a: Binary, first: usize, second: usize, out: usize, count: i32): void {
  if (count === 0) return;
  const low = f32x4.splat(a.low);
  const high = f32x4.splat(a.high);
  const firstStep = a.first5 << 2;
  const secondStep = a.second5 << 2;
  const end = out + (<usize> count << 2);
  let x = v128.load_splat<f32>(first);
  let y = v128.load_splat<f32>(second);
  for (; out < end; out += 16) {
    if (firstStep) x = v128.load(first);
    if (secondStep) y = v128.load(second);
    v128.store(out, clamp(combine(a.operation, x, y), low, high));
    first += firstStep;
    second += secondStep;
  }
}

function combineRest(
  a: Binary,
  first: usize,
  second: usize,
  out: usize,
  from: i32,
  to: i32,
): void {
  for (let at = <usize> from; at < <usize> to; at++) {
    const x = v128.load_splat<f32>(first + at * a.first5);
    const y = v128.load_splat<f32>(second + at * a.second5);
    const value = f32x4.extract_lane(combine(a.operation, x, y), 0);
    store<f32>(out + at * a.out5, clampOne(value, a.low, a.high));
  }
}

function combine(operation: i32, x: v128, y: v128): v128 {
  if (operation === ADD) return f32x4.add(x, y);
  if (operation === SUBTRACT) return f32x4.sub(x, y);
  if (operation === MULTIPLY) return f32x4.mul(x, y);
  if (operation === DIVIDE) return f32x4.div(x, y);
  if (operation === MAXIMUM) return f32x4.max(x, y);
  return f32x4.min(x, y);
}

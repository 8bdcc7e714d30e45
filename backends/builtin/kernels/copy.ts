import { clamp, clampOne } from "./arithmetic.ts";

/** Arguments of {@linkcode copyValues}. Six dimensions, those in front perhaps of one value. */
@unmanaged
export class Copy {
  input: usize;
  out: usize;
  /** Tables, one after another: for each index of a dimension, bytes to the input, or -1: outside. */
  offsets: usize;
  /** Values in each dimension. */
  size0: i32;
  size1: i32;
  size2: i32;
  size3: i32;
  size4: i32;
  size5: i32;
  /** Bytes from a value to the next in the output. */
  pitch0: usize;
  pitch1: usize;
  pitch2: usize;
  pitch3: usize;
  pitch4: usize;
  pitch5: usize;
  /** Rows, all dimensions but the last, of a chunk. */
  rows: i32;
  rowsPerChunk: i32;
  /** Whether the last dimension is next to next in the input and in the output, with nothing outside. */
  isDense: i32;
  /** What is outside. */
  outside: f32;
  /** Values become `scale v + shift`, within bounds. */
  scale: f32;
  shift: f32;
  low: f32;
  high: f32;
}

/**
 * Copies values from anywhere to anywhere, dimension by dimension: transposes, pads, cuts, repeats.
 */
export function copyValues(args: usize, chunk: i32, _scratch: usize): void {
  const a = changetype<Copy>(args);
  const first = chunk * a.rowsPerChunk;
  const end = min(first + a.rowsPerChunk, a.rows);
  const offsets4 = a.offsets + (<usize> (a.size0 + a.size1 + a.size2 + a.size3) << 2);
  const offsets5 = offsets4 + (<usize> a.size4 << 2);
  for (let row = first; row < end; row++) {
    let rest = row;
    const i4 = rest % a.size4;
    rest /= a.size4;
    const i3 = rest % a.size3;
    rest /= a.size3;
    const i2 = rest % a.size2;
    rest /= a.size2;
    const i1 = rest % a.size1;
    const i0 = rest / a.size1;
    const o0 = load<i32>(a.offsets + (<usize> i0 << 2));
    const o1 = load<i32>(a.offsets + (<usize> (a.size0 + i1) << 2));
    const o2 = load<i32>(a.offsets + (<usize> (a.size0 + a.size1 + i2) << 2));
    const o3 = load<i32>(a.offsets + (<usize> (a.size0 + a.size1 + a.size2 + i3) << 2));
    const o4 = load<i32>(offsets4 + (<usize> i4 << 2));
    const to = a.out + <usize> i0 * a.pitch0 + <usize> i1 * a.pitch1 + <usize> i2 * a.pitch2 +
      <usize> i3 * a.pitch3 + <usize> i4 * a.pitch4;
    if ((o0 | o1 | o2 | o3 | o4) < 0) fillRow(a, to);
    else {
      const from = a.input + <usize> o0 + <usize> o1 + <usize> o2 + <usize> o3 + <usize> o4;
      if (a.isDense) copyDenseRow(a, from + load<i32>(offsets5), to);
      else copyRow(a, from, offsets5, to);
    }
  }
}

function copyDenseRow(a: Copy, from: usize, to: usize): void {
  const bytes = <usize> a.size5 << 2;
  const vectors = from + (bytes & ~15);
  const end = from + bytes;
  const scale = f32x4.splat(a.scale);
  const shift = f32x4.splat(a.shift);
  const low = f32x4.splat(a.low);
  const high = f32x4.splat(a.high);
  for (; from < vectors; from += 16) {
    const values = f32x4.add(f32x4.mul(v128.load(from), scale), shift);
    v128.store(to, clamp(values, low, high));
    to += 16;
  }
  for (; from < end; from += 4) {
    store<f32>(to, clampOne(load<f32>(from) * a.scale + a.shift, a.low, a.high));
    to += 4;
  }
}

function copyRow(a: Copy, from: usize, offsets: usize, to: usize): void {
  const end = offsets + (<usize> a.size5 << 2);
  const scale = a.scale;
  const shift = a.shift;
  const low = a.low;
  const high = a.high;
  const pitch = a.pitch5;
  for (; offsets < end; offsets += 4) {
    const offset = load<i32>(offsets);
    const value = offset < 0 ? a.outside : load<f32>(from + <usize> offset);
    store<f32>(to, clampOne(value * scale + shift, low, high));
    to += pitch;
  }
}

function fillRow(a: Copy, to: usize): void {
  const value = clampOne(a.outside * a.scale + a.shift, a.low, a.high);
  for (let at = 0; at < a.size5; at++) {
    store<f32>(to, value);
    to += a.pitch5;
  }
}

import { clamp, clampOne } from "./arithmetic.ts";

const AFFINE: i32 = 0;
const SQUARE_ROOT: i32 = 1;

/** Arguments of {@linkcode mapValues}. */
@unmanaged
export class Unary {
  operation: i32;
  input: usize;
  out: usize;
  count: i32;
  countPerChunk: i32;
  /** Of an affine map, `scale v + shift`. */
  scale: f32;
  shift: f32;
  low: f32;
  high: f32;
}

/** Maps each of some values that are next to each other. */
export function mapValues(args: usize, chunk: i32, _scratch: usize): void {
  const a = changetype<Unary>(args);
  const first = chunk * a.countPerChunk;
  const count = min(a.countPerChunk, a.count - first);
  const shift = <usize> first << 2;
  if (a.operation === AFFINE) mapAffinely(a, a.input + shift, a.out + shift, count);
  else {
    for (let at = <usize> 0; at < <usize> count << 2; at += 4) {
      const value = load<f32>(a.input + shift + at);
      const result = a.operation === SQUARE_ROOT ? sqrt(value) : logarithm(value);
      store<f32>(a.out + shift + at, clampOne(result, a.low, a.high));
    }
  }
}

function mapAffinely(a: Unary, from: usize, to: usize, count: i32): void {
  const scale = f32x4.splat(a.scale);
  const shift = f32x4.splat(a.shift);
  const low = f32x4.splat(a.low);
  const high = f32x4.splat(a.high);
  const vectors = from + (<usize> (count & ~3) << 2);
  const end = from + (<usize> count << 2);
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

/**
 * Natural logarithm. With v = 2^e m and s = (m − 1) / (m + 1), ln v = e ln 2 + 2 (s + s³/3 + s⁵/5 …);
 * |s| < 0.18, so these terms are exact to float32.
 */
function logarithm(value: f32): f32 {
  if (!(value > 0)) return value === 0 ? -Infinity : NaN;
  if (value === Infinity) return value;
  const bits = reinterpret<i64>(<f64> value);
  let exponent = <i32> (bits >> 52) - 1023;
  let mantissa = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (mantissa > 1.4142135623730951) {
    mantissa /= 2;
    exponent++;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let series: f64 = 0;
  for (let term = 15; term > 0; term -= 2) series = series * square + 1 / <f64> term;
  return <f32> (<f64> exponent * 0.6931471805599453 + 2 * s * series);
}

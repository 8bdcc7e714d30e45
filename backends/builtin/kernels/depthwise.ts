import { clamp, multiplyAdd } from "./arithmetic.ts";

/** Arguments of {@linkcode convolveDepthwise}. */
@unmanaged
export class Depthwise {
  /** The picture, padded, with the values of a pixel next to each other. */
  input: usize;
  kernelRows: i32;
  kernelColumns: i32;
  /** Bytes between the input pixels of output pixels. */
  strideDown: usize;
  strideRight: usize;
  /** Bytes between the input pixels of taps. */
  tapDown: usize;
  tapRight: usize;
  /** For each tap, the weight of each channel. */
  weights: usize;
  bias: usize;
  channels: i32;
  /** Output pixels in a row. */
  columns: i32;
  out: usize;
  /** What is added, or 0; of the output's layout. */
  residual: usize;
  low: f32;
  high: f32;
}

/** Convolution of each channel by itself, 4 channels or more: a row of the output. */
export function convolveDepthwise(args: usize, row: i32, _scratch: usize): void {
  const a = changetype<Depthwise>(args);
  const outBytes = <usize> a.channels << 2;
  const input = a.input + <usize> row * a.strideDown;
  const shift = <usize> (row * a.columns) * outBytes;
  const residual = a.residual === 0 ? <usize> 0 : a.residual + shift;
  let column = 0;
  for (; column + 8 <= a.columns; column += 8) {
    for (let channel = 0; channel < a.channels; channel += 4) {
      // The last vector overlaps the one before it.
      const left = <usize> min(channel, a.channels - 4) << 2;
      const at = <usize> column * outBytes + left;
      eightPixels(
        a,
        input + <usize> column * a.strideRight + left,
        left,
        a.out + shift + at,
        residual === 0 ? <usize> 0 : residual + at,
      );
    }
  }
  for (; column < a.columns; column++) {
    for (let channel = 0; channel < a.channels; channel += 4) {
      const left = <usize> min(channel, a.channels - 4) << 2;
      const at = <usize> column * outBytes + left;
      onePixel(
        a,
        input + <usize> column * a.strideRight + left,
        left,
        a.out + shift + at,
        residual === 0 ? <usize> 0 : residual + at,
      );
    }
  }
}

function eightPixels(a: Depthwise, from: usize, left: usize, to: usize, residual: usize): void {
  const channelBytes = <usize> a.channels << 2;
  const stride = a.strideRight;
  let weight = a.weights + left;
  let s0 = v128.load(a.bias + left);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  for (let y = 0; y < a.kernelRows; y++) {
    let tap = from + <usize> y * a.tapDown;
    for (let x = 0; x < a.kernelColumns; x++) {
      const w = v128.load(weight);
      let pixel = tap;
      s0 = multiplyAdd(v128.load(pixel), w, s0);
      s1 = multiplyAdd(v128.load(pixel += stride), w, s1);
      s2 = multiplyAdd(v128.load(pixel += stride), w, s2);
      s3 = multiplyAdd(v128.load(pixel += stride), w, s3);
      s4 = multiplyAdd(v128.load(pixel += stride), w, s4);
      s5 = multiplyAdd(v128.load(pixel += stride), w, s5);
      s6 = multiplyAdd(v128.load(pixel += stride), w, s6);
      s7 = multiplyAdd(v128.load(pixel += stride), w, s7);
      weight += channelBytes;
      tap += a.tapRight;
    }
  }
  const low = f32x4.splat(a.low);
  const high = f32x4.splat(a.high);
  if (residual !== 0) {
    s0 = f32x4.add(s0, v128.load(residual));
    s1 = f32x4.add(s1, v128.load(residual += channelBytes));
    s2 = f32x4.add(s2, v128.load(residual += channelBytes));
    s3 = f32x4.add(s3, v128.load(residual += channelBytes));
    s4 = f32x4.add(s4, v128.load(residual += channelBytes));
    s5 = f32x4.add(s5, v128.load(residual += channelBytes));
    s6 = f32x4.add(s6, v128.load(residual += channelBytes));
    s7 = f32x4.add(s7, v128.load(residual += channelBytes));
  }
  v128.store(to, clamp(s0, low, high));
  v128.store(to += channelBytes, clamp(s1, low, high));
  v128.store(to += channelBytes, clamp(s2, low, high));
  v128.store(to += channelBytes, clamp(s3, low, high));
  v128.store(to += channelBytes, clamp(s4, low, high));
  v128.store(to += channelBytes, clamp(s5, low, high));
  v128.store(to += channelBytes, clamp(s6, low, high));
  v128.store(to += channelBytes, clamp(s7, low, high));
}

function onePixel(a: Depthwise, from: usize, left: usize, to: usize, residual: usize): void {
  const channelBytes = <usize> a.channels << 2;
  let weight = a.weights + left;
  let sum = v128.load(a.bias + left);
  for (let y = 0; y < a.kernelRows; y++) {
    let tap = from + <usize> y * a.tapDown;
    for (let x = 0; x < a.kernelColumns; x++) {
      sum = multiplyAdd(v128.load(tap), v128.load(weight), sum);
      weight += channelBytes;
      tap += a.tapRight;
    }
  }
  if (residual !== 0) sum = f32x4.add(sum, v128.load(residual));
  v128.store(to, clamp(sum, f32x4.splat(a.low), f32x4.splat(a.high)));
}

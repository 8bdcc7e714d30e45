/**
 * RGBA pixels of 8 bits a channel, as four float32 values.
 *
 * @module
 */

/** A pixel's channels, 0..255. */
export function loadPixel(at: usize): v128 {
  const bytes = v128.load32_zero(at);
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}

/** Stores channels, rounded and clamped to 0..255. */
export function storePixel(at: usize, channels: v128): void {
  const whole = i32x4.trunc_sat_f32x4_s(f32x4.nearest(channels));
  const narrow = i16x8.narrow_i32x4_s(whole, whole);
  v128.store32_lane(at, i8x16.narrow_i16x8_u(narrow, narrow), 0);
}

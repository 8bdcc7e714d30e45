/** `a b + c`; with relaxed SIMD rounded once where the processor can, else twice. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

/** Values between two bounds; NaN stays NaN. */
export function clamp(values: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(values, low), high);
}

/** The same of one value. */
export function clampOne(value: f32, low: f32, high: f32): f32 {
  const raised = value < low ? low : value;
  return high < raised ? high : raised;
}

/** Stores the first values of a vector, 1 to 4 of them. */
export function storeSome(to: usize, values: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, values);
    return;
  }
  store<f32>(to, f32x4.extract_lane(values, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(values, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(values, 2), 8);
}

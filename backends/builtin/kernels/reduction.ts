/** Values that are added in float32 before their sum goes to one in float64. */
const RUN: i32 = 128;

/** Arguments of {@linkcode sumValues}. */
@unmanaged
export class Reduction {
  input: usize;
  out: usize;
  /** Dimensions that stay, and bytes from a value to the next. The output is dense. */
  kept0: i32;
  kept1: i32;
  kept2: i32;
  keptPitch0: usize;
  keptPitch1: usize;
  keptPitch2: usize;
  /** Dimensions that are summed. */
  summed0: i32;
  summed1: i32;
  summed2: i32;
  summedPitch0: usize;
  summedPitch1: usize;
  summedPitch2: usize;
  /** Outputs, and those of a chunk, a multiple of 4. */
  count: i32;
  countPerChunk: i32;
  /** What sums are multiplied with. */
  scale: f32;
  low: f32;
  high: f32;
}

/** Sums over some dimensions. */
export function sumValues(args: usize, chunk: i32, _scratch: usize): void {
  const a = changetype<Reduction>(args);
  let at = chunk * a.countPerChunk;
  const end = min(at + a.countPerChunk, a.count);
  // Four outputs at a time, where their inputs are next to each other.
  if (a.keptPitch2 === 4 && a.kept0 === 1 && a.kept1 === 1) {
    for (; at + 4 <= end; at += 4) sumFour(a, <usize> at << 2);
  }
  for (; at < end; at++) sumOne(a, at);
}

function sumFour(a: Reduction, shift: usize): void {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let run = f32x4.splat(0);
  let inRun = 0;
  for (let i0 = 0; i0 < a.summed0; i0++) {
    for (let i1 = 0; i1 < a.summed1; i1++) {
      let from = a.input + shift + <usize> i0 * a.summedPitch0 + <usize> i1 * a.summedPitch1;
      for (let i2 = 0; i2 < a.summed2; i2++) {
        run = f32x4.add(run, v128.load(from));
        from += a.summedPitch2;
        if (++inRun === RUN) {
          low = f64x2.add(low, f64x2.promote_low_f32x4(run));
          high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i32>(run, run, 2, 3, 2, 3)));
          run = f32x4.splat(0);
          inRun = 0;
        }
      }
    }
  }
  low = f64x2.add(low, f64x2.promote_low_f32x4(run));
  high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i32>(run, run, 2, 3, 2, 3)));
  const to = a.out + shift;
  store<f32>(to, finish(a, f64x2.extract_lane(low, 0)));
  store<f32>(to, finish(a, f64x2.extract_lane(low, 1)), 4);
  store<f32>(to, finish(a, f64x2.extract_lane(high, 0)), 8);
  store<f32>(to, finish(a, f64x2.extract_lane(high, 1)), 12);
}

function sumOne(a: Reduction, at: i32): void {
  const i2 = <usize> (at % a.kept2);
  const rest = at / a.kept2;
  const kept = <usize> (rest / a.kept1) * a.keptPitch0 + <usize> (rest % a.kept1) * a.keptPitch1 +
    i2 * a.keptPitch2;
  let sum: f64 = 0;
  for (let i0 = 0; i0 < a.summed0; i0++) {
    for (let i1 = 0; i1 < a.summed1; i1++) {
      let from = a.input + kept + <usize> i0 * a.summedPitch0 + <usize> i1 * a.summedPitch1;
      for (let i2 = 0; i2 < a.summed2; i2++) {
        sum += <f64> load<f32>(from);
        from += a.summedPitch2;
      }
    }
  }
  store<f32>(a.out + (<usize> at << 2), finish(a, sum));
}

function finish(a: Reduction, sum: f64): f32 {
  const value = <f32> (sum * <f64> a.scale);
  const raised = value < a.low ? a.low : value;
  return a.high < raised ? a.high : raised;
}

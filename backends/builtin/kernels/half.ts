/** Arguments of {@linkcode widenHalves}. */
@unmanaged
export class Halves {
  input: usize;
  out: usize;
  count: i32;
}

/** float16 values to float32. */
export function widenHalves(args: usize, _chunk: i32, _scratch: usize): void {
  const a = changetype<Halves>(args);
  for (let at = <usize> 0; at < <usize> a.count; at++) {
    const bits = <u32> load<u16>(a.input + (at << 1));
    const sign = (bits & 0x8000) << 16;
    const rest = bits & 0x7fff;
    let wide: u32;
    if (rest >= 0x7c00) wide = 0x7f800000 | ((rest & 0x3ff) << 13);
    else if (rest >= 0x400) wide = (rest << 13) + 0x38000000;
    // Less than the smallest normal number: so many times 2^-24.
    else wide = reinterpret<u32>(<f32> rest * <f32> 5.9604644775390625e-8);
    store<u32>(a.out + (at << 2), sign | wide);
  }
}

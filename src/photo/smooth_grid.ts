/**
 * Values on a grid of three dimensions, smoothed along each by a Gaussian; beyond the borders there
 * is nothing.
 *
 * @param values `sides[0] × sides[1] × sides[2] × depth`
 * @param depth values of a cell
 * @param sigma standard deviation, in cells
 */
export function smoothGrid(
  values: Float64Array,
  sides: readonly [number, number, number],
  depth: number,
  sigma: number,
): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const taps = Array.from(
    { length: 2 * reach + 1 },
    (_, tap) => Math.exp(-0.5 * ((tap - reach) / sigma) ** 2),
  );
  const total = taps.reduce((sum, tap) => sum + tap);
  let [from, stride] = [values, values.length];
  for (const side of sides) {
    const to = new Float64Array(from.length);
    stride /= side;
    for (let block = 0; block < from.length; block += side * stride) {
      for (let at = 0; at < side; at++) {
        for (let tap = -reach; tap <= reach; tap++) {
          if (at + tap < 0 || at + tap >= side) continue;
          const weight = taps[tap + reach]! / total;
          const [target, source] = [block + at * stride, block + (at + tap) * stride];
          for (let inner = 0; inner < stride; inner++) {
            to[target + inner]! += weight * from[source + inner]!;
          }
        }
      }
    }
    from = to;
  }
  if (stride !== depth) throw new RangeError("The values do not fill the grid");
  return from;
}

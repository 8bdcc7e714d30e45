/**
 * What a map makes brighter than white or darker than black, brought back into range by a soft
 * shoulder in place of a hard cut, which would lose what is drawn there.
 *
 * @module
 */

/** How far values go beyond 0..1: `low` is 0 or less, `high` 1 or more. */
export interface ToneRange {
  low: number;
  high: number;
}

/** Part of the range, at either end, that gives way. */
const KNEE = 0.1;

/** Share of the values at either end that may be cut off. */
const CUT = 0.002;

/** Counts values, to tell their range but for a few at either end. */
export class ToneHistogram {
  /** Counts of values from −0.5 to 1.5. */
  readonly #bins = new Uint32Array(512);
  #count = 0;

  /** Adds a value. */
  add(value: number): void {
    this.#bins[Math.min(511, Math.max(0, Math.floor((value + 0.5) * 256)))]!++;
    this.#count++;
  }

  /** The range of what was added. */
  range(): ToneRange {
    const most = CUT * this.#count;
    const bins = this.#bins;
    let [first, last] = [0, 511];
    for (let sum = bins[first]!; sum <= most && first < 511; sum += bins[first]!) first++;
    for (let sum = bins[last]!; sum <= most && last > 0; sum += bins[last]!) last--;
    return { low: Math.min(0, first / 256 - 0.5), high: Math.max(1, (last + 1) / 256 - 0.5) };
  }
}

/**
 * The range's values brought into 0..1: a curve that rises throughout, begins as the straight line
 * does, and leaves all alone that is in range where the range is 0..1.
 */
export function applyShoulder(value: number, { low, high }: ToneRange): number {
  if (value > 1 - KNEE && high > 1) return 1 - KNEE + bend(value - 1 + KNEE, high - 1 + KNEE);
  if (value < KNEE && low < 0) return KNEE - bend(KNEE - value, KNEE - low);
  return value;
}

/** The same, with what is beyond the range cut off: 0 to 1, as a value is shown. */
export function shown(value: number, range: ToneRange): number {
  return Math.min(1, Math.max(0, applyShoulder(value, range)));
}

/** From 0 to `reach` to 0 to the knee, with slope 1 at 0. */
function bend(value: number, reach: number): number {
  const share = Math.min(1, value / reach);
  const slope = reach / KNEE;
  return KNEE * slope * share / (1 + (slope - 1) * share);
}

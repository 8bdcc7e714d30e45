/**
 * The constant rate at which a clip is read, from the times of its frames.
 *
 * @module
 */

/** Rate and number of a clip's frames. */
export interface FrameRate {
  /** Frames a second, as a fraction: `30000/1001`. */
  rate: string;
  /** Whether frames are repeated or skipped at that rate. */
  variable: boolean;
  /** Number of frames at that rate. */
  count: number;
}

/** Rates of cameras and of broadcasts. */
const COMMON_RATES = [
  ...["10/1", "12/1", "15/1", "20/1", "24000/1001", "24/1", "25/1", "30000/1001", "30/1"],
  ...["48/1", "50/1", "60000/1001", "60/1", "100/1", "120000/1001", "120/1", "240/1"],
];

/** Differences that are noise: between steps from a frame to the next, as a share; and in seconds. */
const NOISE = 0.05;
const ROUNDING = 0.002;

/** How far a rate may be from the one measured over many frames, as a share of it. */
const TOLERANCE = 0.01;

/** Rate of a clip about whose frames nothing is known. */
const UNKNOWN_RATE = "25/1";

/**
 * Chooses the rate of most of a clip's frames.
 *
 * A rate that puts each frame into a slot of its own is preferred, and of those one that the file
 * declares. At the rate chosen, no frame is shown half a frame too early or too late.
 *
 * @param times when each frame is shown, in seconds, sorted
 * @param declared rates that the file declares, the most trusted one first
 * @param lastDuration how long the last frame is shown, in seconds; 0 where unknown
 */
export function chooseFrameRate(
  times: readonly number[],
  declared: readonly string[],
  lastDuration: number,
): FrameRate {
  const usable = declared.filter((rate) => parseRate(rate) > 0);
  const steps = times.slice(1).map((time, index) => time - times[index]!)
    .filter((step) => step > 0);
  if (steps.length === 0) {
    return { rate: usable[0] ?? UNKNOWN_RATE, variable: false, count: times.length };
  }
  const { step, count: measurements } = mostFrequent(steps);
  const measured = 1 / step;
  const tolerance = TOLERANCE + ROUNDING / 2 * measured / measurements;
  const distance = (rate: string) => Math.abs(parseRate(rate) / measured - 1);
  const candidates = [
    ...usable,
    ...COMMON_RATES.toSorted((a, b) => distance(a) - distance(b)),
    formatRate(measured),
  ].filter((rate) => distance(rate) <= tolerance);
  const constant = candidates.find((rate) =>
    times.every((time, index) => slot(time, rate) === index)
  );
  if (constant) return { rate: constant, variable: false, count: times.length };
  const [rate] = candidates;
  const last = slot(times.at(-1)!, rate!);
  const count = last + Math.max(1, Math.round(lastDuration * parseRate(rate!)));
  return { rate: rate!, variable: true, count };

  function slot(time: number, rate: string): number {
    return Math.round((time - times[0]!) * parseRate(rate));
  }
}

/** A fraction as a number: NaN where it is none, as in `0/0`. */
export function parseRate(text: string): number {
  const [, top, bottom] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const value = Number(top) / Number(bottom);
  return Number.isFinite(value) ? value : NaN;
}

/** A number as a fraction in thousandths. */
function formatRate(value: number): string {
  return `${Math.max(1, Math.round(value * 1000))}/1000`;
}

/** Mean and size of the largest group of steps that differ by noise alone. */
function mostFrequent(steps: readonly number[]): { step: number; count: number } {
  const sorted = steps.toSorted((a, b) => a - b);
  let group: readonly number[] = [];
  for (let low = 0, high = 0; low < sorted.length; low++) {
    const limit = sorted[low]! + Math.max(ROUNDING, NOISE * sorted[low]!);
    while (high < sorted.length && sorted[high]! <= limit) high++;
    if (high - low > group.length) group = sorted.slice(low, high);
  }
  return { step: group.reduce((sum, step) => sum + step, 0) / group.length, count: group.length };
}

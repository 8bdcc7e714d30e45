import { formatDuration } from "../io/format_duration.ts";

/** What became of a result. */
export type Status = "done" | "skipped" | "failed";

/** Counts what became of the results of a plan, and how fast. */
export class Tally {
  readonly #counts: Record<Status, number> = { done: 0, skipped: 0, failed: 0 };
  readonly #started = performance.now();
  /** Time that the networks were busy, in milliseconds. */
  #networks = 0;

  /** @param planned results that are to be made */
  constructor(private readonly planned: number) {}

  /** Counts a result. */
  add(status: Status): void {
    this.#counts[status]++;
  }

  /** Does work that keeps the networks busy. */
  async measureNetworks<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.#networks += performance.now() - started;
    }
  }

  /** Results that failed. */
  get failed(): number {
    return this.#counts.failed;
  }

  /** Results so far. */
  get total(): number {
    const { done, skipped, failed } = this.#counts;
    return done + skipped + failed;
  }

  /** How far the work is: `"3 of 9, 0.5 a second, 12 s left"`. */
  describeProgress(): string {
    const { done, failed } = this.#counts;
    const made = done + failed;
    const left = this.planned - this.total;
    const rate = made > 0 ? `, ${(made / this.#seconds).toFixed(1)} a second` : "";
    const wait = made > 0 ? `, ${formatDuration(left * this.#seconds / made)} left` : "";
    return `${this.total} of ${this.planned}${rate}${wait}`;
  }

  /**
   * What was done, and how fast:
   * `"7 restyled, 2 failed in 12 s (2,100 an hour, 93 % of the time in the networks)"`.
   */
  summarize(): string {
    const { done, skipped, failed } = this.#counts;
    const parts = [`${done} restyled`];
    if (skipped > 0) parts.push(`${skipped} skipped`);
    if (failed > 0) parts.push(`${failed} failed`);
    const hourly = Math.round(3600 * done / this.#seconds).toLocaleString("en-US");
    const share = Math.round(this.#networks / 10 / this.#seconds);
    const rate = done > 0 ? ` (${hourly} an hour, ${share} % of the time in the networks)` : "";
    return `${parts.join(", ")} in ${formatDuration(this.#seconds)}${rate}`;
  }

  get #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }
}

import { formatDuration } from "../io/format_duration.ts";
import type { Reporter } from "../io/reporter.ts";

/** Says how far the work on a clip is. */
export class ClipProgress {
  #done = 0;
  #started = performance.now();

  /** @param count frames of the clip, where known */
  constructor(
    private readonly reporter: Reporter,
    private readonly name: string,
    private readonly count: number | undefined,
  ) {}

  /** Told of the sample, frame by frame. */
  sampled(count: number): void {
    this.reporter.step(`Looking at ${this.name}: frame ${count}`);
    this.#started = performance.now();
  }

  /** Told of the result, frame by frame. */
  restyled(): void {
    this.#done++;
    const rate = this.#done / ((performance.now() - this.#started) / 1000);
    const of = this.count === undefined ? "" : ` of ${this.count}`;
    const left = this.count === undefined
      ? ""
      : `, ${formatDuration(Math.max(0, this.count - this.#done) / rate)} left`;
    this.reporter.step(
      `Restyling ${this.name}: frame ${this.#done}${of}, ${rate.toFixed(1)} frames/s${left}`,
    );
  }
}

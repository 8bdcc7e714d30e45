/**
 * Makes the results of a plan.
 *
 * @module
 */

import {
  checkEncodable,
  type CodecService,
  CodecThreads,
  type DecodedImage,
  DEEP_FORMATS,
  defaultCodecs,
  type Samples,
} from "../../image/mod.ts";
import type { Stylizer } from "../../mod.ts";
import { describeError, FileError, report, UsageError } from "../errors.ts";
import { describe, naming, readPicture } from "../io/input.ts";
import { checkWritable, makeFolderOf, writeWhole } from "../io/atomic_write.ts";
import { exists } from "../io/paths.ts";
import { Progress } from "../io/progress.ts";
import type { RestyleOptions } from "../restyle.ts";
import { loadStylizer } from "../runtime.ts";
import { print, writeStandard } from "../io/standard_output.ts";
import { writeManifest } from "./manifest.ts";
import type { Job, Plan } from "./plan.ts";

/**
 * Makes all results. Those of a plan of many fail one by one: each is named with its reason, and
 * the others are made.
 *
 * @throws {FileError} if one failed
 */
export async function runPlan({ jobs, single }: Plan, given: RestyleOptions): Promise<void> {
  await new Run(jobs, single, given).toTheEnd();
}

/** What became of a job, as `--json` prints it. */
interface Outcome {
  content: string;
  style: string;
  output: string;
  status: "done" | "skipped" | "failed";
  /** Of the result, in pixels. */
  width?: number;
  height?: number;
  seconds?: number;
  error?: string;
}

class Run {
  readonly #progress: Progress;
  readonly #started = performance.now();
  #stylizer!: Stylizer;
  /** Reads and writes pictures. */
  #images: CodecService = defaultCodecs;
  /** Ends when the networks are free. */
  #networks: Promise<unknown> = Promise.resolve();
  readonly #count = { done: 0, skipped: 0, failed: 0 };

  constructor(
    readonly jobs: readonly Job[],
    readonly single: boolean,
    readonly given: RestyleOptions,
  ) {
    this.#progress = new Progress(Deno.stderr.isTerminal() && !given.quiet);
  }

  async toTheEnd(): Promise<void> {
    const { jobs, given, single } = this;
    try {
      const waiting = [];
      for (const job of jobs) {
        if (given.skipExisting && job.target.path && exists(job.target.path)) this.#skip(job);
        else waiting.push(job);
      }
      if (given.manifest) await writeManifest(jobs, given.manifest, given.overwrite ?? false);
      if (single) await this.#makeSingle(waiting[0]);
      else if (waiting.length > 0) await this.#makeAll(waiting);
    } finally {
      this.#progress.clear();
    }
    if (single) return;
    const { done, skipped, failed } = this.#count;
    if (!given.quiet) console.error(this.#summary());
    if (failed > 0) {
      throw new FileError(`${failed} of ${done + skipped + failed} results could not be made`);
    }
  }

  async #makeSingle(job: Job | undefined): Promise<void> {
    if (!job) return;
    const { target } = job;
    // The networks start while the picture is read; their failure is told where they are awaited.
    const starting = loadStylizer(this.given, this.#progress);
    starting.catch(() => {});
    const content = await this.#read(job);
    if (target.path) {
      if (target.shown !== this.given.output) await makeFolderOf(target.path, target.shown);
      await checkWritable(target.path, target.shown, this.given.overwrite ?? false);
    }
    this.#stylizer = await starting;
    this.#print(await this.#make(job, content));
    if (target.path && !this.given.quiet) console.error(target.shown);
  }

  /** Some jobs at a time, so that pictures are read and written while the networks run. */
  async #makeAll(jobs: Job[]): Promise<void> {
    this.#stylizer = await loadStylizer(this.given, this.#progress);
    using threads = new CodecThreads();
    this.#images = threads;
    const queue = jobs.values();
    const work = async () => {
      for (const job of queue) await this.#tryToMake(job);
    };
    await Promise.all(Array.from({ length: this.given.jobs }, work));
  }

  async #tryToMake(job: Job): Promise<void> {
    try {
      const { path, shown } = job.target;
      await makeFolderOf(path!, shown);
      await checkWritable(path!, shown, this.given.overwrite ?? false);
      this.#print(await this.#make(job, await this.#read(job)));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      this.#progress.clear();
      const known = error instanceof Error ? error : new Error(String(error));
      const named = known instanceof FileError
        ? known
        : new FileError(`${describe(job.content)}: ${known.message}`, { cause: known });
      report(named, this.given.verbose ?? false);
      this.#print({ ...this.#outcome(job, "failed"), error: describeError(named) });
    }
  }

  async #read({ content, look, target }: Job): Promise<DecodedImage<Samples>> {
    if (this.single) this.#progress.step(`Reading ${describe(content)}`);
    const { maxPixels, depth = "own" } = this.given;
    const sized = look.size ? { shortSide: look.size } : {};
    return await readPicture(content, {
      maxPixels,
      depth: DEEP_FORMATS.includes(target.format) ? depth : 8,
      images: this.#images,
      ...sized,
    });
  }

  async #make(job: Job, { pixels, format, metadata }: DecodedImage<Samples>): Promise<Outcome> {
    const { content, look, target } = job;
    const started = performance.now();
    const notify = (what: string) => {
      if (this.single) this.#progress.step(what);
    };
    // Not only after hours of work.
    const name = target.path ? target.shown : content;
    await naming(name, Promise.resolve().then(() => checkEncodable(pixels, target.format)));
    const result = await this.#alone(() =>
      naming(content, look.apply(pixels, this.#stylizer, notify))
    );
    notify(`Writing ${target.shown}`);
    const { quality, metadata: how = target.format === format ? "keep" : "strip" } = this.given;
    const settings = { quality, ...(how === "keep" ? { metadata } : {}) };
    const { width, height } = result;
    const written = this.#images.encode(result, target.format, settings);
    const pieces = await naming(name, written);
    if (this.single) this.#progress.clear();
    if (target.path) await writeWhole(target.path, pieces, target.shown);
    else for (const bytes of pieces) await writeStandard(bytes);
    const seconds = Number(((performance.now() - started) / 1000).toFixed(3));
    return { ...this.#outcome(job, "done"), width, height, seconds };
  }

  /** Work that needs the networks, which do one thing at a time. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#networks.then(work);
    this.#networks = result.catch(() => {});
    return result;
  }

  #skip(job: Job): void {
    this.#print(this.#outcome(job, "skipped"));
  }

  #outcome({ content, look, target }: Job, status: Outcome["status"]): Outcome {
    return { content, style: look.name, output: target.shown, status };
  }

  #print(outcome: Outcome): void {
    this.#count[outcome.status]++;
    if (this.given.json) print(`${JSON.stringify(outcome)}\n`);
    if (!this.single) this.#progress.step(this.#rate(outcome));
  }

  #rate({ content }: Outcome): string {
    const { done, skipped, failed } = this.#count;
    const made = done + failed;
    const left = this.jobs.length - made - skipped;
    const seconds = (performance.now() - this.#started) / 1000;
    const rate = made > 0 ? `, ${(made / seconds).toFixed(1)} a second` : "";
    const wait = made > 0 ? `, ${duration(left * seconds / made)} left` : "";
    return `${made + skipped} of ${this.jobs.length}${rate}${wait}: ${describe(content)}`;
  }

  #summary(): string {
    const { done, skipped, failed } = this.#count;
    const seconds = (performance.now() - this.#started) / 1000;
    const parts = [`${done} restyled`];
    if (skipped > 0) parts.push(`${skipped} skipped`);
    if (failed > 0) parts.push(`${failed} failed`);
    const rate = done > 0 ? ` (${(done / seconds).toFixed(1)} a second)` : "";
    return `${parts.join(", ")} in ${duration(seconds)}${rate}`;
  }
}

/** `"8 s"`, `"12 min"`, `"3 h 5 min"`. */
function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

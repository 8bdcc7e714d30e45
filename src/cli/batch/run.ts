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
import { describeError, FileError, UsageError } from "../errors.ts";
import { writeAtomically } from "../io/atomic_write.ts";
import { checkWritable, makeFolderOf } from "../io/check_writable.ts";
import { describePath, exists } from "../io/paths.ts";
import { readPicture } from "../io/read_picture.ts";
import { Reporter } from "../io/reporter.ts";
import { print, writeStandard } from "../io/standard_output.ts";
import { withPathInErrors } from "../io/with_path_in_errors.ts";
import { loadStylizer } from "../load_stylizer.ts";
import type { StylizePicturesOptions } from "../options/picture_options.ts";
import { writeManifest } from "./manifest.ts";
import type { Job, Plan } from "./plan.ts";
import { type Status, Tally } from "./tally.ts";

/**
 * Makes the results of a plan. If it has many, each that fails is reported, and the others are made.
 *
 * @throws {FileError} if one failed
 */
export async function runPlan(plan: Plan, options: StylizePicturesOptions): Promise<void> {
  const { jobs, single } = plan;
  const run = new Run(plan, options);
  const isMade = ({ target }: Job) =>
    options.skipExisting && target.path !== undefined && exists(target.path);
  const { made = [], waiting = [] } = Object.groupBy(
    jobs,
    (job) => isMade(job) ? "made" : "waiting",
  );
  try {
    for (const job of made) run.skip(job);
    if (options.manifest) await writeManifest(jobs, options.manifest, options.overwrite ?? false);
    if (single) await run.makeSingle(waiting[0]);
    else if (waiting.length > 0) await run.makeAll(waiting);
  } finally {
    run.reporter.clear();
  }
  if (single) return;
  const { tally } = run;
  run.reporter.result(tally.summarize());
  if (tally.failed > 0) {
    throw new FileError(`${tally.failed} of ${tally.total} results could not be made`);
  }
}

/** What became of a job, as `--json` prints it. */
interface Outcome {
  content: string;
  style: string;
  output: string;
  status: Status;
  /** Of the result, in pixels. */
  width?: number;
  height?: number;
  seconds?: number;
  error?: string;
}

class Run {
  readonly reporter: Reporter;
  readonly tally: Tally;
  readonly #single: boolean;
  readonly #options: StylizePicturesOptions;
  #stylizer!: Stylizer;
  /** Reads and writes pictures. */
  #images: CodecService = defaultCodecs;
  /** Ends when the networks are free. */
  #networks: Promise<unknown> = Promise.resolve();

  constructor({ jobs, single }: Plan, options: StylizePicturesOptions) {
    this.reporter = new Reporter(options);
    this.tally = new Tally(jobs.length);
    this.#single = single;
    this.#options = options;
  }

  skip(job: Job): void {
    this.#record(outcomeOf(job, "skipped"));
  }

  async makeSingle(job: Job | undefined): Promise<void> {
    if (!job) return;
    const { target } = job;
    const { output, overwrite = false } = this.#options;
    // The networks start while the picture is read; a failure of theirs is thrown below.
    const starting = loadStylizer(this.#options, this.reporter);
    starting.catch(() => {});
    const content = await this.#read(job);
    if (target.path) {
      if (target.shown !== output) await makeFolderOf(target.path, target.shown);
      await checkWritable(target.path, target.shown, overwrite);
    }
    this.#stylizer = await starting;
    this.#record(await this.#make(job, content));
    if (target.path) this.reporter.result(target.shown);
  }

  /** Makes some results at a time, so that pictures are read and written while the networks run. */
  async makeAll(jobs: Job[]): Promise<void> {
    this.#stylizer = await loadStylizer(this.#options, this.reporter);
    using threads = new CodecThreads();
    this.#images = threads;
    const queue = jobs.values();
    const work = async () => {
      for (const job of queue) await this.#tryToMake(job);
    };
    await Promise.all(Array.from({ length: this.#options.jobs }, work));
  }

  async #tryToMake(job: Job): Promise<void> {
    try {
      const { path, shown } = job.target;
      await makeFolderOf(path!, shown);
      await checkWritable(path!, shown, this.#options.overwrite ?? false);
      this.#record(await this.#make(job, await this.#read(job)));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      const known = error instanceof Error ? error : new Error(String(error));
      const named = known instanceof FileError
        ? known
        : new FileError(`${describePath(job.content)}: ${known.message}`, { cause: known });
      this.reporter.error(named);
      this.#record({ ...outcomeOf(job, "failed"), error: describeError(named) });
    }
  }

  async #read({ content, effect, target }: Job): Promise<DecodedImage<Samples>> {
    if (this.#single) this.reporter.step(`Reading ${describePath(content)}`);
    const { maxPixels, depth = "own" } = this.#options;
    return await readPicture(content, {
      maxPixels,
      depth: DEEP_FORMATS.includes(target.format) ? depth : 8,
      images: this.#images,
      ...(effect.size ? { shortSide: effect.size } : {}),
    });
  }

  async #make(job: Job, { pixels, format, metadata }: DecodedImage<Samples>): Promise<Outcome> {
    const { content, effect, target } = job;
    const started = performance.now();
    const notify = (what: string) => {
      if (this.#single) this.reporter.step(what);
    };
    const name = target.path ? target.shown : content;
    // Before the work, which may take hours.
    await withPathInErrors(name, () => checkEncodable(pixels, target.format));
    const result = await this.#withNetworks(() =>
      withPathInErrors(content, () => effect.apply(pixels, this.#stylizer, notify))
    );
    notify(`Writing ${target.shown}`);
    const { quality, metadata: how = target.format === format ? "keep" : "strip" } = this.#options;
    const settings = { quality, ...(how === "keep" ? { metadata } : {}) };
    const { width, height } = result; // The encoder may take its memory.
    const encode = () => this.#images.encode(result, target.format, settings);
    const pieces = await withPathInErrors(name, encode);
    if (this.#single) this.reporter.clear();
    if (target.path) await writeAtomically(target.path, pieces, target.shown);
    else for (const bytes of pieces) await writeStandard(bytes);
    const seconds = Number(((performance.now() - started) / 1000).toFixed(3));
    return { ...outcomeOf(job, "done"), width, height, seconds };
  }

  /** Does work that needs the networks, which do one thing at a time. */
  #withNetworks<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#networks.then(work);
    this.#networks = result.catch(() => {});
    return result;
  }

  #record(outcome: Outcome): void {
    this.tally.add(outcome.status);
    if (this.#options.json) print(`${JSON.stringify(outcome)}\n`);
    if (!this.#single) {
      this.reporter.step(`${this.tally.describeProgress()}: ${describePath(outcome.content)}`);
    }
  }
}

function outcomeOf({ content, effect, target }: Job, status: Status): Outcome {
  return { content, style: effect.name, output: target.shown, status };
}

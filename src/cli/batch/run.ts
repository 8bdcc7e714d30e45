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
import { describeError, FileError, FileExistsError, UsageError } from "../errors.ts";
import { writeAtomically } from "../io/atomic_write.ts";
import { checkWritable, makeFolderOf, WritableFolders } from "../io/check_writable.ts";
import { describeLeftOut } from "../io/find_pictures.ts";
import { describePath, exists } from "../io/paths.ts";
import { readPicture } from "../io/read_picture.ts";
import { Reporter } from "../io/reporter.ts";
import { print, writeStandard } from "../io/standard_output.ts";
import { withPathInErrors } from "../io/with_path_in_errors.ts";
import { loadStylizer } from "../load_stylizer.ts";
import type { StylizePicturesOptions } from "../options/picture_options.ts";
import { writeManifest } from "./manifest.ts";
import { OneAtATime } from "./one_at_a_time.ts";
import type { Job, Plan } from "./plan.ts";
import { type Status, Tally } from "./tally.ts";

/**
 * Makes the results of a plan. If it has many, each that fails is reported, and the others are made.
 *
 * @throws {FileError} if one failed
 */
export async function runPlan(plan: Plan, options: StylizePicturesOptions): Promise<void> {
  const { failed, total } = await carryOut(plan, options);
  if (failed > 0 && !plan.single) {
    throw new FileError(`${failed} of ${total} results could not be made`);
  }
}

/** Does work of the networks, one piece at a time, and measures how long they are busy. */
export type InNetworks = <T>(work: () => Promise<T>) => Promise<T>;

/** What is done around the making of results. */
export interface RunHooks {
  /** Whether a result is there already. Default: where there is a file, with `--skip-existing`. */
  isMade?(job: Job): boolean;
  /** Called once, before the first result is made. */
  prepare?(stylizer: Stylizer, inNetworks: InNetworks): Promise<void>;
  /** Called before a result is begun. */
  begin?(job: Job): void;
  /** Called with the bytes of a result, once they are written. */
  end?(job: Job, pieces: readonly Uint8Array[], result: Outcome): void;
  /** Further parts of the closing line. */
  summarize?(): string[];
}

/** Makes the results of a plan as {@linkcode runPlan} does, and tells how many failed. */
export async function carryOut(
  plan: Plan,
  options: StylizePicturesOptions,
  hooks: RunHooks = {},
): Promise<Tally> {
  const { jobs, single, leftOut } = plan;
  const run = new Run(plan, options, hooks);
  const isMade = hooks.isMade ??
    (({ target }: Job) => options.skipExisting && target.path !== undefined && exists(target.path));
  const { made = [], waiting = [] } = Object.groupBy(
    jobs,
    (job) => isMade(job) ? "made" : "waiting",
  );
  try {
    for (const job of made) run.skip(job);
    if (options.manifest) {
      const { overwrite = false, skipExisting = false } = options;
      await writeManifest(jobs, options.manifest, { overwrite, isContinued: skipExisting });
    }
    if (waiting.length > 0) await (single ? run.makeSingle(waiting[0]!) : run.makeAll(waiting));
  } finally {
    run.reporter.clear();
  }
  const { tally } = run;
  if (single) return tally;
  const more = hooks.summarize?.() ?? [];
  const summary = [tally.summarize(), ...more, await describeLeftOut(leftOut)];
  run.reporter.result(summary.filter((part) => part).join("; "));
  return tally;
}

/** What became of a job, as `--json` prints it. */
export interface Outcome {
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
  readonly #networks = new OneAtATime();
  readonly #folders = new WritableFolders();

  constructor(
    { jobs, single }: Plan,
    options: StylizePicturesOptions,
    readonly hooks: RunHooks,
  ) {
    this.reporter = new Reporter(options);
    this.tally = new Tally(jobs.length);
    this.#single = single;
    this.#options = options;
  }

  /** Does work of the networks after all that was asked for before. */
  readonly #inNetworks: InNetworks = (work) =>
    this.#networks.run(() => this.tally.measureNetworks(work));

  #mayReplace(job: Job): boolean {
    return (this.#options.overwrite ?? false) || (job.mayReplace ?? false);
  }

  skip(job: Job): void {
    this.#record(outcomeOf(job, "skipped"));
  }

  async makeSingle(job: Job): Promise<void> {
    const { target } = job;
    // The networks start while the picture is read; a failure of theirs is thrown below.
    const starting = loadStylizer(this.#options, this.reporter);
    starting.catch(() => {});
    const outcome = await this.#unlessMade(job, async () => {
      const content = await this.#read(job);
      if (target.path) {
        if (target.shown !== this.#options.output) await makeFolderOf(target.path, target.shown);
        await checkWritable(target.path, target.shown, this.#mayReplace(job));
      }
      this.#stylizer = await starting;
      return await this.#make(job, content);
    });
    this.#record(outcome);
    if (target.path && outcome.status === "done") this.reporter.result(target.shown);
  }

  /** Makes some results at a time, so that pictures are read and written while the networks run. */
  async makeAll(jobs: Job[]): Promise<void> {
    this.#stylizer = await loadStylizer(this.#options, this.reporter);
    await this.hooks.prepare?.(this.#stylizer, this.#inNetworks);
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
      const outcome = await this.#unlessMade(job, async () => {
        await this.#folders.prepare(path!, shown, this.#mayReplace(job));
        this.hooks.begin?.(job);
        return await this.#make(job, await this.#read(job));
      });
      this.#record(outcome);
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

  /** Makes a result; if another run made it meanwhile, it is left out where the options say so. */
  async #unlessMade(job: Job, make: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await make();
    } catch (error) {
      const isMade = error instanceof FileExistsError && this.#options.skipExisting;
      if (isMade) return outcomeOf(job, "skipped");
      throw error;
    }
  }

  async #read({ content, effect: { resizing }, target }: Job): Promise<DecodedImage<Samples>> {
    if (this.#single) this.reporter.step(`Reading ${describePath(content)}`);
    const { maxPixels, depth = "own" } = this.#options;
    return await readPicture(content, {
      maxPixels,
      depth: DEEP_FORMATS.includes(target.format) ? depth : 8,
      images: this.#images,
      reporter: this.reporter,
      ...(resizing ? { resizing } : {}),
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
    await effect.prepare?.(pixels, this.#images);
    const apply = () => effect.apply(pixels, this.#stylizer, notify);
    const result = await this.#inNetworks(() => withPathInErrors(content, apply));
    notify(`Writing ${target.shown}`);
    const { quality, effort = "size" } = this.#options;
    const { metadata: how = target.format === format ? "keep" : "strip" } = this.#options;
    const onNote = (note: string) => this.reporter.note(`${describePath(content)}: ${note}`);
    const settings = { quality, effort, ...(how === "keep" ? { metadata, onNote } : {}) };
    const { width, height } = result; // The encoder may take its memory.
    const encode = () => this.#images.encode(result, target.format, settings);
    const pieces = await withPathInErrors(name, encode);
    if (this.#single) this.reporter.clear();
    if (target.path) {
      await writeAtomically(target.path, pieces, target.shown, this.#mayReplace(job));
    } else for (const bytes of pieces) await writeStandard(bytes);
    const seconds = Number(((performance.now() - started) / 1000).toFixed(3));
    const outcome = { ...outcomeOf(job, "done"), width, height, seconds };
    this.hooks.end?.(job, pieces, outcome);
    return outcome;
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

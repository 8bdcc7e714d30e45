/**
 * Restyles a data set: from its tree to the results, their index, and the files beside them.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import {
  classMasks,
  type CodecService,
  DEFAULT_FORMAT,
  formatOfName,
  OUTPUT_FORMATS,
  type Pixels,
  type Samples,
} from "../../image/mod.ts";
import type { StylizeOptions, Stylizer } from "../../mod.ts";
import type { Effect } from "../batch/effect.ts";
import type { Job } from "../batch/plan.ts";
import { carryOut } from "../batch/run.ts";
import { nameResult } from "../batch/target.ts";
import { draw } from "../batch/draw.ts";
import { FileError, quote } from "../errors.ts";
import type { FoundFile } from "../io/find_pictures.ts";
import { openInput } from "../io/input.ts";
import { exists, resolvePath } from "../io/paths.ts";
import { readImage, readPicture } from "../io/read_picture.ts";
import { Reporter } from "../io/reporter.ts";
import { withPathInErrors } from "../io/with_path_in_errors.ts";
import { readModelChecksum } from "../load_stylizer.ts";
import { styleSettings, stylizeSettings } from "../options/style_options.ts";
import type { StyleOptions } from "../options/types.ts";
import { type ClassRegion, classRegions, SetStatistics } from "./content_regions.ts";
import { drawNumber, drawStyle, isInShard } from "./draws.ts";
import { type IndexRow, IndexWriter, readProgress, type Recipe } from "./index_files.ts";
import type { DatasetOptions, SET_STATISTICS } from "./options.ts";
import { placeSideFile } from "./side_files.ts";
import { type ClassStyles, type SetStyle, StyleSet } from "./style_set.ts";

/** What is to be restyled, and after what. */
export interface Dataset {
  contents: readonly FoundFile[];
  sideFiles: readonly FoundFile[];
  styles: readonly SetStyle[];
  /** Name of the style that is pooled from all. */
  pooled: string;
  /** Label maps of the contents, by their paths, where contents are taken apart. */
  labels?: ReadonlyMap<string, string>;
  statistics: typeof SET_STATISTICS[number];
  /** What is wrong with the set, in words: everything else is restyled all the same. */
  faults: readonly string[];
}

/**
 * Restyles a data set. What fails is reported, and everything else is made.
 *
 * @throws {FileError} if something failed, or the folder holds results of other settings.
 */
export async function restyleDataset(dataset: Dataset, options: DatasetOptions): Promise<void> {
  const run = new DatasetRun(dataset, options, await readModelChecksum(options.model));
  await run.carryOut();
}

/** A result that is planned. */
interface PlannedJob extends Job {
  picture: FoundFile;
  recipe: Recipe;
}

class DatasetRun {
  readonly #reporter: Reporter;
  readonly #jobs: PlannedJob[];
  /** Faults beside results that cannot be made. */
  #faults: number;
  #styles: StyleSet | undefined;
  #shared: SetStatistics | undefined;

  constructor(
    private readonly dataset: Dataset,
    private readonly options: DatasetOptions,
    modelChecksum: string,
  ) {
    this.#reporter = new Reporter(options);
    const { planned, faults } = this.#plan(modelChecksum);
    this.#jobs = planned;
    const { shard } = options;
    // Each fault is reported by one shard.
    const own = shard && shard.index > 1 ? [] : [...dataset.faults, ...faults];
    this.#faults = own.length;
    for (const fault of own) this.#reporter.error(fault);
  }

  async carryOut(): Promise<void> {
    const { output, shard, overwrite = false, verify = false } = this.options;
    const progress = await readProgress(output);
    const made = new Set<string>();
    for (const job of this.#jobs) {
      const row = progress.rows.get(job.recipe.output);
      if (row && !overwrite && !this.#isOf(job, row)) {
        throw new FileError(
          `${quote(output)} holds results of other settings, such as ${
            quote(row.output)
          }: name another folder (--overwrite makes them anew)`,
        );
      }
      if (row && this.#isOf(job, row) && await isThere(job, row, verify)) {
        made.add(row.output);
        job.recipe.style = job.effect.name = row.style;
      } else {
        progress.rows.delete(job.recipe.output);
        job.mayReplace = progress.begun.has(job.recipe.output);
      }
    }
    using index = new IndexWriter(output, shard);
    const planned = new Set(this.#jobs.map(({ recipe }) => recipe.output));
    await index.open(progress, (path) => planned.has(path));
    const placed = await this.#placeSideFiles();
    const { tally, error } = await this.#make(index, made, placed);
    await index.finish();
    if (error) throw error;
    const faults = this.#faults + this.#unreadable;
    if (tally!.failed + faults > 0) {
      const more = faults > 0 ? `; ${count(faults, "other fault")}` : "";
      throw new FileError(
        `${tally!.failed} of ${tally!.total} results could not be made${more}`,
      );
    }
  }

  /** Makes what is not there yet. An error that ends the run is given back: the index comes first. */
  async #make(index: IndexWriter, made: ReadonlySet<string>, placed: string) {
    const jobs = this.#jobs;
    const recipes = new Map(jobs.map((job) => [job as Job, job.recipe]));
    const plan = { jobs, single: false, leftOut: [] };
    // The drawn values take the place of these.
    const settings = { ...this.options, alpha: 1, levels: [] };
    try {
      const tally = await carryOut(plan, settings, {
        isMade: (job) => made.has(recipes.get(job)!.output),
        prepare: (stylizer) => this.#prepare(stylizer),
        begin: (job) => index.begin(recipes.get(job)!.output),
        end: async (job, pieces, { width, height }) => {
          const digest = createHash("sha256");
          for (const bytes of pieces) digest.update(bytes);
          const recipe = recipes.get(job)!;
          const sha256 = digest.digest("hex");
          await index.add({ ...recipe, width: width!, height: height!, sha256 });
        },
        summarize: () => [
          ...placed ? [placed] : [],
          ...this.#unreadable > 0 ? [`${count(this.#unreadable, "style")} unreadable`] : [],
        ],
      });
      return { tally };
    } catch (error) {
      return { error };
    }
  }

  /** Styles that could not be read; none where no result was left to be made. */
  get #unreadable(): number {
    return this.#styles?.unreadable ?? 0;
  }

  /** The results, in the order of their contents, and what is wrong with the names of some. */
  #plan(modelChecksum: string): { planned: PlannedJob[]; faults: string[] } {
    const { contents, sideFiles, labels, statistics } = this.dataset;
    const { output, perContent, shard } = this.options;
    const taken = new Map(sideFiles.map((file) => [file.within, file]));
    const planned: PlannedJob[] = [];
    const faults: string[] = [];
    for (const picture of contents) {
      if (statistics === "class" && !labels!.has(picture.path)) continue; // A fault of the labels.
      const format = formatOfName(picture.within) ?? DEFAULT_FORMAT;
      const isKept = (OUTPUT_FORMATS as readonly string[]).includes(formatOfName(picture.within)!);
      const name = isKept
        ? basename(picture.within)
        : nameResult("{content}", picture.path, "", format);
      const within = join(dirname(picture.within), name);
      const other = taken.get(within);
      if (other) {
        faults.push(
          `${quote(other.path)} and ${quote(picture.path)} would both be ${quote(within)}`,
        );
        continue;
      }
      taken.set(within, picture);
      if (!isInShard(picture.within, shard)) continue;
      for (let variant = 1; variant <= perContent; variant++) {
        const recipe = this.#recipe(picture, join(this.#folder(variant), within), variant);
        recipe.settings = { ...recipe.settings, model: modelChecksum };
        const shown = join(output, recipe.output);
        planned.push({
          content: picture.path,
          picture,
          recipe,
          effect: this.#effect(picture, recipe),
          target: { path: resolvePath(shown), shown, format },
        });
      }
    }
    return { planned, faults };
  }

  /** The folder of the results of one style for each content. */
  #folder(variant: number): string {
    return this.options.perContent === 1 ? "" : `variant-${variant}`;
  }

  #recipe({ within }: FoundFile, output: string, variant: number): Recipe {
    const {
      pair,
      seed,
      alpha,
      levels,
      brush,
      photo,
      colorOnly,
      preserveColor,
      styleSize,
      quality,
    } = this.options;
    const { statistics } = this.dataset;
    const number = (range: typeof alpha, what: string) =>
      drawNumber(range, what, within, variant, seed);
    return {
      content: within,
      style: pair === "pool" ? this.dataset.pooled : this.#drawn(within, variant, 0).name,
      output,
      variant,
      alpha: number(alpha, "alpha"),
      seed,
      settings: {
        pair,
        statistics,
        ...(statistics === "picture" ? {} : { sample: this.options.sample }),
        ...(levels ? { levels: levels.map((range, at) => number(range, `level ${at + 1}`)) } : {}),
        ...(photo ? { photo } : { brush }),
        ...(colorOnly ? { colorOnly } : {}),
        ...(preserveColor === "none" ? {} : { preserveColor }),
        ...(styleSize ? { styleSize } : {}),
        quality,
      },
    };
  }

  #drawn(within: string, variant: number, attempt: number): SetStyle {
    const { styles } = this.dataset;
    return styles[drawStyle(within, variant, attempt, styles.length, this.options.seed)]!;
  }

  /** Whether a row is that of a result as it is planned, with any style that may have been drawn. */
  #isOf({ recipe }: PlannedJob, row: IndexRow): boolean {
    const key = ({ content, output, variant, alpha, seed, settings }: Recipe) =>
      JSON.stringify([content, output, variant, alpha, seed, settings]);
    if (key(recipe) !== key(row)) return false;
    if (row.style === recipe.style) return true;
    return this.options.pair === "random" &&
      this.#attempts().some((attempt) =>
        this.#drawn(recipe.content, recipe.variant, attempt).name === row.style
      );
  }

  /** Draws of a style, the first and those in place of one that cannot be read. */
  #attempts(): number[] {
    return Array.from({ length: ATTEMPTS }, (_, attempt) => attempt);
  }

  /** Styles of a content by class, and their name. */
  async #stylesOf(within: string, variant: number): Promise<[ClassStyles, string]> {
    if (this.options.pair === "pool") return [await this.#styles!.pool(), this.dataset.pooled];
    const { styles } = this.dataset;
    for (const attempt of this.#attempts()) {
      const drawn = this.#drawn(within, variant, attempt);
      const loaded = await this.#styles!.load(styles.indexOf(drawn));
      if (loaded) return [loaded, drawn.name];
    }
    throw new FileError(`None of ${ATTEMPTS} styles that were drawn can be read`);
  }

  #effect(picture: FoundFile, recipe: Recipe): Effect {
    let masks: ReadonlyMap<string, Pixels> | undefined;
    const effect: Effect = {
      name: recipe.style,
      prepare: async (pixels, images) => {
        masks = await this.#readMasks(picture, pixels, images);
      },
      apply: async (pixels, stylizer) => {
        const [styles, name] = await this.#stylesOf(recipe.content, recipe.variant);
        recipe.style = effect.name = name;
        const shared = this.#shared;
        const regions = this.#regions(styles, masks, shared);
        return await stylizer.stylizeRegions(pixels, regions, {
          ...this.#settings(recipe, stylizer),
          inPlace: true,
          ...(shared ? { matching: shared.matching(regions) } : {}),
        });
      },
    };
    return effect;
  }

  /** The regions of a content. */
  #regions(
    styles: ClassStyles,
    masks: ReadonlyMap<string, Pixels> | undefined,
    shared: SetStatistics | undefined,
  ): ClassRegion[] {
    const regions = classRegions(styles, masks, (name) => shared?.has(name) ?? true);
    if (!this.options.photo || !this.#isShared) return regions;
    // The style's own colors would undo what the statistics of the set are for.
    return regions.map(({ style: { model, scales }, ...region }) => ({
      ...region,
      style: { model, scales },
    }));
  }

  get #isShared(): boolean {
    return this.dataset.statistics !== "picture";
  }

  #settings({ alpha, settings }: Recipe, stylizer: Stylizer): StylizeOptions {
    const levels = settings["levels"] as number[] | undefined;
    const { levels: _, ...others } = this.options;
    const drawn: StyleOptions = { ...others, alpha, ...(levels ? { levels } : {}) };
    return stylizeSettings(drawn, stylizer);
  }

  /** The classes of a content, where they count. */
  async #readMasks(
    { path }: FoundFile,
    { width, height }: Pixels<Samples>,
    images?: CodecService,
  ): Promise<ReadonlyMap<string, Pixels> | undefined> {
    if (this.dataset.statistics !== "class") return undefined;
    const labels = this.dataset.labels!.get(path)!;
    const { maxPixels } = this.options;
    const settings = { maxPixels, reporter: this.#reporter, ...(images ? { images } : {}) };
    const { pixels } = await readImage(labels, settings);
    if (pixels.width !== width || pixels.height !== height) {
      throw new FileError(
        `${quote(labels)} has ${pixels.width}×${pixels.height} px, and its picture ` +
          `${quote(path)} ${width}×${height}`,
      );
    }
    return await withPathInErrors(labels, () => classMasks(pixels));
  }

  /** Opens the styles, and takes the statistics of the set where those count. */
  async #prepare(stylizer: Stylizer): Promise<void> {
    const { options, dataset } = this;
    const folder = join(options.output, ".linear-style");
    const { levels: _, ...others } = options;
    this.#styles = new StyleSet(
      dataset.styles,
      stylizer,
      styleSettings({ ...others, alpha: 1 }),
      dataset.statistics === "class",
      folder,
      (error) => this.#reporter.error(error),
    );
    if (options.pair === "pool" || dataset.statistics === "class") await this.#styles.pool();
    if (this.#isShared) this.#shared = await this.#measureSet(stylizer);
  }

  /** Statistics of a sample of the contents: the same in all shards. */
  async #measureSet(stylizer: Stylizer): Promise<SetStatistics> {
    const { contents, labels } = this.dataset;
    const { maxPixels, sample, photo = false } = this.options;
    const known = labels ? contents.filter(({ path }) => labels.has(path)) : contents;
    const order = known.map((content) => ({
      content,
      key: draw(`sample\0${content.within}`, 2 ** 48),
    }))
      .sort((a, b) => a.key - b.key).slice(0, sample);
    const shared = new SetStatistics(stylizer);
    let measured = 0;
    for (const [index, { content }] of order.entries()) {
      this.#reporter.step(`Looking at content ${index + 1} of ${order.length}`);
      try {
        const { pixels } = await readPicture(content.path, { maxPixels, reporter: this.#reporter });
        const masks = await this.#readMasks(content, pixels);
        const [styles] = await this.#stylesOf(content.within, 1);
        const recipe = this.#recipe(content, content.within, 1);
        const { levels, alpha, brush, tile } = this.#settings(recipe, stylizer);
        await shared.add(pixels, this.#regions(styles, masks, undefined), {
          ...{ alpha: alpha!, brush: brush!, tile: tile!, photo },
          ...(levels ? { levels } : {}),
        });
        measured++;
      } catch (error) {
        if (!(error instanceof FileError)) throw error; // Reported where it is to be restyled.
      }
    }
    this.#reporter.clear();
    if (measured === 0) throw new FileError("No content could be read");
    await shared.finish();
    return shared;
  }

  /** Copies or links what lies beside the pictures, and says so. */
  async #placeSideFiles(): Promise<string> {
    const { output, sideFiles: how, perContent, shard, overwrite = false } = this.options;
    if (how === "none") return "";
    const own = this.dataset.sideFiles.filter(({ within }) => isInShard(within, shard));
    let placed = 0;
    for (const file of own) {
      for (let variant = 1; variant <= perContent; variant++) {
        const shown = join(output, this.#folder(variant), file.within);
        try {
          await placeSideFile(file, shown, { how, overwrite });
          placed++;
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          this.#reporter.error(error);
          this.#faults++;
        }
      }
    }
    return placed === 0
      ? ""
      : `${count(placed, "other file")} ${how === "copy" ? "copied" : "linked"}`;
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** Styles that are tried for a content before it is given up. */
const ATTEMPTS = 16;

/** Whether a result is there, and, if that is to be verified, as its row says. */
async function isThere(
  { target: { path, shown } }: Job,
  { sha256 }: IndexRow,
  verify: boolean,
): Promise<boolean> {
  if (!exists(path!)) return false;
  if (!verify) return true;
  using input = await openInput(shown);
  return createHash("sha256").update(await input.readAll()).digest("hex") === sha256;
}

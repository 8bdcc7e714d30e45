/**
 * Restyles a data set: from its tree to the results, their index, and the files beside them.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { classMasks, type CodecService, type Pixels, type Samples } from "../../image/mod.ts";
import type { Stylizer } from "../../mod.ts";
import { draw } from "../batch/draw.ts";
import type { Effect } from "../batch/effect.ts";
import type { Job } from "../batch/plan.ts";
import { carryOut, type InNetworks } from "../batch/run.ts";
import { FileError, quote } from "../errors.ts";
import type { FoundFile } from "../io/find_pictures.ts";
import { formatCount } from "../io/format_count.ts";
import { openInput } from "../io/input.ts";
import { exists, resolvePath } from "../io/paths.ts";
import { readImage, readPicture } from "../io/read_picture.ts";
import { Reporter } from "../io/reporter.ts";
import { withPathInErrors } from "../io/with_path_in_errors.ts";
import { readModelChecksum } from "../load_stylizer.ts";
import { type ClassRegion, classRegions, SetStatistics } from "./content_regions.ts";
import { isInShard } from "./draws.ts";
import { type IndexRow, IndexWriter, readProgress, type Recipe } from "./index_files.ts";
import type { DatasetOptions } from "./options.ts";
import { type DrawnFrom, Recipes, resultName, variantFolder } from "./recipes.ts";
import { placeSideFile } from "./side_files.ts";
import { type ClassStyles, openStyles, type StyleSet } from "./style_set.ts";

/** What is to be restyled, and after what. */
export interface Dataset extends DrawnFrom {
  contents: readonly FoundFile[];
  sideFiles: readonly FoundFile[];
  /** Label maps of the contents, by their paths, where contents are taken apart. */
  labels?: ReadonlyMap<string, string>;
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
  readonly #recipes: Recipes;
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
    this.#recipes = new Recipes(dataset, options, modelChecksum);
    const { planned, faults } = this.#plan();
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
      if (row && !overwrite && !this.#recipes.isOf(job.recipe, row)) {
        throw new FileError(
          `${quote(output)} holds results of other settings, such as ${
            quote(row.output)
          }: name another folder (--overwrite makes them anew)`,
        );
      }
      if (row && this.#recipes.isOf(job.recipe, row) && await isThere(job, row, verify)) {
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
      const more = faults > 0 ? `; ${formatCount(faults, "other fault")}` : "";
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
    // The drawn values take the place of alpha and levels. What a training reads need not be small.
    const settings = { ...this.options, alpha: 1, levels: [] };
    try {
      const tally = await carryOut(plan, { ...settings, effort: "speed" }, {
        isMade: (job) => made.has(recipes.get(job)!.output),
        prepare: (stylizer, inNetworks) => this.#prepare(stylizer, inNetworks),
        begin: (job) => index.begin(recipes.get(job)!.output),
        end: (job, pieces, { width, height }) => {
          const digest = createHash("sha256");
          for (const bytes of pieces) digest.update(bytes);
          const recipe = recipes.get(job)!;
          const sha256 = digest.digest("hex");
          index.add({ ...recipe, width: width!, height: height!, sha256 });
        },
        summarize: () => [
          ...placed ? [placed] : [],
          ...this.#unreadable > 0 ? [`${formatCount(this.#unreadable, "style")} unreadable`] : [],
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
  #plan(): { planned: PlannedJob[]; faults: string[] } {
    const { contents, sideFiles, labels, statistics } = this.dataset;
    const { output, perContent, shard } = this.options;
    const taken = new Map(sideFiles.map((file) => [file.within, file]));
    const planned: PlannedJob[] = [];
    const faults: string[] = [];
    for (const picture of contents) {
      if (statistics === "class" && !labels!.has(picture.path)) continue; // A fault of the labels.
      const { name: within, format } = resultName(picture.within);
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
        const recipe = this.#recipes.of(
          picture.within,
          join(variantFolder(variant, this.options), within),
          variant,
        );
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

  #effect(picture: FoundFile, recipe: Recipe): Effect {
    let regions: ClassRegion[] = [];
    const effect: Effect = {
      name: recipe.style,
      prepare: async (pixels, images) => {
        const masks = await this.#readMasks(picture, pixels, images);
        const styles = await this.#recipes.loadStyle(recipe, this.#styles!);
        effect.name = recipe.style;
        regions = this.#regions(styles, masks, this.#shared);
      },
      apply: async (pixels, stylizer) => {
        const [own, shared] = [regions, this.#shared];
        regions = []; // Of a million pictures, not all are to be kept.
        return await stylizer.stylizeRegions(pixels, own, {
          ...this.#recipes.settings(recipe, stylizer),
          inPlace: true,
          ...(shared ? { matching: shared.matching(own) } : {}),
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
  async #prepare(stylizer: Stylizer, inNetworks: InNetworks): Promise<void> {
    const { options, dataset } = this;
    const folder = join(options.output, ".linear-style");
    this.#styles = openStyles(dataset.styles, stylizer, options, {
      inNetworks,
      byClass: dataset.statistics === "class",
      folder,
      reporter: this.#reporter,
    });
    if (options.pair === "pool" || dataset.statistics === "class") await this.#styles.pool();
    if (this.#isShared) this.#shared = await this.#measureSet(stylizer, inNetworks);
  }

  /** Statistics of a sample of the contents: the same in all shards. */
  async #measureSet(stylizer: Stylizer, inNetworks: InNetworks): Promise<SetStatistics> {
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
        const recipe = this.#recipes.of(content.within, content.within, 1);
        const styles = await this.#recipes.loadStyle(recipe, this.#styles!);
        const { levels, alpha, brush, tile } = this.#recipes.settings(recipe, stylizer);
        const settings = { alpha: alpha!, brush: brush!, tile: tile!, photo };
        const regions = this.#regions(styles, masks, undefined);
        const options = levels ? { ...settings, levels } : settings;
        await inNetworks(() => shared.add(pixels, regions, options));
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
        const shown = join(output, variantFolder(variant, this.options), file.within);
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
      : `${formatCount(placed, "other file")} ${how === "copy" ? "copied" : "linked"}`;
  }
}

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

import { dirname, join } from "node:path";
import { DEFAULT_FORMAT, formatOfName, type OutputFormat, suffixOf } from "../../image/mod.ts";
import type { StylizeOptions, Stylizer } from "../../mod.ts";
import { FileError } from "../errors.ts";
import { stem } from "../io/paths.ts";
import { stylizeSettings } from "../options/style_options.ts";
import { drawNumber, drawStyle } from "./draws.ts";
import type { IndexRow, Recipe } from "./index_files.ts";
import type { DatasetOptions, SET_STATISTICS } from "./options.ts";
import type { ClassStyles, SetStyle, StyleSet } from "./style_set.ts";

/** What the styles of a data set are drawn from. */
export interface DrawnFrom {
  styles: readonly SetStyle[];
  /** Name of the style that is pooled from all. */
  pooled: string;
  statistics: typeof SET_STATISTICS[number];
}

/** Styles that are tried for a content before it is given up. */
const ATTEMPTS = 16;

/** How each result of a data set is made: drawn from the options, by the content's path. */
export class Recipes {
  /** @param modelChecksum of the model that restyles */
  constructor(
    private readonly from: DrawnFrom,
    private readonly options: DatasetOptions,
    private readonly modelChecksum: string,
  ) {}

  /**
   * How a result is made.
   *
   * @param within path of the content in the data set
   * @param output path of the result
   * @param variant from 1
   */
  of(within: string, output: string, variant: number): Recipe {
    const { pair, seed, alpha, levels, brush, photo, colorOnly, preserveColor } = this.options;
    const { styleSize, quality, metadata, sample } = this.options;
    const { statistics, pooled } = this.from;
    const number = (range: typeof alpha, what: string) =>
      drawNumber(range, what, within, variant, seed);
    return {
      content: within,
      style: pair === "pool" ? pooled : this.#draw(within, variant, 0).name,
      output,
      variant,
      alpha: number(alpha, "alpha"),
      seed,
      settings: {
        pair,
        statistics,
        ...(statistics === "picture" ? {} : { sample }),
        ...(levels ? { levels: levels.map((range, at) => number(range, `level ${at + 1}`)) } : {}),
        ...(photo ? { photo } : { brush }),
        ...(colorOnly ? { colorOnly } : {}),
        ...(preserveColor === "none" ? {} : { preserveColor }),
        ...(styleSize ? { styleSize } : {}),
        quality,
        ...(metadata ? { metadata } : {}),
        model: this.modelChecksum,
      },
    };
  }

  /** Whether a row is of a result as it is planned, with any style that may have been drawn. */
  isOf(recipe: Recipe, row: IndexRow): boolean {
    const key = ({ content, output, variant, alpha, seed, settings }: Recipe) =>
      JSON.stringify([content, output, variant, alpha, seed, settings]);
    if (key(recipe) !== key(row)) return false;
    if (row.style === recipe.style) return true;
    return this.options.pair === "random" &&
      this.#draws(recipe).some(({ name }) => name === row.style);
  }

  /**
   * Loads the style of a result. If one that was drawn cannot be read, another takes its place, in
   * the recipe too.
   *
   * @throws {FileError} if none of many can be read
   */
  async loadStyle(recipe: Recipe, set: StyleSet): Promise<ClassStyles> {
    if (this.options.pair === "pool") return await set.pool();
    for (const drawn of this.#draws(recipe)) {
      const loaded = await set.load(drawn);
      if (!loaded) continue;
      recipe.style = drawn.name;
      return loaded;
    }
    throw new FileError(`None of ${ATTEMPTS} styles that were drawn can be read`);
  }

  /** How a content is stylized by its recipe. */
  settings({ alpha, settings }: Recipe, stylizer: Stylizer): StylizeOptions {
    const levels = settings["levels"] as number[] | undefined;
    const { levels: _, ...others } = this.options;
    return stylizeSettings({ ...others, alpha, ...(levels ? { levels } : {}) }, stylizer);
  }

  /** The style that is drawn for a result, and those that may take its place. */
  *#draws({ content, variant }: Recipe): Generator<SetStyle, void, void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      yield this.#draw(content, variant, attempt);
    }
  }

  #draw(within: string, variant: number, attempt: number): SetStyle {
    const { styles } = this.from;
    return styles[drawStyle(within, variant, attempt, styles.length, this.options.seed)]!;
  }
}

/** The name of a content's result: its own, unless it is of a format that is not written. */
export function resultName(within: string): { name: string; format: OutputFormat } {
  const format = formatOfName(within);
  if (format) return { name: within, format };
  const name = `${stem(within)}.${suffixOf(DEFAULT_FORMAT)}`;
  return { name: join(dirname(within), name), format: DEFAULT_FORMAT };
}

/** The folder of the results of each variant; none where a content has one result. */
export function variantFolder(variant: number, { perContent }: DatasetOptions): string {
  return perContent === 1 ? "" : `variant-${variant}`;
}

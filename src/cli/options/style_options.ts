/**
 * What the options about the style mean to the library.
 *
 * @module
 */

import type { Pixels, Samples } from "../../image/mod.ts";
import type { StylizeOptions, Stylizer } from "../../mod.ts";
import { UsageError } from "../errors.ts";
import { Reporter } from "../io/reporter.ts";
import type { StyleSettings } from "../styles.ts";
import type { OutputOptions, StyleOptions } from "./types.ts";

/** How styles are to be read. */
export function styleSettings(options: StyleOptions, content?: Pixels<Samples>): StyleSettings {
  return {
    maxPixels: options.maxPixels,
    reporter: new Reporter(options),
    ...(options.styleSize ? { styleSize: options.styleSize } : {}),
    ...(content && options.preserveColor === "statistics" ? { colors: content } : {}),
  };
}

/** How a content is to be stylized. */
export function stylizeSettings(options: StyleOptions, stylizer: Stylizer): StylizeOptions {
  return {
    tile: options.tile,
    alpha: options.alpha,
    brush: options.brush,
    preserveColor: options.preserveColor === "luminance" ? "luminance" : "none",
    colorOnly: options.colorOnly ?? false,
    photo: options.photo ?? false,
    ...(options.levels ? { levels: fillLevels(options.levels, stylizer) } : {}),
  };
}

/**
 * Weights from level 1 up as one for each level of the model, 0 where none is given.
 *
 * @throws {UsageError} if the model has fewer levels.
 */
export function fillLevels(weights: number[], { defaultLevels }: Stylizer): number[] {
  if (weights.length > defaultLevels.length) {
    throw new UsageError(
      `There is no level ${weights.length}: this model has levels 1 to ${defaultLevels.length}`,
    );
  }
  return defaultLevels.map((_, index) => weights[index] ?? 0);
}

/**
 * Refuses options that exclude each other.
 *
 * @throws {UsageError}
 */
export function checkStyleOptions(
  { colorOnly, preserveColor, photo, saveLut }: StyleOptions & Pick<OutputOptions, "saveLut">,
): void {
  if (saveLut !== undefined && !photo) {
    throw new UsageError("--save-lut keeps what --photo does to colors: add --photo");
  }
  if (colorOnly && preserveColor !== "none") {
    throw new UsageError("--color-only takes the style's colors, --preserve-color the content's");
  }
}

/** Notes options that may lead to a result nobody expects. */
export function noteStyleOptions({ alpha }: StyleOptions, reporter: Reporter): void {
  if (alpha > 1) reporter.note("--alpha above 1 goes beyond the style, and may go wrong");
}

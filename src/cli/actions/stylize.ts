import { type Pixels, toEightBits, usualShortSide } from "../../image/mod.ts";
import type { Stylizer } from "../../mod.ts";
import { type Effect, loadOnce, stylizeRegions } from "../batch/effect.ts";
import type { Pairing } from "../batch/pairing.ts";
import { planJobs } from "../batch/plan.ts";
import { runPlan } from "../batch/run.ts";
import {
  detectMovement,
  type MovingContentOptions,
  refuseClipOptions,
} from "../clips/moving_content.ts";
import { stylizeMovingContent } from "../clips/stylize_moving_content.ts";
import { UsageError } from "../errors.ts";
import { stylizeGrid } from "../grid.ts";
import { describeLeftOut } from "../io/find_pictures.ts";
import { describePath } from "../io/paths.ts";
import { Reporter } from "../io/reporter.ts";
import { applyLuts, isLut, loadLut, type SharedLut } from "../luts.ts";
import { checkStandardInput } from "../io/standard_input.ts";
import { type Axis, checkAxes } from "../options/grid_axis.ts";
import type { MaskedStyle, StyleOption } from "../options/mask_parsers.ts";
import { checkPictureOptions, contentResizing, sizeOf } from "../options/picture_options.ts";
import type { RegionOptions } from "../options/region_options.ts";
import { checkStyleOptions, noteStyleOptions, styleSettings } from "../options/style_options.ts";
import { checkStyles, loadRegions } from "../regions.ts";
import { nameOf, parseStyle } from "../style_name.ts";
import { expandStyles } from "../styles.ts";

/** Options of the subcommand. */
export interface StylizeCommandOptions extends MovingContentOptions, RegionOptions {
  grid?: Axis[];
  pair?: Pairing;
  seed: number;
}

/** Carries out `stylize`. */
export async function stylizePictures(
  pictures: string[],
  options: StylizeCommandOptions,
): Promise<void> {
  checkStyleOptions(options);
  checkPictureOptions(options);
  const reporter = new Reporter(options);
  noteStyleOptions(options, reporter);
  if (options.grid) return await stylizeToGrid(pictures, options.grid, options);
  const { contents, styles } = splitPictures(pictures, options.styles ?? []);
  return options.pair
    ? await stylizePairs(contents, styles, options.pair, options, reporter)
    : await stylize(contents, styles, options);
}

async function stylize(
  contents: string[],
  styles: MaskedStyle[],
  options: StylizeCommandOptions,
) {
  const named = await Promise.all(styles.map(async ({ style, ...masks }) => {
    const { names: [one, ...more] } = await expandStyles(style);
    if (more.length === 0) return { ...masks, style: one! };
    throw new UsageError(
      `${describePath(style.path)} has ${more.length + 1} styles: name one, or add --pair`,
    );
  }));
  const movement = await detectMovement(contents, options);
  if (movement) {
    const load = (stylizer: Stylizer, first: Pixels) =>
      loadRegions(named, stylizer, styleSettings(options, first), options);
    const content = { path: contents[0]!, loadRegions: load };
    return await stylizeMovingContent(movement, content, options);
  }
  refuseClipOptions(options);
  await runPlan(await planJobs(contents, [effectOf(named, options)], options), options);
}

/** Contents and several styles, each result in one of them. */
async function stylizePairs(
  contents: string[],
  styles: MaskedStyle[],
  how: Pairing,
  options: StylizeCommandOptions,
  reporter: Reporter,
): Promise<void> {
  if (options.labels || styles.some(({ mask, styleMask }) => mask ?? styleMask)) {
    throw new UsageError("--pair takes whole pictures: leave out the masks");
  }
  const all = [];
  for (const { style } of styles) {
    const { names, leftOut } = await expandStyles(style, true);
    const reason = await describeLeftOut(leftOut);
    if (reason) reporter.note(`${describePath(style.path)}: ${reason}`);
    all.push(...names);
  }
  const effects = all.map((style) => effectOf([{ style }], options));
  await runPlan(await planJobs(contents, effects, options, { how, seed: options.seed }), options);
}

function effectOf(all: MaskedStyle[], options: StylizeCommandOptions): Effect {
  const [tables, styles] = splitTables(all);
  if (styles.length === 0 && options.saveLut !== undefined) {
    throw new UsageError("--save-lut keeps the look of a style, and all that is named is a table");
  }
  const load = loadOnce(
    options,
    (stylizer, settings) => loadRegions(styles, stylizer, settings, options),
  );
  let loaded: Promise<SharedLut[]> | undefined;
  return {
    name: all.map(({ style }) => nameOf(style)).join("-"),
    ...contentResizing(options),
    async apply(pixels, stylizer, notify) {
      notify("Reading the style");
      const luts = await (loaded ??= Promise.all(tables.map(({ style }) => loadLut(style))));
      if (styles.length === 0) return applyLuts(pixels, luts, Math.min(1, options.alpha));
      const regions = await load(pixels, stylizer);
      return applyLuts(await stylizeRegions(pixels, regions, stylizer, options, notify), luts);
    },
  };
}

/** Lookup tables, and styles proper. */
function splitTables(styles: readonly MaskedStyle[]): [MaskedStyle[], MaskedStyle[]] {
  const tables = styles.filter(({ style }) => isLut(style));
  const masked = tables.find(({ mask, styleMask }) => mask ?? styleMask);
  if (masked) {
    throw new UsageError(
      `${describePath(masked.style.path)} is a lookup table, which has no masks: leave them out`,
    );
  }
  return [tables, styles.filter(({ style }) => !isLut(style))];
}

/** Short side of a contact sheet's pictures where none is given, in pixels. */
const GRID_SIZE = 256;

async function stylizeToGrid(
  [content, argument, ...more]: string[],
  axes: Axis[],
  options: StylizeCommandOptions,
): Promise<void> {
  checkAxes(axes);
  if (more.length > 0) throw new UsageError("--grid makes a sheet of one content and one style");
  if (options.styles) throw new UsageError("With --grid, styles are named by --grid style=...");
  if (options.depth === 16) throw new UsageError("--grid makes a sheet of 8 bits a channel");
  if (options.labels) throw new UsageError("--grid makes a sheet without regions: no --labels");
  if (options.saveLut !== undefined) {
    throw new UsageError("--save-lut is of one result: leave out --grid");
  }
  const style = argument === undefined ? undefined : parseStyle(argument);
  checkStandardInput([content, style?.path]);
  const effect: Effect = {
    name: style ? `${nameOf(style)}-grid` : "grid",
    resizing: (source) => ({
      size: sizeOf(options) ?? usualShortSide(source, GRID_SIZE),
      option: "--size",
    }),
    apply: (pixels, stylizer, notify) =>
      stylizeGrid(toEightBits(pixels), axes, style, stylizer, options, notify),
  };
  const flat = { ...options, depth: 8 } as const;
  await runPlan(await planJobs([content!], [effect], flat), flat);
}

/** Contents and styles: the last picture is the style where no `--style` names one. */
function splitPictures(pictures: string[], options: StyleOption[]) {
  const named = options.some(({ style }) => style);
  const contents = named ? pictures : pictures.slice(0, -1);
  if (contents.length === 0) {
    checkStyles(options);
    throw new UsageError("missing required argument 'style'");
  }
  // Masks before any `--style` are for the style that is an argument.
  const last = { ...options[0], style: parseStyle(pictures.at(-1)!) };
  const styles = checkStyles(named ? options : [last]);
  checkStandardInput([
    ...contents,
    ...styles.flatMap(({ style, mask, styleMask }) => [style.path, mask, styleMask]),
  ]);
  return { contents, styles };
}

import { Command, Option } from "commander";
import { type Pixels, toEightBits } from "../../image/mod.ts";
import { mixStyles, type Region, type Stylizer } from "../../mod.ts";
import { animate, type AnimateOptions } from "../clips/animate.ts";
import { addClipOptions } from "../options/clip_options.ts";
import { UsageError } from "../errors.ts";
import { type Axis, checkAxes, parseAxis, restyleGrid } from "../grid.ts";
import { describe, readImage } from "../io/input.ts";
import { loadOnce, type Look } from "../batch/effect.ts";
import { type Pairing, PAIRINGS } from "../batch/pairing.ts";
import { planJobs } from "../batch/plan.ts";
import { runPlan } from "../batch/run.ts";
import { whole } from "../options/definitions.ts";
import {
  addRestyleOptions,
  checkRestyleOptions,
  checkStandardInput,
  type RestyleOptions,
  restyleRegions,
  styleSettings,
} from "../restyle.ts";
import {
  expandStyles,
  loadStyle,
  nameOf,
  parseStyle,
  type StyleName,
  type StyleSettings,
} from "../styles.ts";

interface StylizeCommandOptions extends AnimateOptions {
  pair?: Pairing;
  seed: number;
}

/** A style and its masks, in the order of the command line. */
interface StyleOption {
  /** Absent while masks are given for the style that is an argument. */
  style?: StyleName;
  mask?: string;
  styleMask?: string;
}

/** The `stylize` subcommand. */
export function command(): Command {
  const given: StyleOption[] = [];
  const addMask = (key: "mask" | "styleMask") => (path: string) => {
    if (given.length === 0) given.push({});
    const last = given.at(-1)!;
    if (last[key] !== undefined) {
      throw new UsageError(`A style has one mask: name the next --style before ${describe(path)}`);
    }
    last[key] = path;
  };
  const command = new Command("stylize")
    .usage("[options] <content...> <style>")
    .optionsGroup("Styles:")
    .argument(
      "<pictures...>",
      "pictures or folders to restyle (- is standard input), and last the style: a picture," +
        " or a pack; PACK#NAME is one of a pack's",
    )
    .addOption(
      new Option(
        "--style <file:weight>",
        "a style, and how much of it, in place of the last picture; more: a mixture",
      )
        .argParser((text) => void given.push({ style: parseStyle(text) })),
    )
    .addOption(
      new Option("--mask <file>", "where the style before it goes: white; not: black")
        .argParser(addMask("mask")),
    )
    .addOption(
      new Option("--style-mask <file>", "what of the style before it counts: white")
        .argParser(addMask("styleMask")),
    );
  const axes: Axis[] = [];
  command.addOption(
    new Option(
      "--grid <key=value,...>",
      "a contact sheet: of alpha, level, style, style-size or" +
        " preserve-color; twice: rows and columns",
    )
      .argParser((text) => void axes.push(parseAxis(text))),
  );
  command
    .addOption(
      new Option("--pair <how>", "with several styles: how they and the contents are paired")
        .choices(PAIRINGS),
    )
    .addOption(
      new Option("--seed <n>", "of --pair random").argParser(whole(0, 2 ** 32)).default(0),
    );
  addClipOptions(command.optionsGroup("Clips:")).addOption(
    new Option("--frames <n>", "of a clip that comes through a pipe, for --to")
      .argParser(whole(1, 1e9)),
  );
  return addRestyleOptions(command)
    .addHelpText(
      "after",
      "\nExamples: linear-style stylize photo.jpg painting.jpg -o out.png" +
        "\n          linear-style stylize photos/ art.safetensors#waves -o out/" +
        "\n          linear-style stylize photo.jpg --style a.jpg:2 --style b.jpg" +
        "\n          linear-style stylize photos/ art/ --pair random -o out/" +
        "\n          linear-style stylize photo.jpg a.jpg --grid alpha=0.3,1 -o sheet.png",
    )
    .action((pictures: string[], options: StylizeCommandOptions) => {
      checkRestyleOptions(options);
      if (axes.length > 0) return stylizeGrid(pictures, axes, given, options);
      const { contents, styles } = splitPictures(pictures, given);
      return options.pair
        ? stylizePairs(contents, styles, options.pair, options)
        : stylize(contents, styles, options);
    });
}

async function stylize(contents: string[], styles: StyleAndMasks[], options: AnimateOptions) {
  const named = await Promise.all(styles.map(async ({ style, ...masks }) => {
    const [one, ...more] = await expandStyles(style);
    if (more.length === 0) return { ...masks, style: one! };
    throw new UsageError(
      `${describe(style.path)} has ${more.length + 1} styles: name one, or add --pair`,
    );
  }));
  const load = (stylizer: Stylizer, first: Pixels) =>
    loadRegions(named, stylizer, styleSettings(options, first));
  if (await animate(contents, load, options)) return;
  await runPlan(await planJobs(contents, [lookOf(named, options)], options), options);
}

/** Contents and several styles, each result in one of them. */
async function stylizePairs(
  contents: string[],
  styles: StyleAndMasks[],
  how: Pairing,
  options: StylizeCommandOptions,
): Promise<void> {
  if (styles.some(({ mask, styleMask }) => mask ?? styleMask)) {
    throw new UsageError("--pair takes whole pictures: leave out the masks");
  }
  const all = (await Promise.all(styles.map(({ style }) => expandStyles(style, true)))).flat();
  const looks = all.map((style) => lookOf([{ style }], options));
  await runPlan(await planJobs(contents, looks, options, { how, seed: options.seed }), options);
}

function lookOf(styles: StyleAndMasks[], options: RestyleOptions): Look {
  const load = loadOnce(options, (stylizer, settings) => loadRegions(styles, stylizer, settings));
  return {
    name: styles.map(({ style }) => nameOf(style)).join("-"),
    ...(options.size ? { size: options.size } : {}),
    async apply(pixels, stylizer, notify) {
      notify("Reading the style");
      const regions = await load(pixels, stylizer);
      return await restyleRegions(pixels, regions, stylizer, options, notify);
    },
  };
}

/** Short side of a contact sheet's pictures where none is given, in pixels. */
const GRID_SIZE = 256;

async function stylizeGrid(
  [content, argument, ...more]: string[],
  axes: Axis[],
  given: StyleOption[],
  options: RestyleOptions,
): Promise<void> {
  checkAxes(axes);
  if (more.length > 0) throw new UsageError("--grid makes a sheet of one content and one style");
  if (given.length > 0) throw new UsageError("With --grid, styles are named by --grid style=...");
  if (options.depth === 16) throw new UsageError("--grid makes a sheet of 8 bits a channel");
  const style = argument === undefined ? undefined : parseStyle(argument);
  checkStandardInput([content, style?.path]);
  const look: Look = {
    name: style ? `${nameOf(style)}-grid` : "grid",
    size: options.size ?? GRID_SIZE,
    apply: (pixels, stylizer, notify) =>
      restyleGrid(toEightBits(pixels), axes, style, stylizer, options, notify),
  };
  const flat = { ...options, depth: 8 } as const;
  await runPlan(await planJobs([content!], [look], flat), flat);
}

type StyleAndMasks = StyleOption & { style: StyleName };

/** Contents and styles: the last picture is the style where no `--style` names one. */
function splitPictures(pictures: string[], given: StyleOption[]) {
  const named = given.some(({ style }) => style);
  const contents = named ? pictures : pictures.slice(0, -1);
  if (contents.length === 0) {
    check(given);
    throw new UsageError("missing required argument 'style'");
  }
  // Masks before any `--style` are for the style that is an argument.
  const last = { ...given[0], style: parseStyle(pictures.at(-1)!) };
  const styles = check(named ? given : [last]);
  checkStandardInput([
    ...contents,
    ...styles.flatMap(({ style, mask, styleMask }) => [style.path, mask, styleMask]),
  ]);
  return { contents, styles };
}

function check(styles: StyleOption[]): StyleAndMasks[] {
  for (const { style, mask, styleMask } of styles) {
    if (style) continue;
    const given = mask ? `--mask ${describe(mask)}` : `--style-mask ${describe(styleMask!)}`;
    throw new UsageError(`${given} belongs to no style: name one`);
  }
  const mixed = (styles as StyleAndMasks[]).filter(({ mask }) => mask === undefined);
  if (mixed.length > 0 && mixed.every(({ style }) => style.weight === 0)) {
    throw new UsageError("The weights of the styles must not all be 0");
  }
  return styles as StyleAndMasks[];
}

/** A region for each style with a mask, and one for the mixture of those without. */
async function loadRegions(
  styles: StyleAndMasks[],
  stylizer: Stylizer,
  settings: StyleSettings,
): Promise<Region[]> {
  const mixture = [];
  const regions: Region[] = [];
  for (const { style: name, mask, styleMask } of styles) {
    const weights = styleMask ? { mask: (await readImage(styleMask, settings)).pixels } : {};
    const style = await loadStyle(name, stylizer, { ...settings, ...weights });
    if (mask === undefined) mixture.push({ style, weight: name.weight });
    else regions.push({ style, mask: (await readImage(mask, settings)).pixels });
  }
  return mixture.length > 0 ? [...regions, { style: mixStyles(mixture) }] : regions;
}

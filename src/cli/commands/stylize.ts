import { Command, Option } from "commander";
import { mixStyles, type Pixels, type Region, type Stylizer } from "../../mod.ts";
import { animate, type AnimateOptions } from "../animate.ts";
import { addClipOptions } from "../clips.ts";
import { UsageError } from "../errors.ts";
import { describe, readImage } from "../input.ts";
import { type Axis, checkAxes, parseAxis, restyleGrid } from "../grid.ts";
import { whole } from "../options.ts";
import {
  addRestyleOptions,
  checkRestyleOptions,
  checkStandardInput,
  restyle,
  type RestyleOptions,
  restyleRegions,
  styleSettings,
} from "../restyle.ts";
import { loadStyle, nameOf, parseStyle, type StyleName, type StyleSettings } from "../styles.ts";

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
    .argument("<content>", "picture to restyle: PNG, JPEG or GIF; - is standard input")
    .argument("[style]", "picture, or style pack, to take the style of; PACK#NAME: one of a pack")
    .addOption(
      new Option("--style <file:weight>", "a style more, and how much of it (repeatable)")
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
  addClipOptions(command).addOption(
    new Option("--frames <n>", "of a clip that comes through a pipe, for --to")
      .argParser(whole(1, 1e9)),
  );
  return addRestyleOptions(command)
    .addHelpText(
      "after",
      "\nExamples: linear-style stylize photo.jpg painting.jpg -o out.png" +
        "\n          linear-style stylize photo.jpg art.safetensors#waves --alpha 0.7" +
        "\n          linear-style stylize photo.jpg --style a.jpg:2 --style b.jpg" +
        "\n          linear-style stylize photo.jpg a.jpg --grid alpha=0.3,0.6,1 -o sheet.png",
    )
    .action((content: string, argument: string | undefined, options: AnimateOptions) => {
      checkRestyleOptions(options);
      return axes.length > 0
        ? stylizeGrid(content, argument, axes, given, options)
        : stylize(content, withArgument(given, argument), options);
    });
}

async function stylize(content: string, styles: StyleAndMasks[], options: AnimateOptions) {
  checkStandardInput([
    content,
    ...styles.flatMap(({ style, mask, styleMask }) => [style.path, mask, styleMask]),
  ]);
  const animation = {
    content,
    loadRegions: (stylizer: Stylizer, first: Pixels) =>
      loadRegions(styles, stylizer, styleSettings(options, first)),
  };
  if (await animate(animation, options)) return;
  await restyle({
    content,
    styleName: styles.map(({ style }) => nameOf(style)).join("-"),
    ...(options.size ? { size: options.size } : {}),
    async work(pixels, stylizer, progress) {
      progress.step("Reading the style");
      const regions = await loadRegions(styles, stylizer, styleSettings(options, pixels));
      const onProgress = (share = 0) =>
        progress.step(`Restyling ${describe(content)}: ${Math.floor(100 * share)} %`);
      onProgress();
      return await restyleRegions(pixels, regions, stylizer, options, onProgress);
    },
  }, options);
}

/** Short side of a contact sheet's pictures where none is given, in pixels. */
const GRID_SIZE = 256;

function stylizeGrid(
  content: string,
  argument: string | undefined,
  axes: Axis[],
  given: StyleOption[],
  options: RestyleOptions,
) {
  checkAxes(axes);
  if (given.length > 0) throw new UsageError("With --grid, styles are named by --grid style=...");
  const style = argument === undefined ? undefined : parseStyle(argument);
  checkStandardInput([content, style?.path]);
  return restyle({
    content,
    styleName: style ? `${nameOf(style)}-grid` : "grid",
    size: options.size ?? GRID_SIZE,
    work: (pixels, stylizer, progress) =>
      restyleGrid(pixels, axes, style, stylizer, options, (label) => progress.step(label)),
  }, options);
}

type StyleAndMasks = StyleOption & { style: StyleName };

/** All styles, the argument first; masks before the first `--style` are the argument's. */
function withArgument(given: StyleOption[], argument: string | undefined): StyleAndMasks[] {
  const [first, ...rest] = given;
  if (argument !== undefined) {
    const style = parseStyle(argument);
    const masked = first && !first.style;
    return check(masked ? [{ ...first, style }, ...rest] : [{ style }, ...given]);
  }
  if (!first) throw new UsageError("missing required argument 'style'");
  return check(given);
}

function check(styles: StyleOption[]): StyleAndMasks[] {
  for (const { style, mask } of styles) {
    if (!style) {
      throw new UsageError(`--mask ${describe(mask ?? "")} belongs to no style: name one`);
    }
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
    const weights = styleMask ? { mask: (await readImage(styleMask)).pixels } : {};
    const style = await loadStyle(name, stylizer, { ...settings, ...weights });
    if (mask === undefined) mixture.push({ style, weight: name.weight });
    else regions.push({ style, mask: (await readImage(mask)).pixels });
  }
  return mixture.length > 0 ? [...regions, { style: mixStyles(mixture) }] : regions;
}

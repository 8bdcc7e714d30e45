import { Command, InvalidArgumentError, Option } from "commander";
import {
  blendLevels,
  type LevelStyle,
  type StyleStatistics,
  type Stylizer,
  writePack,
} from "../../mod.ts";
import { type Effect, loadOnce, stylizeRegions } from "../batch/effect.ts";
import { planJobs } from "../batch/plan.ts";
import { runPlan } from "../batch/run.ts";
import { UsageError } from "../errors.ts";
import { writeAtomically } from "../io/atomic_write.ts";
import { checkWritable } from "../io/check_writable.ts";
import { checkNotPictureName } from "../io/file_kinds.ts";
import { resolvePath } from "../io/paths.ts";
import { Reporter } from "../io/reporter.ts";
import { checkStandardInput } from "../io/standard_input.ts";
import { loadStylizer } from "../load_stylizer.ts";
import { repeated } from "../options/parsers.ts";
import {
  addPictureOptions,
  checkPictureOptions,
  contentResizing,
  type StylizePicturesOptions,
} from "../options/picture_options.ts";
import {
  checkStyleOptions,
  fillLevels,
  noteStyleOptions,
  styleSettings,
} from "../options/style_options.ts";
import { loadStyle, nameOf, parseStyle, type StyleName, type StyleSettings } from "../styles.ts";

interface LevelOption {
  level: number;
  style: StyleName;
}

interface BlendOptions extends StylizePicturesOptions {
  /** Absent where no style is named. */
  level?: LevelOption[];
  savePack?: string;
  saveAs: string;
}

/** The `blend` subcommand. */
export function command(): Command {
  const command = new Command("blend")
    .optionsGroup("Styles:")
    .argument("[contents...]", "pictures or folders to restyle; none with --save-pack is fine")
    .addOption(
      new Option("--level <n=file:weight>", "style of a level, and how much of it (repeatable)")
        .argParser(repeated(parseLevel)),
    )
    .addOption(new Option("--save-pack <file>", "keep the blend as a style in a pack"))
    .addOption(new Option("--save-as <name>", "of the blend in the pack").default("blend"));
  return addPictureOptions(command)
    .addHelpText(
      "after",
      "\nLevels go from 1, grain, to 4, shape." +
        "\nExample: linear-style blend photo.jpg --level 1=a.jpg --level 3=b.jpg:0.7",
    )
    .action(async (contents: string[], options: BlendOptions) => {
      const { level: levels = [] } = options;
      const reporter = new Reporter(options);
      check(levels, contents, options);
      noteStyleOptions(options, reporter);
      if (contents.length > 0) await stylizeWithBlend(contents, levels, options, reporter);
      else await saveBlend(levels, options, reporter);
    });
}

function check(levels: LevelOption[], contents: string[], options: BlendOptions): void {
  checkStyleOptions(options);
  checkPictureOptions(options);
  if (levels.length === 0) throw new UsageError("A blend needs styles: add --level N=STYLE");
  if (levels.every(({ style }) => style.weight === 0)) {
    throw new UsageError("The weights of the styles must not all be 0");
  }
  if (options.levels) {
    throw new UsageError("--levels is for one style: here --level has the weights");
  }
  if (contents.length === 0 && options.savePack === undefined) {
    throw new UsageError("missing required argument 'contents'");
  }
  if (options.savePack !== undefined) {
    checkNotPictureName(options.savePack, "A style pack", "art.safetensors");
  }
  checkStandardInput([...contents, ...levels.map(({ style }) => style.path)]);
}

async function stylizeWithBlend(
  contents: string[],
  levels: LevelOption[],
  options: BlendOptions,
  reporter: Reporter,
): Promise<void> {
  let saved = options.savePack === undefined;
  const load = loadOnce(options, async (stylizer, settings) => {
    const style = await loadBlend(levels, stylizer, settings);
    if (!saved) await savePack(style, options.savePack!, options, reporter);
    saved = true;
    return style;
  });
  const effect: Effect = {
    name: levels.map(({ style }) => nameOf(style)).join("-"),
    ...contentResizing(options),
    async apply(pixels, stylizer, notify) {
      notify("Reading the styles");
      const style = await load(pixels, stylizer);
      return await stylizeRegions(pixels, [{ style }], stylizer, options, notify);
    },
  };
  await runPlan(await planJobs(contents, [effect], options), options);
}

async function saveBlend(
  levels: LevelOption[],
  options: BlendOptions,
  reporter: Reporter,
): Promise<void> {
  try {
    const stylizer = await loadStylizer(options, reporter);
    reporter.step("Reading the styles");
    const style = await loadBlend(levels, stylizer, styleSettings(options));
    await savePack(style, options.savePack!, options, reporter);
  } finally {
    reporter.clear();
  }
}

async function savePack(
  style: StyleStatistics,
  file: string,
  { overwrite = false, saveAs }: BlendOptions,
  reporter: Reporter,
): Promise<void> {
  const path = resolvePath(file);
  await checkWritable(path, file, overwrite);
  await writeAtomically(path, await writePack([{ ...style, name: saveAs }]), file, overwrite);
  reporter.result(file);
}

function parseLevel(text: string): LevelOption {
  const [, level, style] = /^(\d+)=(.+)$/.exec(text) ?? [];
  if (!level || !style) {
    throw new InvalidArgumentError("Expected something like 1=STYLE or 3=STYLE:0.7.");
  }
  return { level: Number(level), style: parseStyle(style) };
}

async function loadBlend(levels: LevelOption[], stylizer: Stylizer, settings: StyleSettings) {
  for (const { level } of levels) {
    if (level === 0) throw new UsageError("There is no level 0: levels begin with 1");
    fillLevels(new Array(level).fill(1), stylizer);
  }
  const parts: LevelStyle[] = [];
  for (const { level, style } of levels) {
    const { weight } = style;
    parts.push({ level, weight, style: await loadStyle(style, stylizer, settings) });
  }
  return blendLevels(parts, stylizer.defaultLevels);
}

import { Command, InvalidArgumentError, Option } from "commander";
import {
  blendLevels,
  type LevelStyle,
  type StyleStatistics,
  type Stylizer,
  writePack,
} from "../../mod.ts";
import { UsageError } from "../errors.ts";
import { loadOnce, type Look } from "../batch/effect.ts";
import { planJobs } from "../batch/plan.ts";
import { runPlan } from "../batch/run.ts";
import { checkWritable, writeWhole } from "../io/atomic_write.ts";
import { resolvePath } from "../io/paths.ts";
import { Progress } from "../io/progress.ts";
import {
  addRestyleOptions,
  checkLevels,
  checkRestyleOptions,
  checkStandardInput,
  type RestyleOptions,
  restyleRegions,
  styleSettings,
} from "../restyle.ts";
import { loadStylizer } from "../runtime.ts";
import { loadStyle, nameOf, parseStyle, type StyleName, type StyleSettings } from "../styles.ts";

interface LevelOption {
  level: number;
  style: StyleName;
}

interface BlendOptions extends RestyleOptions {
  savePack?: string;
  saveAs: string;
}

/** The `blend` subcommand. */
export function command(): Command {
  const given: LevelOption[] = [];
  const command = new Command("blend")
    .optionsGroup("Styles:")
    .argument("[contents...]", "pictures or folders to restyle; none with --save-pack is fine")
    .addOption(
      new Option("--level <n=file:weight>", "style of a level, and how much of it (repeatable)")
        .argParser((text) => void given.push(parseLevel(text))),
    )
    .addOption(new Option("--save-pack <file>", "keep the blend as a style in a pack"))
    .addOption(new Option("--save-as <name>", "of the blend in the pack").default("blend"));
  return addRestyleOptions(command)
    .addHelpText(
      "after",
      "\nLevels go from 1, grain, to 4, shape." +
        "\nExample: linear-style blend photo.jpg --level 1=a.jpg --level 3=b.jpg:0.7",
    )
    .action((contents: string[], options: BlendOptions) => {
      check(given, contents, options);
      return contents.length === 0
        ? saveBlend(given, options)
        : restyleWithBlend(contents, given, options);
    });
}

function check(given: LevelOption[], contents: string[], options: BlendOptions): void {
  checkRestyleOptions(options);
  if (given.length === 0) throw new UsageError("A blend needs styles: add --level N=STYLE");
  if (given.every(({ style }) => style.weight === 0)) {
    throw new UsageError("The weights of the styles must not all be 0");
  }
  if (options.levels) {
    throw new UsageError("--levels is for one style: here --level has the weights");
  }
  if (contents.length === 0 && options.savePack === undefined) {
    throw new UsageError("missing required argument 'contents'");
  }
  checkStandardInput([...contents, ...given.map(({ style }) => style.path)]);
}

async function restyleWithBlend(
  contents: string[],
  levels: LevelOption[],
  options: BlendOptions,
): Promise<void> {
  let saved = options.savePack === undefined;
  const load = loadOnce(options, async (stylizer, settings) => {
    const style = await loadBlend(levels, stylizer, settings);
    if (!saved) await savePack(style, options.savePack!, options);
    saved = true;
    return style;
  });
  const look: Look = {
    name: levels.map(({ style }) => nameOf(style)).join("-"),
    ...(options.size ? { size: options.size } : {}),
    async apply(pixels, stylizer, notify) {
      notify("Reading the styles");
      const style = await load(pixels, stylizer);
      return await restyleRegions(pixels, [{ style }], stylizer, options, notify);
    },
  };
  await runPlan(await planJobs(contents, [look], options), options);
}

async function saveBlend(levels: LevelOption[], options: BlendOptions): Promise<void> {
  const progress = new Progress(Deno.stderr.isTerminal() && !options.quiet);
  try {
    const stylizer = await loadStylizer(options, progress);
    progress.step("Reading the styles");
    const style = await loadBlend(levels, stylizer, styleSettings(options));
    progress.clear();
    await savePack(style, options.savePack!, options);
  } finally {
    progress.clear();
  }
}

async function savePack(style: StyleStatistics, file: string, options: BlendOptions) {
  await checkWritable(resolvePath(file), file, options.overwrite ?? false);
  await writeWhole(resolvePath(file), await writePack([{ ...style, name: options.saveAs }]), file);
  if (!options.quiet) console.error(file);
}

function parseLevel(text: string): LevelOption {
  const [, level, style] = /^(\d+)=(.+)$/.exec(text) ?? [];
  if (!level || !style) throw new InvalidArgumentError("It must be like 1=STYLE or 3=STYLE:0.7.");
  return { level: Number(level), style: parseStyle(style) };
}

async function loadBlend(levels: LevelOption[], stylizer: Stylizer, settings: StyleSettings) {
  for (const { level } of levels) {
    if (level === 0) throw new UsageError("There is no level 0: levels begin with 1");
    checkLevels(new Array(level).fill(1), stylizer);
  }
  const parts: LevelStyle[] = [];
  for (const { level, style } of levels) {
    const { weight } = style;
    parts.push({ level, weight, style: await loadStyle(style, stylizer, settings) });
  }
  return blendLevels(parts, stylizer.defaultLevels);
}

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
import {
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
import { nameOf, type StyleName } from "../style_name.ts";
import { loadStyle, type StyleSettings } from "../styles.ts";

/** A style of a level. */
export interface LevelOption {
  level: number;
  style: StyleName;
}

/** Options of the subcommand. */
export interface BlendOptions extends StylizePicturesOptions {
  /** Absent where no style is named. */
  level?: LevelOption[];
  savePack?: string;
  saveAs: string;
}

/** Carries out `blend`. */
export async function blend(contents: string[], options: BlendOptions): Promise<void> {
  const { level: levels = [] } = options;
  const reporter = new Reporter(options);
  check(levels, contents, options);
  noteStyleOptions(options, reporter);
  if (contents.length > 0) await stylizeWithBlend(contents, levels, options, reporter);
  else await saveBlend(levels, options, reporter);
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

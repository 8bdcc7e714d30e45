import { Command } from "commander";
import type { OutputFormat } from "../image/format.ts";
import { encodeImage, resizeShortSide } from "../mod.ts";
import { UsageError } from "./errors.ts";
import { describe, naming, readImage, STANDARD } from "./input.ts";
import { options, type OutputOptions, type RuntimeOptions } from "./options.ts";
import { checkWritable, writeStandard, writeWhole } from "./output.ts";
import { Progress } from "./progress.ts";
import { loadStylizer } from "./runtime.ts";
import { chooseOutput } from "./target.ts";

interface StylizeCommandOptions extends OutputOptions, RuntimeOptions {
  output?: string;
  alpha: number;
  size?: number;
  styleSize?: number;
  format?: OutputFormat;
  quality: number;
  overwrite?: boolean;
}

/** The `stylize` subcommand. */
export function command(): Command {
  return new Command("stylize")
    .argument(
      "<content>",
      "picture to restyle: PNG, JPEG or GIF; - is standard input",
    )
    .argument("<style>", "picture to take the style of")
    .addOption(options.output())
    .addOption(options.alpha())
    .addOption(options.size())
    .addOption(options.styleSize())
    .addOption(options.format())
    .addOption(options.quality())
    .addOption(options.overwrite())
    .addOption(options.backend())
    .addOption(options.threads())
    .addOption(options.model())
    .addOption(options.quiet())
    .addOption(options.verbose())
    .addHelpText(
      "after",
      "\nExample: linear-style stylize photo.jpg painting.jpg -o out.png",
    )
    .action(stylize);
}

async function stylize(content: string, style: string, given: StylizeCommandOptions) {
  if (content === STANDARD && style === STANDARD) {
    throw new UsageError("Content and style cannot both be standard input: name a file for one");
  }
  const progress = new Progress(Deno.stderr.isTerminal() && !given.quiet);
  try {
    progress.step(`Reading ${describe(content)}`);
    const contentImage = await readImage(content);
    const styleImage = await readImage(style);
    const target = chooseOutput(content, style, contentImage.format, given);
    if (target.path) await checkWritable(target.path, target.shown, given.overwrite ?? false);

    const stylizer = await loadStylizer(given, progress);
    const { backend, manifest } = stylizer.network;
    if (given.verbose) console.error(`backend: ${backend.name} (${backend.device})`);
    progress.step(`Reading the style of ${describe(style)}`);
    const styleSize = given.styleSize ?? manifest.styleSize;
    const sizedStyle = await resizeShortSide(styleImage.pixels, styleSize);
    const statistics = await naming(style, stylizer.encodeStyle(sizedStyle));
    progress.step(`Restyling ${describe(content)}`);
    const { pixels } = contentImage;
    const sizedContent = given.size ? await resizeShortSide(pixels, given.size) : pixels;
    const restyling = stylizer.stylize(sizedContent, statistics, { alpha: given.alpha });
    const stylized = await naming(content, restyling);
    const bytes = await encodeImage(stylized, target.format, { quality: given.quality });
    progress.clear();
    if (!target.path) return await writeStandard(bytes);
    await writeWhole(target.path, bytes, target.shown);
    if (!given.quiet) console.error(target.shown);
  } finally {
    progress.clear();
  }
}

import { Command } from "commander";
import type { OutputFormat } from "../image/format.ts";
import { options, type OutputOptions, type RuntimeOptions } from "./options.ts";

interface StylizeCommandOptions extends OutputOptions, RuntimeOptions {
  output?: string;
  alpha: number;
  size?: number;
  styleSize?: number;
  format?: OutputFormat;
  quality: number;
  overwrite?: boolean;
}

export function command(): Command {
  return new Command("stylize")
    .description("Restyle a picture after another.")
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

async function stylize(
  content: string,
  style: string,
  given: StylizeCommandOptions,
) {
  const { describe, readImage, STANDARD } = await import("./input.ts");
  const { checkWritable, writeStandard, writeWhole } = await import(
    "./output.ts"
  );
  const { chooseOutput } = await import("./target.ts");
  const { Progress } = await import("./progress.ts");
  const { UsageError } = await import("./errors.ts");
  const { loadStylizer } = await import("./runtime.ts");
  const { encodeImage, resizeShortSide } = await import("../mod.ts");

  if (content === STANDARD && style === STANDARD) {
    throw new UsageError(
      "Content and style cannot both be standard input: name a file for one",
    );
  }
  const progress = new Progress(Deno.stderr.isTerminal() && !given.quiet);
  const log = (text: string) => given.verbose && console.error(text);
  try {
    progress.step(`Reading ${describe(content)}`);
    const contentImage = await readImage(content);
    const styleImage = await readImage(style);
    const target = chooseOutput(content, style, contentImage.format, given);
    if (target.path) {
      await checkWritable(target.path, target.shown, given.overwrite ?? false);
    }

    const stylizer = await loadStylizer(given, progress);
    const { backend, manifest } = stylizer.network;
    log(`backend: ${backend.name} (${backend.device})`);
    const sizedContent = given.size
      ? await resizeShortSide(contentImage.pixels, given.size)
      : contentImage.pixels;
    const sizedStyle = await resizeShortSide(
      styleImage.pixels,
      given.styleSize ?? manifest.styleSize,
    );
    progress.step(`Reading the style of ${describe(style)}`);
    const statistics = await stylizer.encodeStyle(sizedStyle);
    progress.step(`Restyling ${describe(content)}`);
    const stylized = await stylizer.stylize(sizedContent, statistics, {
      alpha: given.alpha,
    });
    const bytes = await encodeImage(stylized, target.format, {
      quality: given.quality,
    });
    progress.clear();
    if (!target.path) return await writeStandard(bytes);
    await writeWhole(target.path, bytes, target.shown);
    if (!given.quiet) console.error(target.shown);
  } finally {
    progress.clear();
  }
}

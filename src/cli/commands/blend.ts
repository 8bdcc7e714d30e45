import { Command, InvalidArgumentError, Option } from "commander";
import type { BlendOptions, LevelOption } from "../actions/blend.ts";
import { repeated } from "../options/parsers.ts";
import { addPictureOptions } from "../options/picture_options.ts";
import { parseStyle } from "../style_name.ts";

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
      const { blend } = await import("../actions/blend.ts");
      await blend(contents, options);
    });
}

function parseLevel(text: string): LevelOption {
  const [, level, style] = /^(\d+)=(.+)$/.exec(text) ?? [];
  if (!level || !style) {
    throw new InvalidArgumentError("Expected something like 1=STYLE or 3=STYLE:0.7.");
  }
  return { level: Number(level), style: parseStyle(style) };
}

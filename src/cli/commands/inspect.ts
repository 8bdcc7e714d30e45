import { Command, Option } from "commander";
import type { InspectOptions } from "../actions/inspect.ts";
import { option } from "../options/definitions.ts";

/** The `inspect` subcommand. */
export function command(): Command {
  return new Command("inspect")
    .argument("<file>", "style pack, picture, model.json or folder of a model")
    .argument("[other]", "another style pack: shows how far apart their styles are")
    .addOption(new Option("--thumbnails <folder>", "write a pack's small pictures there"))
    .addOption(option.json())
    .addHelpText("after", "\nExample: linear-style inspect art.safetensors --thumbnails small/")
    .action(async (file: string, other: string | undefined, options: InspectOptions) => {
      const { inspect } = await import("../actions/inspect.ts");
      await inspect(file, other, options);
    });
}

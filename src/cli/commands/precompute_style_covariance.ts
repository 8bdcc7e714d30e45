import { Command, Option } from "commander";
import type { PrecomputeOptions } from "../actions/precompute_style_covariance.ts";
import { option } from "../options/definitions.ts";

/** The `precompute-style-covariance` subcommand. */
export function command(): Command {
  return new Command("precompute-style-covariance")
    .argument("<styles...>", "pictures, folders of pictures, or patterns")
    .addOption(
      new Option("-o, --output <pack>", "file to write, or - for standard output")
        .makeOptionMandatory(),
    )
    .addOption(new Option("--name <name>", "of the style, where it is one (default: its file's)"))
    .addOption(
      new Option("--pool <name>", "one style of all pictures: the sums over their pixels")
        .conflicts("name"),
    )
    .addOption(option.styleSize())
    .addOption(new Option("--strict", "stop at the first picture that cannot be read"))
    .addOption(option.overwrite())
    .addOption(option.maxPixels())
    .addOption(option.backend())
    .addOption(option.precision())
    .addOption(option.threads())
    .addOption(option.model())
    .addOption(option.quiet())
    .addOption(option.verbose())
    .addHelpText(
      "after",
      "\nExample: linear-style precompute-style-covariance art/ -o art.safetensors",
    )
    .action(async (paths: string[], options: PrecomputeOptions) => {
      const { precompute } = await import("../actions/precompute_style_covariance.ts");
      await precompute(paths, options);
    });
}

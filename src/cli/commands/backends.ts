import { Command } from "commander";
import type { BackendsOptions } from "../actions/backends.ts";
import { option } from "../options/definitions.ts";

/** The `backends` subcommand. */
export function command(): Command {
  return new Command("backends")
    .addOption(option.json())
    .addHelpText("after", "\nExample: linear-style backends")
    .action(async (options: BackendsOptions) => {
      const { showBackends } = await import("../actions/backends.ts");
      await showBackends(options);
    });
}

import { Command } from "commander";
import { BACKEND_NAMES, probeBackend } from "../../../backends/mod.ts";
import { option } from "../options/definitions.ts";
import { print } from "../io/standard_output.ts";

/** The `backends` subcommand. */
export function command(): Command {
  return new Command("backends")
    .addOption(option.json())
    .addHelpText("after", "\nExample: linear-style backends")
    .action(showBackends);
}

async function showBackends({ json }: { json?: boolean }) {
  const rows = [];
  for (const name of BACKEND_NAMES) {
    try {
      rows.push({ name, ...await probeBackend(name) });
    } catch (error) {
      rows.push({
        name,
        available: false as const,
        reason: (error as Error).message,
      });
    }
  }
  const chosen = rows.find((row) => row.available && !row.fallback)?.name;
  if (json) {
    return print(`${JSON.stringify({ auto: chosen, backends: rows }, null, 2)}\n`);
  }
  for (const row of rows) {
    const state = row.available
      ? `${row.device}${row.fallback ? " (a software renderer: only on request)" : ""}`
      : `not available: ${row.reason}`;
    print(`${row.name === chosen ? "*" : " "} ${row.name.padEnd(7)} ${state}\n`);
  }
  print("\n* is what --backend auto takes.\n");
}

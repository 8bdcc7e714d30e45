import { BACKEND_NAMES, probeBackend } from "../../../backends/mod.ts";
import { print } from "../io/standard_output.ts";

/** Options of the subcommand. */
export interface BackendsOptions {
  json?: boolean;
}

/** Carries out `backends`. */
export async function showBackends({ json }: BackendsOptions): Promise<void> {
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

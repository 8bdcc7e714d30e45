/**
 * What users may mean by a name that this program does not have, but others do.
 *
 * @module
 */

import type { Command } from "commander";

const OPTIONS: Record<string, string> = {
  "--force": "--overwrite",
  "--yes": "--overwrite",
  "--replace": "--overwrite",
  "--strength": "--alpha",
  "--intensity": "--alpha",
  "--opacity": "--alpha",
  "--width": "--size",
  "--height": "--size",
  "--resize": "--size",
  "--resolution": "--size",
  "--suffix": "--name",
  "--device": "--backend",
  "--gpu": "--backend",
  "--provider": "--backend",
  "--preserve-colors": "--preserve-color",
  "--keep-colors": "--preserve-color",
  "--original-colors": "--preserve-color",
  "--workers": "--jobs",
  "--silent": "--quiet",
};

const COMMANDS: Record<string, string> = {
  restyle: "stylize",
  style: "stylize",
  transfer: "stylize",
  precompute: "precompute-style-covariance",
  info: "inspect",
  identify: "inspect",
  benchmark: "bench",
  completion: "completions",
};

/**
 * What commander finds wrong with a command line, in one line, with what may have been meant.
 *
 * @param command the subcommand that was called, or the whole program
 */
export function explainUsage(message: string, command: Command): string {
  const line = message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  const [, kind, name] = /^unknown (option|command) '([^'=]+)/.exec(line) ?? [];
  const meant = kind === "option" ? OPTIONS[name!] : COMMANDS[name ?? ""];
  const isKnown = kind === "option"
    ? command.options.some(({ long }) => long === meant)
    : meant !== undefined;
  if (!meant || !isKnown) return line;
  return `${line.replace(/ \(Did you mean .*$/, "")} (Did you mean ${meant}?)`;
}

import { Command } from "commander";
import configuration from "../../deno.json" with { type: "json" };
import { EXIT_MEANINGS, ExitCode } from "./exit_codes.ts";
import { print } from "./io/standard_output.ts";

interface Subcommand {
  summary: string;
  /** A shorter name that it also answers to. */
  alias?: string;
  /** Loads its file, if it is the one that is called. */
  load: () => Promise<{ command(loadProgram: () => Promise<Command>): Command }>;
}

const SUBCOMMANDS: Record<string, Subcommand> = {
  stylize: {
    summary: "Restyle a picture after another.",
    load: () => import("./commands/stylize.ts"),
  },
  video: {
    summary: "Restyle a video after a picture, without flicker.",
    load: () => import("./commands/video.ts"),
  },
  "precompute-style-covariance": {
    summary: "Keep the styles of pictures in a pack, to restyle with them at any time.",
    alias: "pack",
    load: () => import("./commands/precompute_style_covariance.ts"),
  },
  blend: {
    summary: "Restyle a picture with a style of its own for each level, from grain to shape.",
    load: () => import("./commands/blend.ts"),
  },
  dataset: {
    summary: "Restyle a data set after pictures: labels stay, and everything is listed.",
    load: () => import("./commands/dataset.ts"),
  },
  inspect: {
    summary: "Show what a style pack, a model or a picture holds, or how far apart styles are.",
    load: () => import("./commands/inspect.ts"),
  },
  backends: {
    summary: "Show which backends work here, on what, and why others do not.",
    load: () => import("./commands/backends.ts"),
  },
  bench: {
    summary: "Measure the model on the backends: medians, in milliseconds.",
    load: () => import("./commands/bench.ts"),
  },
  completions: {
    summary: "Print a script that completes command lines in bash, zsh or fish.",
    load: () => import("./commands/completions.ts"),
  },
  man: {
    summary: "Print a manual page of all commands, as man reads it.",
    load: () => import("./commands/man.ts"),
  },
};

const EXIT_CODES = `
Each command has its own help: linear-style stylize --help

Exit codes:
${
  Object.entries(ExitCode).map(([key, code]) =>
    `  ${`${code}`.padEnd(3)}  ${EXIT_MEANINGS[key as keyof typeof ExitCode]}`
  ).join("\n")
}`;

/** The program with all its subcommands and their options. */
export function wholeProgram(): Promise<Command> {
  return createProgram(() => true);
}

/** The program with all its subcommands, but the options of those only that are needed. */
export async function createProgram(isNeeded: (names: string[]) => boolean): Promise<Command> {
  const program = new Command("linear-style")
    .description("Restyle any photo after any picture, on your own machine.")
    .version(configuration.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .addHelpText("after", EXIT_CODES);
  for (const [name, { summary, alias, load }] of Object.entries(SUBCOMMANDS)) {
    const names = [name, alias].filter((name) => name !== undefined);
    const command = isNeeded(names) ? (await load()).command(wholeProgram) : new Command(name);
    if (alias) command.alias(alias);
    program.addCommand(command.description(summary));
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: print,
      outputError: () => {}, // Errors are reported by run(), in one line.
      getOutHasColors: () => false, // By default read from the environment, which is off limits.
      getErrHasColors: () => false,
    });
  }
  return program;
}

import { Command, CommanderError } from "commander";
import configuration from "../../deno.json" with { type: "json" };
import { EXIT_MEANINGS, ExitCode, report, UsageError } from "./errors.ts";
import { clearAway } from "./io/cleanup.ts";
import { removeUnfinished } from "./io/atomic_write.ts";
import { print } from "./io/standard_output.ts";

interface Subcommand {
  summary: string;
  /** Its file, which is loaded only where it is the one that is called. */
  load: () => Promise<{ command(): Command }>;
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
    load: () => import("./commands/precompute_style_covariance.ts"),
  },
  blend: {
    summary: "Restyle a picture with a style of its own for each level, from grain to shape.",
    load: () => import("./commands/blend.ts"),
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

/** The command line, with the options of all subcommands. */
export function wholeProgram(): Promise<Command> {
  return createProgram(() => true);
}

/** The command line, with the options of some subcommands. */
async function createProgram(isNeeded: (name: string) => boolean): Promise<Command> {
  const program = new Command("linear-style")
    .description("Restyle any photo after any picture, on your own machine.")
    .version(configuration.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .addHelpText("after", EXIT_CODES);
  for (const [name, { summary, load }] of Object.entries(SUBCOMMANDS)) {
    const command = isNeeded(name) ? (await load()).command() : new Command(name);
    program.addCommand(command.description(summary));
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: print,
      outputError: () => {}, // Errors are reported here, in one line.
      getOutHasColors: () => false, // By default read from the environment, which is off limits.
      getErrHasColors: () => false,
    });
  }
  return program;
}

/** Refuses arguments of no letters: as paths they would be the folder that the user stands in. */
function checkNoneEmpty(args: readonly string[]): void {
  const index = args.findIndex((argument) => /^(--[^=]+=)?$/.test(argument));
  if (index < 0) return;
  throw new UsageError(
    `Argument ${
      index + 1
    } is empty, as where a variable is not set: give it a value, or leave it out`,
  );
}

/** Signals that end the program, and the exit codes they lead to. */
const STOPS: [Deno.Signal, number][] = Deno.build.os === "windows"
  ? [["SIGINT", ExitCode.interrupted]]
  : [["SIGINT", ExitCode.interrupted], ["SIGTERM", ExitCode.terminated]];

/** Runs a command line and tells the exit code; see {@linkcode ExitCode}. */
export async function run(args: string[]): Promise<number> {
  for (const [signal, code] of STOPS) {
    Deno.addSignalListener(signal, () => {
      clearAway();
      removeUnfinished();
      Deno.exit(code);
    });
  }
  try {
    checkNoneEmpty(args);
    const program = await createProgram((name) => name === args[0]);
    await program.parseAsync(args.length === 0 ? ["--help"] : args, { from: "user" });
    return ExitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return ExitCode.done;
      const message = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
      console.error(`error: ${message}`);
      return ExitCode.usage;
    }
    return report(error, args.includes("--verbose") || args.includes("-v"));
  }
}

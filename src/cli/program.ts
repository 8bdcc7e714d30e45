import { Command, CommanderError } from "commander";
import configuration from "../../deno.json" with { type: "json" };
import { command as backends } from "./backends.ts";
import { command as bench } from "./bench.ts";
import { ExitCode, report } from "./errors.ts";
import { command as stylize } from "./stylize.ts";

/** The whole command line. Subcommands load what they work with when they are run. */
function createProgram(): Command {
  const program = new Command("linear-style")
    .description("Restyle any photo after any picture, on your own machine.")
    .version(configuration.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .showSuggestionAfterError(true);
  for (const subcommand of [stylize(), backends(), bench()]) {
    program.addCommand(subcommand);
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      outputError: () => {}, // Errors are reported here, in one line.
      getOutHasColors: () => false, // By default read from the environment, which is off limits.
      getErrHasColors: () => false,
    });
  }
  return program;
}

/** Runs a command line and tells the exit code; see {@linkcode ExitCode}. */
export async function run(args: string[]): Promise<number> {
  Deno.addSignalListener("SIGINT", () => Deno.exit(ExitCode.interrupted));
  const program = createProgram();
  try {
    await program.parseAsync(args.length === 0 ? ["--help"] : args, {
      from: "user",
    });
    return ExitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return ExitCode.done;
      const message = error.message.replace(/^error: /, "").replace(
        /\s*\n\s*/g,
        " ",
      );
      console.error(`error: ${message}`);
      return ExitCode.usage;
    }
    return report(error, args.includes("--verbose") || args.includes("-v"));
  }
}

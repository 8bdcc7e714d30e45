import { type Command, CommanderError } from "commander";
import { UsageError } from "./errors.ts";
import { ExitCode, exitCodeFor } from "./exit_codes.ts";
import { runCleanups } from "./io/cleanup.ts";
import { createProgram } from "./program.ts";

/** Signals that end the program, and the exit codes they lead to. */
const SIGNALS: [Deno.Signal, number][] = Deno.build.os === "windows"
  ? [["SIGINT", ExitCode.interrupted]]
  : [["SIGINT", ExitCode.interrupted], ["SIGTERM", ExitCode.terminated]];

/** Runs a command line and gives its exit code; see {@linkcode ExitCode}. */
export async function run(given: readonly string[]): Promise<number> {
  for (const [signal, code] of SIGNALS) {
    Deno.addSignalListener(signal, () => {
      runCleanups();
      Deno.exit(code);
    });
  }
  const args = replaceWords(given);
  const program = await createProgram((names) => names.includes(args[0]!));
  const called = program.commands
    .find((command) => [command.name(), ...command.aliases()].includes(args[0]!)) ?? program;
  try {
    checkNoneEmpty(args);
    // `NAME --help` would print the program's help, whatever the name.
    const isUnknown = called === program && !args[0]!.startsWith("-");
    await program.parseAsync(isUnknown ? args.slice(0, 1) : args, { from: "user" });
    return ExitCode.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.done;
    const known = error instanceof UsageError || error instanceof CommanderError
      ? await withHelp(error, called, program)
      : error;
    const { Reporter } = await import("./io/reporter.ts");
    new Reporter({ verbose: args.includes("--verbose") || args.includes("-v") }).error(known);
    return exitCodeFor(known);
  }
}

/** `help`, `help COMMAND` and `version` as the options that they stand for. */
function replaceWords(args: readonly string[]): readonly string[] {
  const [word, ...more] = args;
  if (word === undefined) return ["--help"];
  if (word === "help") return [...more.slice(0, 1), "--help"];
  if (word === "version") return ["--version"];
  return args;
}

/** An error in the command line, with the command that prints help about it. */
async function withHelp(error: Error, called: Command, program: Command): Promise<UsageError> {
  const { explainUsage } = await import("./help/suggestions.ts");
  const message = error instanceof CommanderError
    ? explainUsage(error.message, called)
    : error.message;
  const words = called === program ? [] : [called.name()];
  const help = [program.name(), ...words, "--help"].join(" ");
  return new UsageError(`${message} (for help: ${help})`, { cause: error });
}

/**
 * Refuses arguments without a letter: as a path such an argument would be the current folder.
 *
 * @throws {UsageError}
 */
function checkNoneEmpty(args: readonly string[]): void {
  const index = args.findIndex((argument) => /^(--[^=]+=)?$/.test(argument));
  if (index < 0) return;
  throw new UsageError(
    `Argument ${index + 1} is empty, perhaps a variable that is not set: give it a value,` +
      " or leave it out",
  );
}

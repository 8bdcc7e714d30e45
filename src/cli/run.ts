import { CommanderError } from "commander";
import { UsageError } from "./errors.ts";
import { ExitCode, exitCodeFor } from "./exit_codes.ts";
import { runCleanups } from "./io/cleanup.ts";
import { Reporter } from "./io/reporter.ts";
import { createProgram } from "./program.ts";

/** Signals that end the program, and the exit codes they lead to. */
const SIGNALS: [Deno.Signal, number][] = Deno.build.os === "windows"
  ? [["SIGINT", ExitCode.interrupted]]
  : [["SIGINT", ExitCode.interrupted], ["SIGTERM", ExitCode.terminated]];

/** Runs a command line and gives its exit code; see {@linkcode ExitCode}. */
export async function run(args: string[]): Promise<number> {
  for (const [signal, code] of SIGNALS) {
    Deno.addSignalListener(signal, () => {
      runCleanups();
      Deno.exit(code);
    });
  }
  try {
    checkNoneEmpty(args);
    const program = await createProgram((names) => names.includes(args[0]!));
    await program.parseAsync(args.length === 0 ? ["--help"] : args, { from: "user" });
    return ExitCode.done;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return ExitCode.done;
    const error = thrown instanceof CommanderError ? usageErrorOf(thrown) : thrown;
    new Reporter({ verbose: args.includes("--verbose") || args.includes("-v") }).error(error);
    return exitCodeFor(error);
  }
}

/** What commander finds wrong with a command line, in one line. */
function usageErrorOf({ message }: CommanderError): UsageError {
  return new UsageError(message.replace(/^error: /, "").replace(/\s*\n\s*/g, " "));
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

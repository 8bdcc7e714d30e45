import { UsageError } from "./errors.ts";

/** Exit codes, the same for every subcommand. */
export const ExitCode = {
  done: 0,
  /** Something failed: a file, a backend, a disk. */
  failed: 1,
  /** The command line was wrong. */
  usage: 2,
  interrupted: 130,
  terminated: 143,
} as const;

/** What the exit codes mean. */
export const EXIT_MEANINGS: Record<keyof typeof ExitCode, string> = {
  done: "done",
  failed: "something failed",
  usage: "wrong usage",
  interrupted: "interrupted",
  terminated: "terminated",
};

/** The exit code for an error. */
export function exitCodeFor(error: unknown): number {
  return error instanceof UsageError ? ExitCode.usage : ExitCode.failed;
}

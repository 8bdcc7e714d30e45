import { UsageError } from "../errors.ts";
import { STANDARD } from "./paths.ts";

/**
 * Refuses a command line that reads standard input twice.
 *
 * @throws {UsageError}
 */
export function checkStandardInput(paths: (string | undefined)[]): void {
  if (paths.filter((path) => path === STANDARD).length > 1) {
    throw new UsageError("Only one of the files can be standard input: name a file for the others");
  }
}

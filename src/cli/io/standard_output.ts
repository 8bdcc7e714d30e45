import { explainSystemError, FileError, UsageError } from "../errors.ts";

/**
 * Refuses to fill a terminal with bytes.
 *
 * @throws {UsageError}
 */
export function checkRedirected(): void {
  if (Deno.stdout.isTerminal()) {
    throw new UsageError("Standard output is a terminal: redirect it, or name a file with -o");
  }
}

/**
 * Writes to standard output.
 *
 * @throws {FileError} if it cannot be written, or its reader has closed it.
 */
export async function writeStandard(bytes: Uint8Array): Promise<void> {
  try {
    for (let sent = 0; sent < bytes.length;) {
      sent += await Deno.stdout.write(bytes.subarray(sent));
    }
  } catch (error) {
    throw cannotWriteStandard(error);
  }
}

/**
 * Prints text to standard output. A reader that has closed it has seen enough.
 *
 * @throws {FileError} if it cannot be written.
 */
export function print(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw cannotWriteStandard(error);
  }
}

function cannotWriteStandard(error: unknown): FileError {
  const reason = explainSystemError(error);
  return new FileError(`Cannot write to standard output: ${reason}`, { cause: error });
}

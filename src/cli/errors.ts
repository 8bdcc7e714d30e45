import type { ErrorCode, LibraryError } from "../mod.ts";

/** A command line that cannot be run as it stands. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** A file that cannot be read or written; its message names it. */
export class FileError extends Error {
  override name = "FileError";
}

/** A file that may not be replaced. */
export class FileExistsError extends FileError {
  override name = "FileExistsError";

  /** @param shown its path, as the user gave it */
  constructor(shown: string, options?: ErrorOptions) {
    super(`Cannot write ${quote(shown)}: the file exists; --overwrite replaces it`, options);
  }
}

/** A path as messages show it, quoted and on one line. */
export function quote(path: string): string {
  return JSON.stringify(path);
}

/** The reason of a file system error, in plain words. */
export function explainSystemError(error: unknown): string {
  const { errors } = Deno;
  const { message } = error as Error;
  if (error instanceof errors.NotFound) return "there is no such file";
  if (error instanceof errors.PermissionDenied) return "the system does not permit it";
  if (error instanceof errors.NotCapable) return "Deno may not: add --allow-read, --allow-write";
  if (error instanceof errors.IsADirectory) return "it is a folder, not a file";
  if (error instanceof errors.FilesystemLoop) return "its symbolic links lead in a circle";
  if (error instanceof errors.BrokenPipe) return "its reader has closed it";
  if (error instanceof errors.NotADirectory) return "a part of its path is not a folder";
  if (/\bos error 28\b/.test(message)) return "the disk is full";
  if (/\bos error 36\b/.test(message)) return "the name is too long";
  return message.replace(/\s*\(os error \d+\).*$/s, "").split("\n")[0]!;
}

/** Advice that is added to errors of the library, by their code. */
const HINTS: Partial<Record<ErrorCode, string>> = {
  "too-many-pixels": "--max-pixels sets the limit",
  "frames-too-large": "--steady 0 does without it",
  "unsupported-precision": "leave out --precision",
  "model-mismatch": "make the pack again with precompute-style-covariance",
  "ambiguous-style": "name one after a #, as in FILE#NAME",
};

/** The message of an error in one line, with the option that helps where there is one. */
export function describeError(error: unknown): string {
  const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as LibraryError;
    if (code && Object.hasOwn(HINTS, code)) return `${line} (${HINTS[code]})`;
  }
  return line!;
}

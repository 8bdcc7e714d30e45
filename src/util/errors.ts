/**
 * Errors of the library. Messages stand on their own; a code lets a program add advice of its own,
 * such as the name of a command-line option.
 *
 * @module
 */

/** Reason of an error that a caller may be able to do something about. */
export type ErrorCode =
  /** A picture exceeds the limit of pixels. */
  | "too-many-pixels"
  /** The file is in no format that can be read. */
  | "unsupported-format"
  /** The file is damaged or cut off. */
  | "damaged"
  /** Decoding the file took far more time than usual. */
  | "too-slow"
  /** The output format cannot hold so many pixels a side. */
  | "too-large-for-format"
  /** There is not enough memory. */
  | "out-of-memory"
  /** Frames are too large for the stabilizer's memory. */
  | "frames-too-large"
  /** The device cannot compute in the requested precision. */
  | "unsupported-precision"
  /** Statistics of a style come from another model. */
  | "model-mismatch"
  /** A pack holds several styles, and none was named. */
  | "ambiguous-style";

/** Options of {@linkcode LibraryError}. */
export interface LibraryErrorOptions extends ErrorOptions {
  /** Reason of the error, where a caller may act on it. */
  code?: ErrorCode;
}

/** Base of the errors that the library throws for files, models and devices. */
export class LibraryError extends Error {
  /** Reason of the error, where a caller may act on it. */
  declare readonly code?: ErrorCode;

  /** Makes an error with a message, and a code where there is one. */
  constructor(message: string, { code, ...options }: LibraryErrorOptions = {}) {
    super(message, options);
    if (code) this.code = code;
  }
}

/** Message and code of an error, as sent between threads. */
export interface SentError {
  error: string;
  code?: ErrorCode;
}

/** An error's message and code, to be sent to another thread. */
export function sendError(error: unknown): SentError {
  if (!(error instanceof Error)) return { error: String(error) };
  const { code } = error as LibraryError;
  return { error: error.message, ...(code ? { code } : {}) };
}

import { LibraryError } from "../../util/errors.ts";

/** A lookup table that cannot be read. */
export class LutError extends LibraryError {
  /** `"LutError"`. */
  override name = "LutError";
}

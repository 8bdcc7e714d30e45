import { LibraryError } from "../util/errors.ts";

/** A clip that cannot be read or written. */
export class VideoError extends LibraryError {
  /** `"VideoError"`. */
  override name = "VideoError";
}

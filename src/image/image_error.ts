import { LibraryError } from "../util/errors.ts";

/** An image that cannot be read, written or used. */
export class ImageError extends LibraryError {
  /** `"ImageError"`. */
  override name = "ImageError";
}

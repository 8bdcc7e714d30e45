/**
 * Formats that are recognized to be refused with good advice.
 *
 * @module
 */

import { ImageError } from "../image_error.ts";

/** What a picture is that cannot be read, and what to do about it. */
interface RefusedFormat {
  /** Matches the start of a file, one character a byte. */
  readonly signature: RegExp;
  /** File name suffixes that count as pictures in a folder. */
  readonly suffixes: readonly string[];
  readonly reason: string;
}

/** HEIC: AVIF's container, with a codec that is not free. */
export const heic: RefusedFormat = {
  signature: /^....ftyp(hei[cxms]|hev[cxms]|(mif1|msf1)(?!.*avi[fs]))/s,
  suffixes: ["heic", "heif"],
  reason: "The file is a HEIC picture: export it as JPEG, PNG or AVIF first",
};

/** RAW files of cameras. */
export const raw: RefusedFormat = {
  signature: /^....ftypcrx |^II\*\0....CR|^FUJIFILMCCD-RAW|^II(RO|RS|U\0)|^FOVb|^\0MR[MI]/s,
  suffixes: [],
  reason: "The file is a camera's RAW file: develop it to TIFF, PNG or JPEG first",
};

/** The error for a camera's RAW file, where only a directory in the file tells. */
export function rawFileError(): ImageError {
  return new ImageError(raw.reason, { code: "unsupported-format" });
}

/**
 * ICC profiles: which colors the numbers of a picture mean.
 *
 * @see ICC.1:2022
 * @module
 */

import { ascii, viewOf } from "../../util/bytes.ts";

/** A profile's own name, as `Display P3`; where it has none, the kind of its colors. */
export function profileName(profile: Uint8Array): string {
  try {
    const view = viewOf(profile);
    for (let at = 132; at < 132 + 12 * Math.min(view.getUint32(128), 100); at += 12) {
      if (ascii(profile, at, at + 4) !== "desc") continue;
      return readText(profile, view.getUint32(at + 4)).replace(/[\0\p{Cc}].*$/su, "");
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return colorSpace(profile).trim() || "damaged";
}

/** Of version 2: text; of version 4: the first of several texts in UTF-16. */
function readText(profile: Uint8Array, start: number): string {
  const view = viewOf(profile);
  if (ascii(profile, start, start + 4) === "desc") {
    return ascii(profile, start + 12, start + 12 + Math.min(view.getUint32(start + 8), 256));
  }
  const [length, at] = [view.getUint32(start + 20), view.getUint32(start + 24)];
  const text = profile.slice(start + at, start + at + Math.min(length, 256));
  return new TextDecoder("utf-16be").decode(text);
}

/** The space that a profile describes: `"RGB "`, `"GRAY"`, `"CMYK"` and so on. */
export function colorSpace(profile: Uint8Array): string {
  return ascii(profile, 16, 20);
}

/** What profiles of a color space can describe. */
const DESCRIBED: Record<string, readonly string[]> = {
  "RGB ": ["RGB", "palette", "YCbCr", "gray"], // Gray values are equal values of red, green and blue.
  GRAY: ["gray"],
  CMYK: ["CMYK"],
  "Lab ": ["Lab"],
};

/**
 * Whether a profile describes samples of a kind.
 *
 * @param color kind of the samples, as in an image's header
 */
export function describes(profile: Uint8Array, color: string): boolean {
  return DESCRIBED[colorSpace(profile)]?.includes(color) ?? false;
}

/** Whether a profile is for a color space that is known. */
export function isKnownSpace(profile: Uint8Array): boolean {
  return DESCRIBED[colorSpace(profile)] !== undefined;
}

/** The note about a profile that cannot be used. */
export const DAMAGED_PROFILE = "The color profile is damaged: the colors are read as sRGB";

/**
 * ICC profiles: which colors the numbers of a picture mean.
 *
 * @see ICC.1:2022
 * @module
 */

import { ascii, viewOf } from "../../util/bytes.ts";
import { convertByMatrix } from "./matrix_profile.ts";
import { ImageError } from "../image_error.ts";
import { type Pixels, type Samples, toEightBits, toSixteenBits } from "../pixels.ts";

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

/** `"RGB "`, `"GRAY"`, `"CMYK"` and so on. */
function colorSpace(profile: Uint8Array): string {
  return ascii(profile, 16, 20);
}

/**
 * A picture in sRGB, whatever its profile; its memory is taken. One of 16 bits a channel is rounded
 * to 8 on the way where its profile has tables.
 *
 * @throws {ImageError} if the profile is damaged.
 */
export async function toSrgb<S extends Samples>(
  pixels: Pixels<S>,
  profile: Uint8Array,
): Promise<Pixels<S>> {
  // CMYK and Lab are no RGB even while they are decoded: the codec has converted them.
  const space = colorSpace(profile);
  if (space !== "RGB " && space !== "GRAY") return pixels;
  if (/^sRGB\b/.test(profileName(profile))) return pixels;
  try {
    const deep = pixels.data instanceof Uint16Array;
    if (deep && convertByMatrix(pixels as Pixels<Uint16Array>, profile)) return pixels;
    const { convertWithMagick } = await import("../formats/magick.ts");
    const eight = toEightBits(pixels);
    await convertWithMagick(eight, profile, space === "GRAY");
    return (deep ? toSixteenBits(eight) : eight) as Pixels<S>;
  } catch (error) {
    throw new ImageError("The color profile in the file is damaged", {
      code: "damaged",
      cause: error,
    });
  }
}

import type { Note } from "../note.ts";
import { type Pixels, type Samples, toEightBits, toSixteenBits } from "../pixels.ts";
import { convertByMatrix } from "./matrix_profile.ts";
import { colorSpace, DAMAGED_PROFILE, describes, isKnownSpace, profileName } from "./profile.ts";

/**
 * Converts pixels to sRGB from the colors of a profile; their memory is taken. Pixels of 16 bits a
 * channel are rounded to 8 on the way where the profile has tables. Where the profile is of no use,
 * the pixels are taken to be sRGB, and the reason is noted.
 *
 * @param color kind of the samples, as in an image's header
 */
export async function toSrgb<S extends Samples>(
  pixels: Pixels<S>,
  profile: Uint8Array,
  color: string,
  note: Note,
): Promise<Pixels<S>> {
  const space = colorSpace(profile);
  if (!describes(profile, color)) {
    const isKnown = isKnownSpace(profile);
    const other = `The color profile is for ${space.trim()} colors, not for ${color}`;
    note(isKnown ? `${other}: it is ignored` : DAMAGED_PROFILE);
    return pixels;
  }
  // CMYK and Lab were converted by the codec.
  if (space !== "RGB " && space !== "GRAY") return pixels;
  if (/^sRGB\b/.test(profileName(profile))) return pixels;
  const deep = pixels.data instanceof Uint16Array;
  try {
    if (deep && convertByMatrix(pixels as Pixels<Uint16Array>, profile)) return pixels;
    const { convertWithMagick } = await import("../formats/magick.ts");
    const eight = toEightBits(pixels);
    await convertWithMagick(eight, profile, space === "GRAY");
    return (deep ? toSixteenBits(eight) : eight) as Pixels<S>;
  } catch {
    note(DAMAGED_PROFILE);
    return pixels;
  }
}

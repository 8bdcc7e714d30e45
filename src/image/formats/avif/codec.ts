import * as decoder from "@jsquash/avif/decode.js";
import { ascii } from "../../../util/bytes.ts";
import { upright } from "../../orientation.ts";
import { type Pixels, type Samples, toSixteenBits } from "../../pixels.ts";
import type { ContainerHeader } from "../format.ts";
import type { Note } from "../../note.ts";
import { decodeDeepWithJSquash, decodeWithJSquash } from "../jsquash.ts";
import { isLoose, withoutCrop } from "./container.ts";

/** See {@linkcode Codec}. */
export function decode(bytes: Uint8Array, header: ContainerHeader, note: Note): Promise<Pixels> {
  const still = asStill(bytes);
  return tolerant(
    (file) => decodeWithJSquash(decoder, file),
    () => decodeLoosely(still, header, note),
    still,
  );
}

/** See {@linkcode Codec}. */
export function decodeDeep(
  bytes: Uint8Array,
  header: ContainerHeader,
  note: Note,
): Promise<Pixels<Uint16Array>> {
  const still = asStill(bytes);
  return tolerant(
    (file) => decodeDeepWithJSquash(decoder, file),
    async () => toSixteenBits(await decodeLoosely(still, header, note)),
    still,
  );
}

/** Offset of a file's major brand. */
const BRAND = 8;

/**
 * A file of which the still image is decoded, not the first frame of a sequence: the decoder takes
 * any auxiliary track of that for opacity, one of depth, too.
 */
function asStill(bytes: Uint8Array): Uint8Array {
  if (ascii(bytes, BRAND, BRAND + 4) !== "avis") return bytes;
  const copy = bytes.slice();
  copy.set(new TextEncoder().encode("avif"), BRAND);
  return copy;
}

/**
 * Decodes strictly; where that fails, without the crop box, and then loosely, if the file may be the
 * reason.
 */
async function tolerant<S extends Samples>(
  strictly: (file: Uint8Array) => Promise<Pixels<S>>,
  loosely: () => Promise<Pixels<S>>,
  bytes: Uint8Array,
): Promise<Pixels<S>> {
  try {
    return await strictly(bytes);
  } catch (error) {
    if (!isLoose(bytes)) throw error;
    return await strictly(withoutCrop(bytes)).catch(loosely);
  }
}

/** By ImageMagick, which turns the image upright itself: it is turned back. */
async function decodeLoosely(
  bytes: Uint8Array,
  header: ContainerHeader,
  note: Note,
): Promise<Pixels> {
  const { decodeWithMagick } = await import("../magick.ts");
  const { orientation = 1 } = header;
  const inverse = orientation === 6 ? 8 : orientation === 8 ? 6 : orientation;
  return upright(await decodeWithMagick(bytes, "AVIF", header, note), inverse);
}

import { viewOf } from "../../../util/bytes.ts";
import type { Pixels } from "../../pixels.ts";
import type { ContainerHeader, Note } from "../format.ts";
import { decodeWithMagick } from "../magick.ts";

/** Offset of the file's length in its header. */
const FILE_LENGTH = 2;

/** See {@linkcode Codec}. */
export async function decode(
  bytes: Uint8Array,
  header: ContainerHeader,
  note: Note,
): Promise<Pixels> {
  const copy = bytes.slice();
  // Many writers state another one, at which ImageMagick fails.
  viewOf(copy).setUint32(FILE_LENGTH, copy.length, true);
  const pixels = await decodeWithMagick(copy, "BMP", header, note);
  if (!header.alpha) {
    for (let index = 3; index < pixels.data.length; index += 4) pixels.data[index] = 255;
  }
  return pixels;
}

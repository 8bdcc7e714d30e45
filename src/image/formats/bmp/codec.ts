import { decodeWithMagick } from "../magick.ts";
import type { Pixels } from "../../pixels.ts";
import type { ContainerHeader, Note } from "../format.ts";

/** See {@linkcode Codec}. */
export function decode(
  bytes: Uint8Array,
  header: ContainerHeader,
  note: Note,
): Promise<Pixels> {
  return decodeWithMagick(bytes, "BMP", header, note);
}

import * as decoder from "@jsquash/jpeg/decode.js";
import type { Pixels } from "../../pixels.ts";
import type { ContainerHeader } from "../format.ts";
import type { Note } from "../../note.ts";
import { decodeWithJSquash } from "../jsquash.ts";
import { isWhole } from "./container.ts";

/** See {@linkcode Codec}. */
export async function decode(
  bytes: Uint8Array,
  header: ContainerHeader,
  note: Note,
): Promise<Pixels> {
  if (!isWhole(bytes)) throw new Error("The file ends before its picture does");
  if (header.color === "CMYK") {
    const { decodeWithMagick } = await import("../magick.ts");
    return await decodeWithMagick(bytes, "JPEG", header, note);
  }
  return await decodeWithJSquash(decoder, bytes);
}

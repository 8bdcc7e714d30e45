import type { Pixels } from "../../pixels.ts";
import type { AnimationFrame, ContainerHeader } from "../format.ts";
import type { Note } from "../../note.ts";
import { decodeFramesWithMagick, decodeWithMagick } from "../magick.ts";

/** See {@linkcode Codec}. */
export function decode(
  bytes: Uint8Array,
  header: ContainerHeader,
  note: Note,
): Promise<Pixels> {
  return decodeWithMagick(bytes, "WEBP", header, note);
}

/** See {@linkcode AnimationDecoder}. */
export function decodeFrames(bytes: Uint8Array): AsyncGenerator<AnimationFrame, void, void> {
  return decodeFramesWithMagick(bytes, "WEBP");
}

/** See {@linkcode AnimationDecoder}. */
export async function readLoops(bytes: Uint8Array): Promise<number | undefined> {
  for await (const { plays } of decodeFramesWithMagick(bytes, "WEBP")) {
    return plays === 0 ? 0 : plays === 1 ? undefined : plays - 1;
  }
}

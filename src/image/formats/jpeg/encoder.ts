import encodeJpeg from "@jsquash/jpeg/encode.js";
import { yieldToEventLoop } from "../../../util/event_loop.ts";
import { crop, type Pixels } from "../../pixels.ts";
import type { EncoderSettings } from "../format.ts";
import { flatten } from "../../planes.ts";
import { bandRows, joinBands } from "./bands.ts";

/** Color at full resolution (4:4:4); transparency is laid on white. See {@linkcode Encoder}. */
export async function encode(
  pixels: Pixels,
  { quality, effort }: EncoderSettings,
): Promise<Uint8Array[]> {
  const { width, height } = pixels;
  if (width * height > LARGE) return await joinBands(encodeBands(pixels, quality), width, height);
  if (effort === "speed") return [await encodeFast(flatten(pixels), quality, true)];
  const image = { ...flatten(pixels), colorSpace: "srgb" } as unknown as ImageData;
  const settings = { quality, "auto_subsample": false, "chroma_subsample": 1 };
  return [new Uint8Array(await encodeJpeg(image, settings))];
}

/**
 * Pixels beyond which a JPEG is encoded band by band, by another encoder. The files of the first one
 * are some per cent smaller, but it needs several times the image's memory.
 */
const LARGE = 2 ** 25;

/**
 * Encodes pixels without transparency by the other encoder.
 *
 * @param ownTables whether the file has Huffman tables of its own, or those of all files
 */
async function encodeFast(
  pixels: Pixels,
  quality: number,
  ownTables: boolean,
): Promise<Uint8Array> {
  const { encodeWithMagick } = await import("../magick.ts");
  const defines = { "jpeg:sampling-factor": "4:4:4", "jpeg:optimize-coding": `${ownTables}` };
  return await encodeWithMagick(pixels, { format: "JPEG", quality, defines });
}

/** Encodes bands, each to a JPEG, all with the same tables. */
async function* encodeBands(pixels: Pixels, quality: number): AsyncGenerator<Uint8Array> {
  const { width, height } = pixels;
  const rows = bandRows(width);
  for (let top = 0; top < height; top += rows) {
    if (top > 0) await yieldToEventLoop();
    const band = crop(pixels, { left: 0, top, width, height: Math.min(rows, height - top) });
    yield await encodeFast(flatten(band), quality, false);
  }
}

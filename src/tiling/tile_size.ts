import type { Network } from "../model/network.ts";
import { rangeError } from "../util/arguments.ts";

/**
 * How a picture is cut up: side of a tile in pixels, 64 or more; `"off"`: not at all; `"auto"`: only
 * where the whole picture does not fit the backend.
 */
export type Tile = number | "auto" | "off";

/**
 * Side of the tiles that pictures are cut into where one pass over them would not fit, in pixels.
 * Larger tiles lose less to their margins, smaller tiles need less memory.
 */
const SIDE = 1536;

/**
 * Side of the tiles for a picture, in pixels; `Infinity` for the whole picture at once.
 *
 * @throws {RangeError} if a number is not a whole one from 64 up.
 */
export function chooseTile(tile: Tile, width: number, height: number, network: Network): number {
  if (tile === "off") return Infinity;
  if (tile === "auto") {
    const limit = network.backend.maxPixels;
    if (width * height <= limit) return Infinity;
    const { radius } = network.manifest;
    const around = 2 * (radius.encoder + radius.decoder);
    return Math.min(SIDE, Math.floor(Math.sqrt(limit)) - around);
  }
  if (!(Number.isInteger(tile) && tile >= 64)) {
    throw rangeError("tile", "a whole number of pixels from 64 up", tile);
  }
  return tile;
}

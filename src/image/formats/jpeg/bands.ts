import { concatenate, viewOf } from "../../../util/bytes.ts";
import { Marker, segmentAt } from "./container.ts";

/** Side of the blocks that a JPEG codes, in pixels, where no channel is of half the resolution. */
const BLOCK = 8;

/** As many blocks as a decoder may be told to count between restarts. */
const MOST_BLOCKS = 65535;

/** Rows of the bands that a picture of some width is to be cut into, in pixels. */
export function bandRows(width: number): number {
  return BLOCK * Math.floor(MOST_BLOCKS / Math.ceil(width / BLOCK));
}

/**
 * A JPEG in pieces, from JPEGs of its bands: the head of the first with the height of the whole, and
 * the coded blocks of all, between which a decoder is told to start anew.
 *
 * @param bands of {@linkcode bandRows} rows each, but the last; in one scan, coded by tables that
 *     are the same for all, without a channel of less resolution
 * @see ISO/IEC 10918-1, B.2.4.4 and E.1.4
 */
export async function joinBands(
  bands: AsyncIterable<Uint8Array>,
  width: number,
  height: number,
): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  let restarts = 0;
  for await (const band of bands) {
    const { frame, scan, start } = findScan(band);
    if (pieces.length === 0) {
      viewOf(band).setUint16(frame + 1, height); // Behind the bits of a sample.
      const interval = new Uint8Array([0xff, Marker.DRI, 0, 4, 0, 0]);
      viewOf(interval).setUint16(4, Math.ceil(width / BLOCK) * bandRows(width) / BLOCK);
      pieces.push(concatenate([band.subarray(0, scan), interval, band.subarray(scan, start)]));
    } else pieces.push(Uint8Array.of(0xff, Marker.RST0 + restarts++ % 8));
    pieces.push(band.subarray(start, band.length - 2)); // Without the end of the picture.
  }
  pieces.push(Uint8Array.of(0xff, Marker.EOI));
  return pieces;
}

/** Where in a JPEG of one scan are: the body of its frame's head, its scan, its coded blocks. */
function findScan(bytes: Uint8Array): { frame: number; scan: number; start: number } {
  let frame = 0;
  for (let at = 2;;) {
    const { marker, start, end } = segmentAt(viewOf(bytes), at);
    if (marker === Marker.SOF0 || marker === Marker.SOF1) frame = start;
    if (marker === Marker.SOS) return { frame, scan: at, start: end };
    at = end;
  }
}

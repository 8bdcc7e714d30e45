import { concatenate, viewOf } from "../../../util/bytes.ts";
import { Marker, segmentAt } from "./container.ts";

/** Side of the coded blocks, in pixels, without chroma subsampling. */
const BLOCK = 8;

/** Largest restart interval, in blocks. */
const MOST_BLOCKS = 65535;

/** Rows of a band of an image of some width, in pixels. */
export function bandRows(width: number): number {
  return BLOCK * Math.floor(MOST_BLOCKS / Math.ceil(width / BLOCK));
}

/**
 * Joins JPEGs of the bands of an image to one JPEG, in pieces: the head of the first with the height
 * of the whole, and the coded blocks of all with restart markers between.
 *
 * @param bands of {@linkcode bandRows} rows each but the last; in one scan, with the same Huffman
 *     tables, without chroma subsampling
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
      viewOf(band).setUint16(frame + 1, height); // After the precision.
      const interval = new Uint8Array([0xff, Marker.DRI, 0, 4, 0, 0]);
      viewOf(interval).setUint16(4, Math.ceil(width / BLOCK) * bandRows(width) / BLOCK);
      pieces.push(concatenate([band.subarray(0, scan), interval, band.subarray(scan, start)]));
    } else pieces.push(Uint8Array.of(0xff, Marker.RST0 + restarts++ % 8));
    pieces.push(band.subarray(start, band.length - 2)); // Without EOI.
  }
  pieces.push(Uint8Array.of(0xff, Marker.EOI));
  return pieces;
}

/** Offsets in a JPEG of one scan: of its frame header, its scan, its coded blocks. */
function findScan(bytes: Uint8Array): { frame: number; scan: number; start: number } {
  let frame = 0;
  for (let at = 2;;) {
    const { marker, start, end } = segmentAt(viewOf(bytes), at);
    if (marker === Marker.SOF0 || marker === Marker.SOF1) frame = start;
    if (marker === Marker.SOS) return { frame, scan: at, start: end };
    at = end;
  }
}

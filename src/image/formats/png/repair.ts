import { concatenate, viewOf } from "../../../util/bytes.ts";
import { inflate } from "../../../util/inflate.ts";
import { chunk, chunks, SIGNATURE } from "./container.ts";

/** First column and row, and distances of columns and rows, for each pass of an interlaced image. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * Compresses the pixels of a PNG anew, without what follows them: rows too many, or bytes after the
 * compressed stream, at which strict decoders fail.
 *
 * @returns `undefined` if pixels are missing
 */
export async function repairPixels(
  bytes: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const all = [...chunks(bytes)];
  const packed = concatenate(all.filter(({ name }) => name === "IDAT").map(({ body }) => body));
  const length = pixelBytes(all[0]!.body);
  const pixels = await inflate(packed, length);
  if (pixels.length < length) return undefined;
  const stream = new Blob([pixels]).stream().pipeThrough(new CompressionStream("deflate"));
  const again = new Uint8Array(await new Response(stream).arrayBuffer());
  const others = all.filter(({ name }) => name !== "IDAT" && name !== "IEND");
  return concatenate([
    SIGNATURE,
    ...others.map(({ whole }) => whole),
    chunk("IDAT", again),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** Bytes of all rows, each with the number of its filter, by the body of a head. */
function pixelBytes(head: Uint8Array): number {
  const view = viewOf(head);
  const [width, height, bits] = [view.getUint32(0), view.getUint32(4), view.getUint8(8)];
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[view.getUint8(9)] ?? 0;
  const passes = view.getUint8(12) === 1 ? PASSES : [[0, 0, 1, 1]] as const;
  let sum = 0;
  for (const [left, top, across, down] of passes) {
    const [columns, rows] = [Math.ceil((width - left) / across), Math.ceil((height - top) / down)];
    if (columns > 0 && rows > 0) sum += rows * (1 + Math.ceil(columns * channels * bits / 8));
  }
  return sum;
}

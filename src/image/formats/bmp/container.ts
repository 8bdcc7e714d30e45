import { viewOf } from "../../../util/bytes.ts";
import type { ContainerHeader } from "../format.ts";

/** Values of the field `biCompression` of Windows. */
const Compression = { none: 0, rle8: 1, rle4: 2, masks: 3, jpeg: 4, png: 5, masksWithAlpha: 6 };

/** Bytes of the headers of OS/2, and of those of Windows that have a mask of opacity. */
const [OS2, FIRST_WITH_ALPHA] = [12, 56];

/** Offsets in a file: of the header's length, of its other fields. */
const HEADER = 14;

/** See {@linkcode Container}. */
export function readHeader(bytes: Uint8Array): ContainerHeader {
  const view = viewOf(bytes);
  const length = view.getUint32(HEADER, true);
  const isOld = length === OS2;
  const bits = view.getUint16(HEADER + (isOld ? 10 : 14), true);
  const compression = isOld ? Compression.none : view.getUint32(HEADER + 16, true);
  const header = {
    width: isOld ? view.getUint16(18, true) : view.getInt32(18, true),
    // Negative where rows are stored from the top.
    height: isOld ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true)),
    color: bits <= 8 ? "palette" : "RGB",
    alpha: hasAlpha(view, length, compression),
    bits: bits <= 8 ? bits : 8,
    metadata: {},
  };
  const isPacked = [Compression.rle8, Compression.rle4, Compression.jpeg, Compression.png]
    .includes(compression);
  if (!isPacked && header.width * header.height * bits / 8 > bytes.length) {
    throw new RangeError("too short for its size");
  }
  return header;
}

/** The fourth byte of a pixel is opacity where a mask says so, and else without meaning. */
function hasAlpha(view: DataView, length: number, compression: number): boolean {
  const isMasked = compression === Compression.masks && length >= FIRST_WITH_ALPHA;
  return (isMasked || compression === Compression.masksWithAlpha) &&
    view.getUint32(HEADER + 52, true) !== 0;
}

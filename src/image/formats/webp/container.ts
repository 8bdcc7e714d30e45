import { ascii, viewOf } from "../../../util/bytes.ts";
import { readOrientation } from "../../metadata/exif.ts";
import type { Metadata } from "../../metadata/metadata.ts";
import type { ContainerHeader } from "../format.ts";

/** See {@linkcode Container}, and RFC 9649 for the format. */
export function readHeader(bytes: Uint8Array): ContainerHeader {
  const view = viewOf(bytes);
  const metadata: Metadata = {};
  let size: { width: number; height: number; alpha: boolean } | undefined;
  let profile: Uint8Array | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = ascii(bytes, at, at + 4);
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    const body = bytes.subarray(start, start + length);
    if (name === "ICCP") profile ??= body;
    else if (name === "EXIF") metadata.exif ??= withoutName(body);
    else if (name === "XMP ") metadata.xmp ??= body;
    else size ??= SIZES[name]?.(view, start);
    at = start + length + length % 2;
  }
  if (!size) throw new RangeError("no picture");
  return {
    ...size,
    color: "RGB",
    bits: 8,
    orientation: metadata.exif ? readOrientation(metadata.exif) : 1,
    metadata,
    ...(profile ? { profile } : {}),
  };
}

const SIZES: Record<
  string,
  (view: DataView, at: number) => Pick<ContainerHeader, "width" | "height" | "alpha">
> = {
  VP8X: (view, at) => ({
    width: 1 + (view.getUint32(at + 4, true) & 0xffffff),
    height: 1 + (view.getUint32(at + 6, true) >>> 8),
    alpha: (view.getUint8(at) & 0x10) !== 0,
  }),
  VP8L: (view, at) => {
    const bits = view.getUint32(at + 1, true);
    return {
      width: 1 + (bits & 0x3fff),
      height: 1 + (bits >>> 14 & 0x3fff),
      alpha: (bits >>> 28 & 1) !== 0,
    };
  },
  "VP8 ": (view, at) => ({
    width: view.getUint16(at + 6, true) & 0x3fff,
    height: view.getUint16(at + 8, true) & 0x3fff,
    alpha: false,
  }),
};

/** Some writers put JPEG's name for EXIF before the data. */
function withoutName(exif: Uint8Array): Uint8Array {
  return ascii(exif, 0, 6) === "Exif\0\0" ? exif.subarray(6) : exif;
}

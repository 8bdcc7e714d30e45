import { ascii, concatenate, viewOf } from "../../../util/bytes.ts";
import { readOrientation } from "../../metadata/exif.ts";
import type { Metadata } from "../../metadata/metadata.ts";
import { ImageError } from "../../image_error.ts";
import { srgbProfile } from "../../color/srgb.ts";
import type { ContainerHeader } from "../format.ts";

/** Markers, by their names in ISO/IEC 10918-1. */
export const Marker = {
  SOF0: 0xc0,
  SOF1: 0xc1,
  RST0: 0xd0,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DRI: 0xdd,
  APP1: 0xe1,
  APP2: 0xe2,
} as const;

const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";
const PROFILE = "ICC_PROFILE\0";

/** Walks the segments up to the first scan; see {@linkcode Container}. */
export function readHeader(bytes: Uint8Array): ContainerHeader {
  const view = viewOf(bytes);
  const metadata: Metadata = {};
  const profile: Uint8Array[] = [];
  let frame: ContainerHeader | undefined;
  for (let at = 2;;) {
    const { marker, start, end } = segmentAt(view, at);
    if (marker === Marker.SOS || marker === Marker.EOI) break;
    const body = bytes.subarray(start, end);
    if (marker === Marker.APP1 && ascii(body, 0, EXIF.length) === EXIF) {
      metadata.exif ??= body.subarray(EXIF.length);
    } else if (marker === Marker.APP1 && ascii(body, 0, XMP.length) === XMP) {
      metadata.xmp ??= body.subarray(XMP.length);
    } else if (marker === Marker.APP2 && ascii(body, 0, PROFILE.length) === PROFILE) {
      // The number of the part, the number of parts, and the part.
      profile[body[PROFILE.length]!] = body.subarray(PROFILE.length + 2);
    } else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      checkProcess(marker);
      frame = readFrame(view, start);
    }
    at = end;
  }
  if (!frame) throw new RangeError("no frame before the scan");
  checkLength(frame, bytes);
  const orientation = metadata.exif ? readOrientation(metadata.exif) : 1;
  const parts = profile.filter((part) => part);
  return {
    ...frame,
    orientation,
    metadata,
    ...(parts.length > 0 ? { profile: concatenate(parts) } : {}),
  };
}

function readFrame(view: DataView, at: number): ContainerHeader {
  const components = view.getUint8(at + 5);
  const bits = view.getUint8(at);
  if (bits !== 8) {
    throw new ImageError(`The JPEG file has ${bits} bits a channel, of which 8 can be read`, {
      code: "unsupported-format",
    });
  }
  return {
    width: view.getUint16(at + 3),
    height: view.getUint16(at + 1),
    color: { 1: "gray", 3: "RGB", 4: "CMYK" }[components] ?? `${components} channels`,
    alpha: false,
    bits,
    metadata: {},
  };
}

/** Kinds of frames that no decoder here reads, by their markers. */
const UNREADABLE: Partial<Record<number, string>> = {
  0xc3: "lossless",
  0xc5: "hierarchical",
  0xc6: "hierarchical",
  0xc7: "hierarchical",
  0xc9: "arithmetically coded",
  0xca: "arithmetically coded",
  0xcb: "arithmetically coded",
  0xcd: "hierarchical",
  0xce: "hierarchical",
  0xcf: "hierarchical",
};

/** @throws {ImageError} naming a kind of JPEG that cannot be read. */
function checkProcess(marker: number): void {
  const kind = UNREADABLE[marker];
  if (!kind) return;
  throw new ImageError(
    `The JPEG file is ${kind}, which cannot be read: export it as baseline JPEG`,
    {
      code: "unsupported-format",
    },
  );
}

/** A block of 8 × 8 pixels takes a bit at least. */
function checkLength({ width, height }: ContainerHeader, bytes: Uint8Array): void {
  if (width * height > 64 * 8 * bytes.length) throw new RangeError("too short for its size");
}

/** Finds the next segment at or after an offset; the one after it may begin at `end`. */
export function segmentAt(
  view: DataView,
  at: number,
): { marker: number; start: number; end: number } {
  while (view.getUint8(at) !== 0xff) at++;
  while (view.getUint8(at) === 0xff) at++;
  const marker = view.getUint8(at);
  const start = at + 1;
  const bare = marker === 0x01 || (marker >= 0xd0 && marker <= Marker.EOI);
  if (bare) return { marker, start, end: start };
  const length = view.getUint16(start);
  if (length < 2) throw new RangeError("a segment without its length");
  return { marker, start: start + 2, end: start + length };
}

/**
 * Whether a file has the end of its image. Decoders paint what is missing gray, and report no
 * error.
 */
export function isWhole(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  try {
    for (let at = 2;;) {
      const { marker, end } = segmentAt(view, at);
      if (marker === Marker.EOI) return true;
      at = marker === Marker.SOS ? endOfScan(bytes, end) : end;
    }
  } catch {
    return false;
  }
}

/** Where the coded data end: at a marker that is neither a restart nor a stuffed zero. */
function endOfScan(bytes: Uint8Array, at: number): number {
  for (;; at += 2) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) throw new RangeError("a scan without an end");
    const next = bytes[at + 1];
    if (next === 0xff) at--; // A fill byte.
    else if (next !== 0 && !(next! >= 0xd0 && next! <= 0xd7)) return at;
  }
}

/** Longest body of a segment, in bytes. */
const LONGEST = 65533;

/**
 * Adds a profile of sRGB, too. Metadata too long for a segment are left out. See
 * {@linkcode Container}.
 */
export function addMetadata(bytes: Uint8Array, { exif, xmp }: Metadata): Uint8Array {
  const parts = [bytes.subarray(0, 2)];
  const segments = [
    [Marker.APP1, EXIF, exif],
    [Marker.APP1, XMP, xmp],
    [Marker.APP2, `${PROFILE}\x01\x01`, srgbProfile()], // The first part of one.
  ] as const;
  for (const [marker, name, body] of segments) {
    if (!body || name.length + body.length > LONGEST) continue;
    const head = new Uint8Array(4);
    viewOf(head).setUint16(0, 0xff00 | marker);
    viewOf(head).setUint16(2, 2 + name.length + body.length);
    parts.push(head, new TextEncoder().encode(name), body);
  }
  return concatenate([...parts, bytes.subarray(2)]);
}

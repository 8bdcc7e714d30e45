import { ascii, concatenate, viewOf } from "../../../util/bytes.ts";
import { readOrientation, shortenExif } from "../../metadata/exif.ts";
import type { Metadata, MetadataBlock } from "../../metadata/metadata.ts";
import {
  checkResolution,
  inInches,
  type Resolution,
  resolutionOf,
} from "../../metadata/resolution.ts";
import type { Note } from "../../note.ts";
import { ImageError } from "../../image_error.ts";
import { srgbProfile } from "../../color/srgb.ts";
import type { ContainerHeader } from "../format.ts";
import { EXTENSION, Extensions, splitXmp } from "./extended_xmp.ts";

/** Markers, by their names in ISO/IEC 10918-1. */
export const Marker = {
  SOF0: 0xc0,
  SOF1: 0xc1,
  RST0: 0xd0,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DRI: 0xdd,
  APP0: 0xe0,
  APP1: 0xe1,
  APP2: 0xe2,
  APP13: 0xed,
  COM: 0xfe,
} as const;

const JFIF = "JFIF\0";
const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";
const PHOTOSHOP = "Photoshop 3.0\0";
const PROFILE = "ICC_PROFILE\0";

/** Walks the segments up to the first scan; see {@linkcode Container}. */
export function readHeader(bytes: Uint8Array): ContainerHeader {
  const view = viewOf(bytes);
  const metadata: Metadata = {};
  const profile: Uint8Array[] = [];
  const blocks: MetadataBlock[] = [];
  const extensions = new Extensions();
  let frame: ContainerHeader | undefined;
  let resolution: Resolution | undefined;
  for (let at = 2;;) {
    const { marker, start, end } = segmentAt(view, at);
    if (marker === Marker.SOS || marker === Marker.EOI) break;
    const body = bytes.subarray(start, end);
    if (marker === Marker.APP1 && ascii(body, 0, EXIF.length) === EXIF) {
      metadata.exif ??= body.subarray(EXIF.length);
    } else if (marker === Marker.APP1 && ascii(body, 0, XMP.length) === XMP) {
      metadata.xmp ??= body.subarray(XMP.length);
    } else if (marker === Marker.APP1 && ascii(body, 0, EXTENSION.length) === EXTENSION) {
      extensions.add(body.subarray(EXTENSION.length));
    } else if (marker === Marker.APP0 && ascii(body, 0, JFIF.length) === JFIF) {
      resolution ??= readResolution(body);
    } else if (marker === Marker.APP2 && ascii(body, 0, PROFILE.length) === PROFILE) {
      // The number of the part, the number of parts, and the part.
      profile[body[PROFILE.length]!] = body.subarray(PROFILE.length + 2);
    } else if (marker === Marker.APP13 && ascii(body, 0, PHOTOSHOP.length) === PHOTOSHOP) {
      const iptc = findIptc(body);
      if (iptc) {
        const bytes = segment(Marker.APP13, PHOTOSHOP, iptc);
        blocks.push({ format: "jpeg", kind: "IPTC", bytes });
      }
    } else if (marker === Marker.COM) {
      blocks.push({ format: "jpeg", kind: "comment", bytes: segment(Marker.COM, "", body) });
    } else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      checkProcess(marker);
      frame = readFrame(view, start);
    }
    at = end;
  }
  if (!frame) throw new RangeError("no frame before the scan");
  checkLength(frame, bytes);
  if (metadata.xmp) metadata.xmp = extensions.extend(metadata.xmp);
  const orientation = metadata.exif ? readOrientation(metadata.exif) : 1;
  const parts = profile.filter((part) => part);
  return {
    ...frame,
    orientation,
    metadata: {
      ...metadata,
      ...(resolution ? { resolution } : {}),
      ...(blocks.length > 0 ? { blocks } : {}),
    },
    ...(parts.length > 0 ? { profile: concatenate(parts) } : {}),
  };
}

/** The resource of Photoshop that has IPTC, with its head: the others need not be true any more. */
function findIptc(body: Uint8Array): Uint8Array | undefined {
  const view = viewOf(body);
  for (let at = PHOTOSHOP.length; at + 12 <= body.length && ascii(body, at, at + 4) === "8BIM";) {
    const name = at + 6;
    const size = name + 2 * Math.ceil((1 + view.getUint8(name)) / 2);
    if (size + 4 > body.length) return undefined;
    const end = size + 4 + 2 * Math.ceil(view.getUint32(size) / 2);
    if (view.getUint16(at + 4) === IPTC) return body.subarray(at, end);
    at = end;
  }
  return undefined;
}

/** Number of a resource. */
const IPTC = 0x0404;

/** Units of a resolution in JFIF. */
const UNITS = ["none", "inch", "centimeter"] as const;

/** The density in JFIF: a unit, and how many pixels it has across and down. */
function readResolution(jfif: Uint8Array): Resolution | undefined {
  if (jfif.length < DENSITY + 5) return undefined;
  const view = viewOf(jfif);
  const unit = UNITS[view.getUint8(DENSITY)] ?? "none";
  return checkResolution(view.getUint16(DENSITY + 1), view.getUint16(DENSITY + 3), unit);
}

/** Offset of the density in JFIF. */
const DENSITY = JFIF.length + 2;

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

/** Adds a profile of sRGB, too. See {@linkcode Container}. */
export function addMetadata(bytes: Uint8Array, metadata: Metadata, note: Note): Uint8Array {
  const { exif, xmp, blocks = [] } = metadata;
  const { marker, start, end } = segmentAt(viewOf(bytes), 2);
  const isJfif = marker === Marker.APP0 && ascii(bytes, start, start + JFIF.length) === JFIF;
  const head = bytes.slice(0, isJfif ? end : 2);
  const resolution = resolutionOf(metadata);
  if (isJfif && resolution) writeResolution(head.subarray(start), resolution);
  return concatenate([
    head,
    ...(exif ? exifSegments(exif, note) : []),
    ...(xmp ? xmpSegments(xmp, note) : []),
    ...blocks.map(({ bytes }) => bytes),
    segment(Marker.APP2, `${PROFILE}\x01\x01`, srgbProfile()), // The first part of one.
    bytes.subarray(head.length),
  ]);
}

/** Writes a density in pixels an inch, as other programs do. */
function writeResolution(jfif: Uint8Array, resolution: Resolution): void {
  const { x, y, unit } = inInches(resolution);
  const view = viewOf(jfif);
  view.setUint8(DENSITY, UNITS.indexOf(unit));
  for (const [index, value] of [x, y].entries()) {
    view.setUint16(DENSITY + 1 + 2 * index, Math.max(1, Math.min(65535, Math.round(value))));
  }
}

function exifSegments(exif: Uint8Array, note: Note): Uint8Array[] {
  const { exif: short, leftOut } = shortenExif(exif, LONGEST - EXIF.length);
  if (leftOut.length > 0) note(tooLong("EXIF", exif, `${leftOut.join(", ")} left out`));
  return [segment(Marker.APP1, EXIF, short)];
}

function xmpSegments(xmp: Uint8Array, note: Note): Uint8Array[] {
  const most = LONGEST - XMP.length;
  if (xmp.length <= most) return [segment(Marker.APP1, XMP, xmp)];
  const split = splitXmp(xmp, most);
  if (split) {
    return [
      segment(Marker.APP1, XMP, split.main),
      ...split.parts(LONGEST - EXTENSION.length)
        .map((part) => segment(Marker.APP1, EXTENSION, part)),
    ];
  }
  note(tooLong("XMP", xmp, "left out"));
  return [];
}

function tooLong(what: string, { length }: Uint8Array, fate: string): string {
  return `Its ${what} has ${Math.ceil(length / 1024)} KB, of which JPEG holds 64: ${fate}`;
}

function segment(marker: number, name: string, body: Uint8Array): Uint8Array {
  const head = new Uint8Array(4);
  viewOf(head).setUint16(0, 0xff00 | marker);
  viewOf(head).setUint16(2, 2 + name.length + body.length);
  return concatenate([head, new TextEncoder().encode(name), body]);
}

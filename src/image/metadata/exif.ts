/**
 * EXIF: tags about a picture, in the structure of a TIFF file.
 *
 * @see CIPA DC-008
 * @module
 */

import { concatenate, viewOf } from "../../util/bytes.ts";
import { type Directory, Tag, Tiff } from "./tiff_directory.ts";
import { type Fields, readFields, writeDirectory } from "./tiff_fields.ts";

/** The orientation in EXIF, 1 (upright) to 8; 1 where there is none, or EXIF is damaged. */
export function readOrientation(exif: Uint8Array): number {
  try {
    const value = new Tiff(viewOf(exif)).number(Tag.orientation) ?? 1;
    return value >= 1 && value <= 8 ? value : 1;
  } catch {
    return 1;
  }
}

/**
 * EXIF for an image that was turned upright, converted to sRGB and changed: without orientation,
 * size and thumbnail. All else stays where it is, as makers' notes refer to offsets.
 *
 * @returns `undefined` if EXIF is damaged, or nothing is left
 */
export function exifForResult(exif: Uint8Array): Uint8Array | undefined {
  const copy = exif.slice();
  try {
    const tiff = new Tiff(viewOf(copy));
    if (tiff.first.next !== 0) {
      const second = tiff.directory(tiff.first.next);
      const start = tiff.number(Tag.thumbnailStart, second) ?? 0;
      copy.fill(0, start, start + (tiff.number(Tag.thumbnailLength, second) ?? 0));
      tiff.view.setUint32(tiff.first.start + 2 + 12 * tiff.first.entries.length, 0);
    }
    const exifStart = tiff.number(Tag.exifDirectory);
    if (exifStart !== undefined) {
      const directory = tiff.directory(exifStart);
      const space = directory.entries.find(({ tag }) => tag === Tag.colorSpace);
      if (space) tiff.view.setUint16(space.start, 1, tiff.littleEndian); // sRGB.
      removeEntries(tiff, directory, [Tag.pixelWidth, Tag.pixelHeight, Tag.interoperability]);
    }
    removeEntries(tiff, tiff.first, [Tag.orientation]);
    return tiff.directory(tiff.first.start).entries.length > 0 ? copy : undefined;
  } catch {
    return undefined;
  }
}

/** Removes entries of a directory, in place; values that lie elsewhere stay. */
function removeEntries(tiff: Tiff, { start, entries }: Directory, tags: number[]): void {
  const bytes = new Uint8Array(tiff.view.buffer, tiff.view.byteOffset, tiff.view.byteLength);
  const end = start + 2 + 12 * entries.length + 4;
  let kept = entries.length;
  for (let index = entries.length - 1; index >= 0; index--) {
    if (!tags.includes(entries[index]!.tag)) continue;
    const at = start + 2 + 12 * index;
    bytes.copyWithin(at, at + 12, end);
    kept--;
  }
  tiff.view.setUint16(start, kept, tiff.littleEndian);
}

/** Tags of an image that say who made it, when, how and for which size in print. */
const DESCRIPTIVE: readonly number[] = [
  ...[Tag.description, Tag.make, Tag.model, Tag.xResolution, Tag.yResolution, Tag.resolutionUnit],
  ...[Tag.software, Tag.dateTime, Tag.artist, Tag.hostComputer, Tag.copyright, Tag.rating],
  ...[0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f], // Title, comment and so on, of Windows.
  ...[Tag.exifDirectory, Tag.gpsDirectory],
];

/** The tags of EXIF, or of a TIFF, that describe its image; none where it is damaged. */
export function readDescription(bytes: Uint8Array): Fields {
  try {
    const tiff = new Tiff(viewOf(bytes));
    return readFields(tiff, tiff.first, DESCRIPTIVE);
  } catch {
    return new Map();
  }
}

/** Tags as EXIF. */
export function writeExif(fields: Fields): Uint8Array {
  const head = new Uint8Array(8);
  head.set(new TextEncoder().encode("II*\0"));
  viewOf(head).setUint32(4, head.length, true);
  return concatenate([head, writeDirectory(fields, head.length)]);
}

/** How many pixels go to an inch or a centimeter in print. */
export interface Resolution {
  x: number;
  y: number;
  unit: "none" | "inch" | "centimeter";
}

/** The resolution in EXIF, if any. */
export function readResolution(exif: Uint8Array): Resolution | undefined {
  const fields = readDescription(exif);
  const [x, y] = [Tag.xResolution, Tag.yResolution].map((tag) => {
    const field = fields.get(tag);
    if (!field || field instanceof Map || field.type !== 5) return undefined;
    const view = viewOf(field.bytes);
    return view.getUint32(0, true) / view.getUint32(4, true);
  });
  if (!(x! > 0 && y! > 0 && Number.isFinite(x! + y!))) return undefined;
  const unit = fields.get(Tag.resolutionUnit);
  const code = unit && !(unit instanceof Map) ? unit.bytes[0] : 2;
  return { x: x!, y: y!, unit: code === 3 ? "centimeter" : code === 1 ? "none" : "inch" };
}

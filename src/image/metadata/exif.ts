/**
 * EXIF: tags about a picture, in the structure of a TIFF file.
 *
 * @see CIPA DC-008
 * @module
 */

import { concatenate, viewOf } from "../../util/bytes.ts";
import type { Note } from "../note.ts";
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
 * @param note called if EXIF is damaged
 * @returns `undefined` if EXIF is damaged, or nothing is left
 */
export function exifForResult(exif: Uint8Array, note: Note): Uint8Array | undefined {
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
    note("Its EXIF is left out: it is damaged");
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
  ...[Tag.documentName, Tag.pageName, Tag.ratingPercent, Tag.iptc],
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

/** Names of tags whose values are long. */
const LONG_TAGS: Record<number, string> = {
  [Tag.makerNote]: "MakerNote",
  [Tag.userComment]: "UserComment",
};

/**
 * EXIF of some bytes at most: its longest values are left out, where it is longer.
 *
 * @returns EXIF, and what the values that are left out are called
 */
export function shortenExif(
  exif: Uint8Array,
  most: number,
): { exif: Uint8Array; leftOut: string[] } {
  const leftOut: string[] = [];
  if (exif.length <= most) return { exif, leftOut };
  const tiff = new Tiff(viewOf(exif));
  const fields = readFields(tiff, tiff.first);
  for (let short = writeExif(fields);; short = writeExif(fields)) {
    if (short.length <= most) return { exif: short, leftOut };
    leftOut.push(removeLongest(fields));
  }
}

/** Removes the longest value, and tells its name. */
function removeLongest(fields: Fields): string {
  const values = (within: Fields): { within: Fields; tag: number; length: number }[] =>
    [...within].flatMap(([tag, field]) =>
      field instanceof Map ? values(field) : { within, tag, length: field.bytes.length }
    );
  const [{ within, tag }] = values(fields).sort((a, b) => b.length - a.length) as [
    ReturnType<typeof values>[number],
  ];
  within.delete(tag);
  return LONG_TAGS[tag] ?? `tag 0x${tag.toString(16).padStart(4, "0")}`;
}

/** Tags as EXIF. */
export function writeExif(fields: Fields): Uint8Array {
  const head = new Uint8Array(8);
  head.set(new TextEncoder().encode("II*\0"));
  viewOf(head).setUint32(4, head.length, true);
  return concatenate([head, writeDirectory(fields, head.length)]);
}

/**
 * EXIF: tags about a picture, in the structure of a TIFF file.
 *
 * @see CIPA DC-008
 * @module
 */

import { viewOf } from "../../util/bytes.ts";
import { type Directory, Tag, Tiff } from "./tiff_directory.ts";

/** The orientation that EXIF tells, 1 (upright) to 8; 1 where it tells none, or is damaged. */
export function readOrientation(exif: Uint8Array): number {
  try {
    const value = new Tiff(viewOf(exif)).number(Tag.orientation) ?? 1;
    return value >= 1 && value <= 8 ? value : 1;
  } catch {
    return 1;
  }
}

/**
 * EXIF as it is for a picture that was turned upright, converted to sRGB and changed: without
 * orientation, size and thumbnail. All else stays where it is, so that what makers' notes refer to
 * is still there.
 *
 * @returns `undefined` if it is damaged, or nothing is left
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

/** Moves what follows an entry of a directory over it; values that lie elsewhere stay. */
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

/** EXIF of texts alone, by their tags in ascending order. */
export function writeExif(texts: ReadonlyMap<number, string>): Uint8Array {
  const encoded = [...texts].map(([tag, text]) => {
    const bytes = new TextEncoder().encode(`${text}\0`);
    return { tag, bytes };
  });
  let end = 8 + 2 + 12 * encoded.length + 4;
  const size = encoded.reduce((sum, { bytes }) => sum + Math.max(4, bytes.length), end);
  const file = new Uint8Array(size);
  const view = viewOf(file);
  view.setUint32(0, 0x4d4d002a);
  view.setUint32(4, 8);
  view.setUint16(8, encoded.length);
  encoded.forEach(({ tag, bytes }, index) => {
    const at = 10 + 12 * index;
    view.setUint16(at, tag);
    view.setUint16(at + 2, 2);
    view.setUint32(at + 4, bytes.length);
    if (bytes.length <= 4) return file.set(bytes, at + 8);
    view.setUint32(at + 8, end);
    file.set(bytes, end);
    end += bytes.length;
  });
  return file.slice(0, end);
}

/** The texts of some tags of EXIF's first directory. */
export function readTexts(exif: Uint8Array, tags: readonly number[]): Map<number, string> {
  const texts = new Map<number, string>();
  try {
    const tiff = new Tiff(viewOf(exif));
    for (const tag of tags) {
      const bytes = tiff.bytes(tag);
      if (bytes) texts.set(tag, new TextDecoder().decode(bytes).replace(/\0.*$/s, ""));
    }
  } catch {
    // What was read before the damage stays.
  }
  return texts;
}

/**
 * EXIF: tags about a picture, in the structure of a TIFF file.
 *
 * @see CIPA DC-008, and Adobe's TIFF 6.0
 * @module
 */

/** The tags that are dealt with here. */
export const Tag = {
  subfileType: 0x00fe,
  width: 0x0100,
  height: 0x0101,
  bits: 0x0102,
  compression: 0x0103,
  photometric: 0x0106,
  description: 0x010e,
  make: 0x010f,
  model: 0x0110,
  orientation: 0x0112,
  samples: 0x0115,
  dateTime: 0x0132,
  artist: 0x013b,
  subDirectories: 0x014a,
  extraSamples: 0x0152,
  thumbnailStart: 0x0201,
  thumbnailLength: 0x0202,
  xmp: 0x02bc,
  copyright: 0x8298,
  exifDirectory: 0x8769,
  profile: 0x8773,
  colourSpace: 0xa001,
  pixelWidth: 0xa002,
  pixelHeight: 0xa003,
  interoperability: 0xa005,
  dngVersion: 0xc612,
} as const;

/** An entry of a directory. */
export interface Entry {
  tag: number;
  /** 1 byte, 2 text, 3 of 16 bits, 4 of 32 bits, and so on. */
  type: number;
  count: number;
  /** Where its values are. */
  start: number;
  /** Of its values, in bytes. */
  length: number;
}

/** The entries of a directory, and where the next begins (0: there is none). */
export interface Directory {
  /** Where it begins itself. */
  start: number;
  entries: Entry[];
  next: number;
}

const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/** A TIFF structure that can be read. */
export class Tiff {
  /** The first directory. */
  readonly first: Directory;
  readonly littleEndian: boolean;

  /** @throws {RangeError} if it is cut off, or none. */
  constructor(readonly view: DataView) {
    const order = view.getUint16(0);
    this.littleEndian = order === 0x4949;
    if (!this.littleEndian && order !== 0x4d4d) throw new RangeError("no byte order");
    this.first = this.directory(view.getUint32(4, this.littleEndian));
  }

  /** The directory that begins at an offset. */
  directory(start: number): Directory {
    const count = this.view.getUint16(start, this.littleEndian);
    const entries = Array.from(
      { length: count },
      (_, index) => this.#entry(start + 2 + 12 * index),
    );
    const after = start + 2 + 12 * count;
    const ended = after + 4 > this.view.byteLength; // Some writers leave the last link out.
    return { start, entries, next: ended ? 0 : this.view.getUint32(after, this.littleEndian) };
  }

  /** The numbers of an entry of 8, 16 or 32 bits. */
  numbers({ type, count, start }: Entry): number[] {
    const size = TYPE_BYTES[type]!;
    const read = (at: number) =>
      size === 1
        ? this.view.getUint8(at)
        : size === 2
        ? this.view.getUint16(at, this.littleEndian)
        : this.view.getUint32(at, this.littleEndian);
    return Array.from({ length: Math.min(count, 64) }, (_, index) => read(start + size * index));
  }

  /** The first number of a tag of a directory, if it is there. */
  number(tag: number, { entries }: Directory = this.first): number | undefined {
    const entry = entries.find((entry) => entry.tag === tag);
    return entry && this.numbers(entry)[0];
  }

  /** The bytes of a tag of a directory, if it is there. */
  bytes(tag: number, { entries }: Directory = this.first): Uint8Array | undefined {
    const entry = entries.find((entry) => entry.tag === tag);
    return entry &&
      new Uint8Array(this.view.buffer, this.view.byteOffset + entry.start, entry.length);
  }

  #entry(at: number): Entry {
    const type = this.view.getUint16(at + 2, this.littleEndian);
    const count = this.view.getUint32(at + 4, this.littleEndian);
    const length = (TYPE_BYTES[type] ?? 0) * count;
    const start = length <= 4 ? at + 8 : this.view.getUint32(at + 8, this.littleEndian);
    if (start + length > this.view.byteLength) throw new RangeError("an entry beyond the end");
    return { tag: this.view.getUint16(at, this.littleEndian), type, count, start, length };
  }
}

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
      const space = directory.entries.find(({ tag }) => tag === Tag.colourSpace);
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

/** The bytes of an array as a view. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

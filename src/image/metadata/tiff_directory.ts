/**
 * The structure of TIFF files, which EXIF has, too: directories of tags with their values.
 *
 * @see Adobe's TIFF 6.0
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
  stripOffsets: 0x0111,
  orientation: 0x0112,
  samples: 0x0115,
  rowsPerStrip: 0x0116,
  stripBytes: 0x0117,
  dateTime: 0x0132,
  artist: 0x013b,
  predictor: 0x013d,
  subDirectories: 0x014a,
  extraSamples: 0x0152,
  thumbnailStart: 0x0201,
  thumbnailLength: 0x0202,
  xmp: 0x02bc,
  copyright: 0x8298,
  exifDirectory: 0x8769,
  profile: 0x8773,
  colorSpace: 0xa001,
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

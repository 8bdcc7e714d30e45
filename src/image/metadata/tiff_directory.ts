/**
 * The structure of TIFF files, which EXIF has, too: directories of tags with their values.
 *
 * @see Adobe's TIFF 6.0, and BigTIFF, in which offsets have 64 bits
 * @module
 */

/** Numbers of tags. */
export const Tag = {
  subfileType: 0x00fe,
  width: 0x0100,
  height: 0x0101,
  bits: 0x0102,
  compression: 0x0103,
  photometric: 0x0106,
  fillOrder: 0x010a,
  documentName: 0x010d,
  description: 0x010e,
  make: 0x010f,
  model: 0x0110,
  stripOffsets: 0x0111,
  orientation: 0x0112,
  samples: 0x0115,
  rowsPerStrip: 0x0116,
  stripBytes: 0x0117,
  xResolution: 0x011a,
  yResolution: 0x011b,
  planar: 0x011c,
  pageName: 0x011d,
  resolutionUnit: 0x0128,
  software: 0x0131,
  dateTime: 0x0132,
  artist: 0x013b,
  hostComputer: 0x013c,
  predictor: 0x013d,
  colorMap: 0x0140,
  tileWidth: 0x0142,
  tileHeight: 0x0143,
  tileOffsets: 0x0144,
  tileBytes: 0x0145,
  subDirectories: 0x014a,
  extraSamples: 0x0152,
  sampleFormat: 0x0153,
  thumbnailStart: 0x0201,
  thumbnailLength: 0x0202,
  xmp: 0x02bc,
  rating: 0x4746,
  ratingPercent: 0x4749,
  copyright: 0x8298,
  iptc: 0x83bb,
  exifDirectory: 0x8769,
  profile: 0x8773,
  gpsDirectory: 0x8825,
  makerNote: 0x927c,
  userComment: 0x9286,
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
  /** Number of values; 0 where they would lie beyond the end. */
  count: number;
  /** Offset of the values. */
  start: number;
  /** Length of the values, in bytes. */
  length: number;
}

/** The entries of a directory, and the offset of the next one (0: there is none). */
export interface Directory {
  /** Offset of the directory. */
  start: number;
  entries: Entry[];
  next: number;
}

/** Bytes of a value, by its type. */
export const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8] as const;

/** Reads a TIFF structure. */
export class Tiff {
  /** The first directory. */
  readonly first: Directory;
  readonly littleEndian: boolean;
  /** Whether it is a BigTIFF. */
  readonly isBig: boolean;

  /** @throws {RangeError} if the structure is cut off, or none. */
  constructor(readonly view: DataView) {
    const order = view.getUint16(0);
    this.littleEndian = order === 0x4949;
    if (!this.littleEndian && order !== 0x4d4d) throw new RangeError("no byte order");
    this.isBig = view.getUint16(2, this.littleEndian) === 43;
    this.first = this.directory(this.isBig ? this.#offset(8) : this.#offset(4));
  }

  /** The directory at an offset. */
  directory(start: number): Directory {
    const [head, size] = this.isBig ? [8, 20] : [2, 12];
    const count = this.isBig ? this.#offset(start) : this.view.getUint16(start, this.littleEndian);
    if (start + head + size * count > this.view.byteLength) throw new RangeError("cut off");
    const entries = Array.from(
      { length: count },
      (_, index) => this.#entry(start + head + size * index),
    );
    const after = start + head + size * count;
    // Some writers leave out the last link.
    const isLinked = after + (this.isBig ? 8 : 4) <= this.view.byteLength;
    return { start, entries, next: isLinked ? this.#offset(after) : 0 };
  }

  /** The directory that a tag of another one points to, if there is one that can be read. */
  subdirectory(tag: number, within: Directory = this.first): Directory | undefined {
    const start = this.number(tag, within);
    if (!start) return undefined;
    try {
      return this.directory(start);
    } catch {
      return undefined;
    }
  }

  /** Whole numbers of a tag of a directory, up to a number of them; none where it is absent. */
  numbers(tag: number, { entries }: Directory = this.first, most = 64): number[] {
    const entry = entries.find((entry) => entry.tag === tag);
    if (!entry) return [];
    const { view, littleEndian } = this;
    const size = TYPE_BYTES[entry.type]!;
    const read = (at: number) =>
      size === 1
        ? view.getUint8(at)
        : size === 2
        ? view.getUint16(at, littleEndian)
        : size === 4
        ? view.getUint32(at, littleEndian)
        : Number(view.getBigUint64(at, littleEndian));
    return Array.from(
      { length: Math.min(entry.count, most) },
      (_, index) => read(entry.start + size * index),
    );
  }

  /** The first whole number of a tag of a directory, if it is there. */
  number(tag: number, directory: Directory = this.first): number | undefined {
    return this.numbers(tag, directory, 1)[0];
  }

  /** The bytes of a tag of a directory, if it is there. */
  bytes(tag: number, { entries }: Directory = this.first): Uint8Array | undefined {
    const entry = entries.find((entry) => entry.tag === tag);
    return entry && this.bytesOf(entry);
  }

  /** The bytes of an entry. */
  bytesOf({ start, length }: Entry): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset + start, length);
  }

  #entry(at: number): Entry {
    const { view, littleEndian, isBig } = this;
    const tag = view.getUint16(at, littleEndian);
    const type = view.getUint16(at + 2, littleEndian);
    const count = this.#offset(at + 4);
    const length = (TYPE_BYTES[type] ?? 0) * count;
    const [value, inline] = isBig ? [at + 12, 8] : [at + 8, 4];
    const start = length <= inline ? value : this.#offset(value);
    const isWhole = length > 0 && start + length <= view.byteLength;
    return isWhole
      ? { tag, type, count, start, length }
      : { tag, type, count: 0, start: 0, length: 0 };
  }

  #offset(at: number): number {
    return this.isBig
      ? Number(this.view.getBigUint64(at, this.littleEndian))
      : this.view.getUint32(at, this.littleEndian);
  }
}

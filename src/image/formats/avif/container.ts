import { ascii, concatenate, viewOf } from "../../../util/bytes.ts";
import { ImageError } from "../../image_error.ts";
import { colorsOfCodePoints } from "../../color/stated_colors.ts";
import type { Metadata } from "../../metadata/metadata.ts";
import type { ContainerHeader } from "../format.ts";

/** A box of the ISO base media file format (ISO/IEC 14496-12): its content's place. */
interface Box {
  type: string;
  start: number;
  end: number;
}

/** Bytes of version and flags, before the content of a "full" box. */
const FULL = 4;

/** Of the primary item; see {@linkcode Container}, and ISO/IEC 23008-12 for the boxes. */
export function readHeader(bytes: Uint8Array): ContainerHeader {
  const view = viewOf(bytes);
  const top = boxes(view, 0, bytes.length);
  if (!top.some(({ type }) => type === "meta") && top.some(({ type }) => type === "moov")) {
    throw new ImageError("The AVIF file is a sequence without a still image, and cannot be read", {
      code: "unsupported-format",
    });
  }
  const { inside, all, own } = readProperties(view, top);
  const property = (type: string) => own.find((box) => box?.type === type);
  const size = property("ispe");
  if (!size) throw new RangeError("no size");
  const color = own.find((box) =>
    box?.type === "colr" && ["prof", "rICC"].includes(ascii(bytes, box.start, box.start + 4))
  );
  const coded = own.find((box) =>
    box?.type === "colr" && ascii(bytes, box.start, box.start + 4) === "nclx"
  );
  // The range is of no interest: the decoder has converted it.
  const colors = coded &&
    colorsOfCodePoints(view.getUint16(coded.start + 4), view.getUint16(coded.start + 6));
  const { isGray, bits } = readSamples(view, property("pixi"), property("av1C"));
  const rotation = property("irot");
  const mirror = property("imir");
  return {
    width: view.getUint32(size.start + FULL),
    height: view.getUint32(size.start + FULL + 4),
    color: isGray ? "gray" : "RGB",
    alpha: all.some(({ type, start, end }) =>
      type === "auxC" && /alpha|:auxid:1/.test(ascii(bytes, start + FULL, end))
    ),
    bits,
    orientation: orientationOf(
      rotation ? view.getUint8(rotation.start) & 3 : 0,
      mirror ? view.getUint8(mirror.start) & 1 : undefined,
    ),
    metadata: readMetadata(bytes, inside),
    ...(colors ? { colors } : {}),
    ...(color ? { profile: bytes.subarray(color.start + 4, color.end) } : {}),
  };
}

/** The boxes in `meta`, the properties of all items, and those of the primary one. */
function readProperties(view: DataView, top: Box[]) {
  const meta = find(top, "meta");
  const inside = boxes(view, meta.start + FULL, meta.end);
  const primary = readId(view, find(inside, "pitm"));
  const iprp = find(inside, "iprp");
  const parts = boxes(view, iprp.start, iprp.end);
  const ipco = find(parts, "ipco");
  const all = boxes(view, ipco.start, ipco.end);
  const used = associations(view, find(parts, "ipma"));
  const own = used.filter(({ item }) => item === primary).map(({ index }) => all[index - 1]);
  return { inside, all, used, own };
}

/** Whether strict decoders may fail at a file: it does not list its channels, or is to be cropped. */
export function isLoose(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  const { own } = readProperties(view, boxes(view, 0, bytes.length));
  const has = (type: string) => own.some((box) => box?.type === type);
  return !has("pixi") || has("clap");
}

/** Kind and bits of the samples, by the list of channels, or by the configuration of the decoder. */
function readSamples(view: DataView, channels?: Box, configuration?: Box) {
  if (channels) {
    const isGray = view.getUint8(channels.start + FULL) === 1;
    return { isGray, bits: view.getUint8(channels.start + FULL + 1) };
  }
  const flags = configuration ? view.getUint8(configuration.start + 2) : 0;
  const bits = flags & 0x40 ? flags & 0x20 ? 12 : 10 : 8;
  return { isGray: (flags & 0x10) !== 0, bits };
}

/**
 * The EXIF orientation of a rotation and a flip after it.
 *
 * @param angle quarter turns, counterclockwise
 * @param axis 0: top and bottom are swapped, 1: left and right
 */
function orientationOf(angle: number, axis: number | undefined): number {
  if (axis === undefined) return [1, 8, 3, 6][angle]!;
  return axis === 0 ? [4, 5, 2, 7][angle]! : [2, 7, 4, 5][angle]!;
}

/** Lists the boxes between two offsets, up to the first invalid one. */
function boxes(view: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= to;) {
    let [length, head] = [view.getUint32(at), 8];
    if (length === 1) [length, head] = [Number(view.getBigUint64(at + 8)), 16];
    else if (length === 0) length = to - at; // To the end.
    if (length < head || at + length > to) break;
    const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)));
    found.push({ type, start: at + head, end: at + length });
    at += length;
  }
  return found;
}

function find(boxes: Box[], type: string): Box {
  const box = boxes.find((box) => box.type === type);
  if (!box) throw new RangeError(`no box ${type}`);
  return box;
}

/** Reads an identifier after version and flags: of 16 bits in version 0, of 32 later. */
function readId(view: DataView, { start }: Box): number {
  return view.getUint8(start) === 0 ? view.getUint16(start + FULL) : view.getUint32(start + FULL);
}

/** A property of an item: its index, counted from 1, and the offset of that. */
interface Association {
  item: number;
  index: number;
  offset: number;
}

/** Which properties the items have; the highest bit at an offset says that one is essential. */
function associations(view: DataView, { start }: Box): Association[] {
  const wideId = view.getUint8(start) > 0;
  const wideIndex = (view.getUint8(start + 3) & 1) !== 0;
  const entries = view.getUint32(start + FULL);
  const found: Association[] = [];
  let at = start + FULL + 4;
  for (let entry = 0; entry < entries; entry++) {
    const item = wideId ? view.getUint32(at) : view.getUint16(at);
    at += wideId ? 4 : 2;
    const count = view.getUint8(at++);
    for (let property = 0; property < count; property++) {
      const index = wideIndex ? view.getUint16(at) & 0x7fff : view.getUint8(at) & 0x7f;
      found.push({ item, index, offset: at });
      at += wideIndex ? 2 : 1;
    }
  }
  return found;
}

/** A file without the crop box of its image, which is shown whole, as in most programs. */
export function withoutCrop(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = viewOf(copy);
  const { all, used } = readProperties(view, boxes(view, 0, copy.length));
  for (const [index, { type, start }] of all.entries()) {
    if (type !== "clap") continue;
    copy.set(new TextEncoder().encode("free"), start - 4);
    for (const { index: property, offset } of used) {
      if (property === index + 1) copy[offset]! &= 0x7f;
    }
  }
  return copy;
}

function readMetadata(bytes: Uint8Array, inside: Box[]): Metadata {
  const view = viewOf(bytes);
  const metadata: Metadata = {};
  try {
    const iinf = find(inside, "iinf");
    const first = iinf.start + FULL + (view.getUint8(iinf.start) === 0 ? 2 : 4);
    for (const { type, start, end } of boxes(view, first, iinf.end)) {
      const version = view.getUint8(start);
      if (type !== "infe" || version < 2) continue;
      const id = version === 2 ? view.getUint16(start + FULL) : view.getUint32(start + FULL);
      const at = start + FULL + (version === 2 ? 4 : 6); // After the protection's index, too.
      const kind = ascii(bytes, at, at + 4);
      if (kind === "Exif") {
        const item = readItem(bytes, inside, id);
        metadata.exif = item.subarray(4 + viewOf(item).getUint32(0));
      } else if (kind === "mime" && ascii(bytes, at, end).includes("application/rdf+xml")) {
        metadata.xmp = readItem(bytes, inside, id);
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // What was read before the damage stays.
  }
  return metadata;
}

/** Reads the bytes of an item, which may be in several extents. */
function readItem(bytes: Uint8Array, inside: Box[], item: number): Uint8Array {
  const view = viewOf(bytes);
  const { start } = find(inside, "iloc");
  const version = view.getUint8(start);
  const [sizes, more] = [view.getUint8(start + FULL), view.getUint8(start + FULL + 1)];
  let at = start + FULL + 2;
  const read = (size: number) => {
    at += size;
    if (size === 8) return Number(view.getBigUint64(at - 8));
    return size === 4 ? view.getUint32(at - 4) : size === 2 ? view.getUint16(at - 2) : 0;
  };
  const count = read(version < 2 ? 2 : 4);
  for (let index = 0; index < count; index++) {
    const id = read(version < 2 ? 2 : 4);
    const method = version > 0 ? read(2) & 15 : 0;
    read(2); // Which file: this one.
    const base = read(more >> 4);
    const extents = read(2);
    const parts: Uint8Array[] = [];
    for (let extent = 0; extent < extents; extent++) {
      if (version > 0) read(more & 15);
      const offset = base + read(sizes >> 4);
      const length = read(sizes & 15);
      if (id !== item) continue;
      const from = offset + (method === 1 ? find(inside, "idat").start : 0);
      if (from + length > bytes.length) throw new RangeError("an item beyond the end");
      parts.push(bytes.subarray(from, from + length));
    }
    if (id === item) return concatenate(parts);
  }
  throw new RangeError("an item that is nowhere");
}

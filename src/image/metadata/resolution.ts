import { viewOf } from "../../util/bytes.ts";
import { readDescription, writeExif } from "./exif.ts";
import { Tag, Tiff } from "./tiff_directory.ts";
import { type Field, type Fields, shorts } from "./tiff_fields.ts";

/** How many pixels go to an inch or a centimeter in print. */
export interface Resolution {
  /** Across. */
  x: number;
  /** Down. */
  y: number;
  /** `"none"`: only the ratio of both is known. */
  unit: "none" | "inch" | "centimeter";
}

const CENTIMETERS_IN_INCH = 2.54;

/** Values of the tag `ResolutionUnit`. */
const UNITS = { none: 1, inch: 2, centimeter: 3 } as const;

/** A resolution, if it says anything. */
export function checkResolution(
  x: number,
  y: number,
  unit: Resolution["unit"],
): Resolution | undefined {
  const isKnown = x > 0 && y > 0 && Number.isFinite(x + y);
  return isKnown && !(unit === "none" && x === y) ? { x, y, unit } : undefined;
}

/** The resolution in EXIF, or a TIFF, if any. */
export function readResolution(exif: Uint8Array): Resolution | undefined {
  const fields = readDescription(exif);
  const [x, y] = [Tag.xResolution, Tag.yResolution].map((tag) => {
    const field = fields.get(tag);
    if (!field || field instanceof Map || field.type !== 5) return NaN;
    const view = viewOf(field.bytes);
    return view.getUint32(0, true) / view.getUint32(4, true);
  });
  const unit = fields.get(Tag.resolutionUnit);
  const code = unit && !(unit instanceof Map) ? unit.bytes[0] : UNITS.inch;
  const name = code === UNITS.centimeter ? "centimeter" : code === UNITS.none ? "none" : "inch";
  return checkResolution(x!, y!, name);
}

/** The resolution that a file states: in its format's own field, else in EXIF. */
export function resolutionOf(
  { resolution, exif }: { resolution?: Resolution; exif?: Uint8Array },
): Resolution | undefined {
  return resolution ?? (exif && readResolution(exif));
}

/** EXIF with the resolution, for formats that have no field of their own for it. */
export function exifWithResolution(
  { resolution, exif }: { resolution?: Resolution; exif?: Uint8Array },
): Uint8Array | undefined {
  if (!resolution || (exif && readResolution(exif))) return exif;
  return exif ? addResolution(exif, resolution) : writeExif(resolutionFields(resolution));
}

/** A resolution in pixels an inch; one without a unit stays as it is. */
export function inInches({ x, y, unit }: Resolution): Resolution {
  if (unit !== "centimeter") return { x, y, unit };
  return { x: x * CENTIMETERS_IN_INCH, y: y * CENTIMETERS_IN_INCH, unit: "inch" };
}

/** A resolution in pixels a centimeter; one without a unit stays as it is. */
export function inCentimeters({ x, y, unit }: Resolution): Resolution {
  if (unit !== "inch") return { x, y, unit };
  return { x: x / CENTIMETERS_IN_INCH, y: y / CENTIMETERS_IN_INCH, unit: "centimeter" };
}

/** A resolution as tags of a TIFF. */
export function resolutionFields({ x, y, unit }: Resolution): Fields {
  return new Map([
    [Tag.xResolution, fraction(x)],
    [Tag.yResolution, fraction(y)],
    [Tag.resolutionUnit, shorts(UNITS[unit])],
  ]);
}

/** A positive number as a fraction of two of 32 bits. */
function fraction(value: number): Field {
  const bottom = Number.isInteger(value) ? 1 : value < 1e5 ? 10_000 : 1;
  const bytes = new Uint8Array(8);
  const view = viewOf(bytes);
  view.setUint32(0, Math.min(2 ** 32 - 1, Math.round(value * bottom)), true);
  view.setUint32(4, bottom, true);
  return { type: 5, count: 1, bytes };
}

/**
 * Adds a resolution to EXIF that has none: in a copy of the first directory behind all else, so that
 * what is there stays where it is.
 */
function addResolution(exif: Uint8Array, resolution: Resolution): Uint8Array {
  const { view, first, littleEndian, isBig } = new Tiff(viewOf(exif));
  if (isBig) return exif;
  const added = resolutionFields(resolution);
  const kept = first.entries.filter(({ tag }) => !added.has(tag));
  const start = exif.length + exif.length % 2;
  const count = kept.length + added.size;
  const values = start + 2 + 12 * count + 4;
  const copy = new Uint8Array(values + 16);
  copy.set(exif);
  const target = viewOf(copy);
  target.setUint32(4, start, littleEndian);
  target.setUint16(start, count, littleEndian);
  let [at, behind] = [start + 2, values];
  const tags = [...kept.map(({ tag }) => tag), ...added.keys()].sort((a, b) => a - b);
  for (const tag of tags) {
    const field = added.get(tag) as Field | undefined;
    if (field) {
      target.setUint16(at, tag, littleEndian);
      target.setUint16(at + 2, field.type, littleEndian);
      target.setUint32(at + 4, field.count, littleEndian);
      const source = viewOf(field.bytes);
      if (field.type === 3) target.setUint16(at + 8, source.getUint16(0, true), littleEndian);
      else {
        target.setUint32(at + 8, behind, littleEndian);
        target.setUint32(behind, source.getUint32(0, true), littleEndian);
        target.setUint32(behind + 4, source.getUint32(4, true), littleEndian);
        behind += 8;
      }
    } else {
      const index = first.entries.findIndex((entry) => entry.tag === tag);
      const from = first.start + 2 + 12 * index;
      copy.set(new Uint8Array(view.buffer, view.byteOffset + from, 12), at);
    }
    at += 12;
  }
  target.setUint32(at, first.next, littleEndian);
  return copy;
}

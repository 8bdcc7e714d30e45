/**
 * Conversion to sRGB in 16 bits a channel, from ICC profiles that consist of a matrix and curves, as
 * those of working spaces and cameras do, or of one curve of gray.
 *
 * @see ICC.1:2022, annex F
 * @module
 */

import { inverse3, multiply } from "../../linear_algebra.ts";
import { ascii, viewOf } from "../../util/bytes.ts";
import type { Pixels } from "../pixels.ts";
import { convertLinear, type Linearize } from "./linear.ts";
import { COLORANTS } from "./srgb.ts";

/**
 * Converts pixels to sRGB, in place.
 *
 * @returns whether the profile is one of those; else nothing is changed
 * @throws {RangeError} if the profile is cut off
 */
export function convertByMatrix({ data }: Pixels<Uint16Array>, profile: Uint8Array): boolean {
  const tags = readTags(profile);
  const isGray = tags.has("kTRC");
  const names = isGray ? ["kTRC"] : ["rTRC", "gTRC", "bTRC"];
  // Where there is a table, it is what counts.
  if (tags.has("A2B0") || !names.every((name) => tags.has(name))) return false;
  const curves = names.map((name) => readCurve(tags.get(name)!));
  const [red, green = red, blue = red] = curves as [Linearize, ...Linearize[]];
  const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  convertLinear(data, [red, green, blue], isGray ? identity : matrixToSrgb(tags));
  return true;
}

function readTags(profile: Uint8Array): Map<string, DataView> {
  const view = viewOf(profile);
  const tags = new Map<string, DataView>();
  for (let at = 132; at < 132 + 12 * Math.min(view.getUint32(128), 100); at += 12) {
    const [start, length] = [view.getUint32(at + 4), view.getUint32(at + 8)];
    const end = Math.min(profile.length, start + length);
    tags.set(ascii(profile, at, at + 4), viewOf(profile.subarray(start, end)));
  }
  return tags;
}

/** From linear colors of a profile to those of sRGB, 3 × 3. */
function matrixToSrgb(tags: Map<string, DataView>): Float64Array {
  const columns = ["rXYZ", "gXYZ", "bXYZ"].map((name) => {
    const tag = tags.get(name);
    if (!tag) throw new RangeError(`no ${name}`);
    return [8, 12, 16].map((at) => fixed(tag, at));
  });
  return multiply(inverse3(byColumns(Object.values(COLORANTS))), byColumns(columns), 3);
}

function byColumns(columns: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from({ length: 9 }, (_, at) => columns[at % 3]![Math.floor(at / 3)]!);
}

/** Reads a curve from stored to linear values, both 0 to 1. */
function readCurve(tag: DataView): Linearize {
  const kind = tag.getUint32(0);
  if (kind === PARAMETRIC) return parametric(tag);
  if (kind !== TABLE) throw new RangeError("a curve of another kind");
  const count = tag.getUint32(8);
  if (count === 0) return (x) => x;
  if (count === 1) {
    const exponent = tag.getUint16(12) / 256;
    return (x) => x ** exponent;
  }
  return (x) => {
    const at = Math.min(x * (count - 1), count - 1 - 1e-9);
    const [below, share] = [Math.floor(at), at % 1];
    const value = (index: number) => tag.getUint16(12 + 2 * index) / 65535;
    return value(below) * (1 - share) + value(below + 1) * share;
  };
}

const TABLE = 0x63757276; // "curv"
const PARAMETRIC = 0x70617261; // "para"

/** One of the five functions that a profile can name. */
function parametric(tag: DataView): (x: number) => number {
  const kind = tag.getUint16(8);
  const count = [1, 3, 4, 5, 7][kind];
  if (!count) throw new RangeError("a function of another kind");
  const [g, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from(
    { length: count },
    (_, index) => fixed(tag, 12 + 4 * index),
  ) as [number, ...number[]];
  switch (kind) {
    case 0:
    case 1:
      return (x) => x >= -b / a ? (a * x + b) ** g : 0;
    case 2:
      return (x) => x >= -b / a ? (a * x + b) ** g + c : c;
    default:
      return (x) => x >= d ? (a * x + b) ** g + e : c * x + f;
  }
}

/** A number of 16.16 bits. */
function fixed(tag: DataView, at: number): number {
  return tag.getInt32(at) / 65536;
}

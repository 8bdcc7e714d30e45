/**
 * Colors that a file states by numbers instead of an ICC profile, and their conversion to sRGB.
 *
 * @see ITU-T H.273 (CICP), Rec. ITU-R BT.2100
 * @module
 */

import { inverse3, multiply } from "../../linear_algebra.ts";
import { ImageError } from "../image_error.ts";
import type { Pixels, Samples } from "../pixels.ts";
import { convertLinear, type Linearize } from "./linear.ts";

/** A color's place in the CIE 1931 diagram. */
export type Chromaticity = readonly [x: number, y: number];

/**
 * From stored to linear values: a power of the stored value, the curve of sRGB, or one of the two
 * of high dynamic range.
 */
export type TransferFunction = number | "sRGB" | "PQ" | "HLG";

/** What a file states about its colors. */
export interface StatedColors {
  /** As people call them: `"Display P3"`, `"BT.2020 PQ (HDR)"`. */
  name: string;
  /** Primaries and white. */
  primaries: {
    /** Red. */
    red: Chromaticity;
    /** Green. */
    green: Chromaticity;
    /** Blue. */
    blue: Chromaticity;
    /** White. */
    white: Chromaticity;
  };
  /** From stored to linear values. */
  transfer: TransferFunction;
  /** Whether black and white are at 16 and 235 of 255, as in video. */
  isNarrowRange?: boolean;
}

type Primaries = StatedColors["primaries"];

const D65: Chromaticity = [0.3127, 0.329];

function primaries(red: Chromaticity, green: Chromaticity, blue: Chromaticity, white = D65) {
  return { red, green, blue, white };
}

const SRGB = primaries([0.64, 0.33], [0.3, 0.6], [0.15, 0.06]);

/** H.273, table 2: `ColourPrimaries`. */
const PRIMARIES: Record<number, [name: string, primaries: Primaries]> = {
  1: ["BT.709", SRGB],
  4: ["BT.470 M", primaries([0.67, 0.33], [0.21, 0.71], [0.14, 0.08], [0.31, 0.316])],
  5: ["BT.470 BG", primaries([0.64, 0.33], [0.29, 0.6], [0.15, 0.06])],
  6: ["BT.601", primaries([0.63, 0.34], [0.31, 0.595], [0.155, 0.07])],
  7: ["SMPTE 240M", primaries([0.63, 0.34], [0.31, 0.595], [0.155, 0.07])],
  9: ["BT.2020", primaries([0.708, 0.292], [0.17, 0.797], [0.131, 0.046])],
  11: ["DCI-P3", primaries([0.68, 0.32], [0.265, 0.69], [0.15, 0.06], [0.314, 0.351])],
  12: ["Display P3", primaries([0.68, 0.32], [0.265, 0.69], [0.15, 0.06])],
  22: ["EBU 3213-E", primaries([0.63, 0.34], [0.295, 0.605], [0.155, 0.077])],
};

/**
 * H.273, table 3: `TransferCharacteristics`. Those of video (1, 6, 7, 11, 12, 14, 15) describe
 * cameras; what they encode is shown by the curve of sRGB.
 */
const TRANSFERS: Record<number, TransferFunction> = {
  ...Object.fromEntries([1, 2, 6, 7, 11, 12, 13, 14, 15].map((code) => [code, "sRGB"])),
  4: 2.2,
  5: 2.8,
  8: 1,
  16: "PQ",
  17: 2.6,
  18: "HLG",
};

/**
 * Colors by their code points.
 *
 * @returns `undefined` where they are those of sRGB, unspecified or unknown
 * @throws {ImageError} if the transfer function is none that can be converted.
 */
export function colorsOfCodePoints(
  primariesCode: number,
  transferCode: number,
  isNarrowRange = false,
): StatedColors | undefined {
  const transfer = TRANSFERS[transferCode];
  if (transfer === undefined && [9, 10].includes(transferCode)) {
    throw new ImageError("The colors are stored logarithmically, which cannot be read", {
      code: "unsupported-format",
    });
  }
  const [name, primaries] = PRIMARIES[primariesCode] ?? ["BT.709", SRGB];
  return describe(name, primaries, transfer ?? "sRGB", isNarrowRange);
}

/**
 * Colors by gamma, and by primaries where they are stated.
 *
 * @param exponent from stored to linear values
 * @returns `undefined` where they are those of sRGB, or senseless
 */
export function colorsOfGamma(
  exponent: number,
  stated: Primaries = SRGB,
): StatedColors | undefined {
  if (!(exponent > 0.1 && exponent < 10)) return undefined;
  const known = Object.values(PRIMARIES).find(([, primaries]) => isClose(primaries, stated));
  const [name, primaries] = known ?? ["RGB with primaries of its own", stated];
  if (!known && !isSensible(stated)) return undefined;
  // With the primaries of sRGB writers mean its curve by 2.2, the power that is closest to it.
  const isSrgb = isClose(primaries, SRGB) && Math.abs(exponent - 2.2) < 0.01;
  return describe(name, primaries, isSrgb ? "sRGB" : exponent, false);
}

function describe(
  name: string,
  primaries: Primaries,
  transfer: TransferFunction,
  isNarrowRange: boolean,
): StatedColors | undefined {
  const isSrgb = isClose(primaries, SRGB) && transfer === "sRGB";
  if (isSrgb && !isNarrowRange) return undefined;
  const curve = typeof transfer === "number"
    ? transfer === 1 ? " linear" : ` gamma ${Number(transfer.toFixed(2))}`
    : transfer === "sRGB"
    ? ""
    : ` ${transfer} (HDR)`;
  return {
    name: name + curve + (isNarrowRange ? ", video range" : ""),
    primaries,
    transfer,
    ...(isNarrowRange ? { isNarrowRange } : {}),
  };
}

function isClose(a: Primaries, b: Primaries): boolean {
  return (["red", "green", "blue", "white"] as const).every((which) =>
    a[which].every((value, axis) => Math.abs(value - b[which][axis]!) < 0.002)
  );
}

/** Whether there is a triangle with white within. */
function isSensible({ red, green, blue, white }: Primaries): boolean {
  const side = (a: Chromaticity, b: Chromaticity) =>
    (b[0] - a[0]) * (white[1] - a[1]) - (b[1] - a[1]) * (white[0] - a[0]);
  return [side(red, green), side(green, blue), side(blue, red)].every((value) => value > 1e-4) &&
    [red, green, blue, white].every(([, y]) => y > 1e-3);
}

/**
 * Converts pixels to sRGB, in place. High dynamic range is tone-mapped: white of 203 cd/m² (Rec.
 * ITU-R BT.2408) is what 1 is elsewhere, and a peak of 1000 cd/m² becomes white, by the extended
 * curve of Reinhard et al., "Photographic Tone Reproduction for Digital Images", 2002, over the
 * largest of the three channels, as in Chromium.
 */
export function convertStated<S extends Samples>(pixels: Pixels<S>, colors: StatedColors): void {
  const { transfer, isNarrowRange = false } = colors;
  const matrix = multiply(inverse3(toXyz(SRGB)), adapted(colors.primaries), 3);
  const curve = curveOf(transfer);
  const linearize: Linearize = (x) => curve(isNarrowRange ? (255 * x - 16) / 219 : x);
  const isHdr = transfer === "PQ" || transfer === "HLG";
  convertLinear(pixels.data, [linearize, linearize, linearize], matrix, {
    ...(transfer === "HLG" ? { before: displayHlg } : {}),
    ...(isHdr ? { scale: toneMap } : {}),
  });
}

/** Light of white in high dynamic range, and of its peak, in cd/m². */
const [WHITE, PEAK] = [203, 1000];

function toneMap(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue, 0);
  return (1 + most / (PEAK / WHITE) ** 2) / (1 + most);
}

/** The opto-optical transfer function of HLG: from the scene's light to that of a display. */
function displayHlg(red: number, green: number, blue: number): number {
  const light = 0.2627 * red + 0.678 * green + 0.0593 * blue;
  return PEAK / WHITE * Math.max(light, 1e-6) ** 0.2;
}

function curveOf(transfer: TransferFunction): Linearize {
  if (typeof transfer === "number") return (x) => Math.max(0, x) ** transfer;
  switch (transfer) {
    case "sRGB":
      return (x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    case "PQ":
      return (x) => {
        const power = Math.max(0, x) ** (32 / 2523);
        const light = Math.max(0, power - 107 / 128) / (2413 / 128 - 2392 / 128 * power);
        return 10_000 / WHITE * light ** (8192 / 1305);
      };
    case "HLG":
      return (x) =>
        x <= 0.5
          ? Math.max(0, x) ** 2 / 3
          : (Math.exp((x - 0.55991073) / 0.17883277) + 0.28466892) / 12;
  }
}

/** From linear RGB to XYZ, by primaries and white. */
function toXyz({ red, green, blue, white }: Primaries): Float64Array {
  const [r, g, b, w] = [red, green, blue, white].map(([x, y]) => [x / y, 1, (1 - x - y) / y]);
  const columns = Float64Array.from(
    { length: 9 },
    (_, at) => [r, g, b][at % 3]![Math.floor(at / 3)]!,
  );
  const inverse = inverse3(columns);
  const scale = [0, 1, 2].map((row) =>
    [0, 1, 2].reduce((sum, column) => sum + inverse[3 * row + column]! * w![column]!, 0)
  );
  return columns.map((value, at) => value * scale[at % 3]!);
}

/** Cone responses of Bradford. */
const BRADFORD = Float64Array.of(
  ...[0.8951, 0.2664, -0.1614],
  ...[-0.7502, 1.7135, 0.0367],
  ...[0.0389, -0.0685, 1.0296],
);

/** From linear RGB to XYZ of the white D65. */
function adapted(primaries: Primaries): Float64Array {
  const matrix = toXyz(primaries);
  const cones = ([x, y]: Chromaticity) =>
    [0, 3, 6].map((row) =>
      (BRADFORD[row]! * x + BRADFORD[row + 1]! * y + BRADFORD[row + 2]! * (1 - x - y)) / y
    );
  const [from, to] = [cones(primaries.white), cones(D65)];
  const scaled = BRADFORD.map((value, at) =>
    value * to[Math.floor(at / 3)]! / from[Math.floor(at / 3)]!
  );
  return multiply(multiply(inverse3(BRADFORD), scaled, 3), matrix, 3);
}

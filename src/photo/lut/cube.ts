/**
 * Files of lookup tables, `.cube` (Adobe, "Cube LUT Specification", version 1.0, 2013), as editors
 * of photographs and films, and ffmpeg, read and write them.
 *
 * @module
 */

import { Lut3d } from "./lut_3d.ts";
import { LutError } from "./lut_error.ts";

/** Points along the longest side of a table that is read: more would fill the memory. */
const LARGEST = 129;

/** Bytes of the longest file that is read: {@linkcode LARGEST}³ lines of ordinary numbers. */
export const MAX_CUBE_BYTES: number = 2 ** 27;

/** The largest number, away from 0, that a table may hold. */
const LARGEST_VALUE = 1000;

/** A table as the text of a `.cube` file. */
export function formatCube({ size, values }: Lut3d, title = "linear-style"): string {
  const lines = [`TITLE "${title.replaceAll(/["\r\n]/g, " ")}"`, `LUT_3D_SIZE ${size}`];
  for (let at = 0; at < values.length; at += 3) {
    lines.push([0, 1, 2].map((channel) => values[at + channel]!.toFixed(6)).join(" "));
  }
  return lines.join("\n") + "\n";
}

/**
 * Reads the text of a `.cube` file.
 *
 * @throws {LutError} if it is not one, is cut off, has other numbers than it says, or is of one
 *   dimension or of another domain than 0 to 1.
 */
export function parseCube(text: string): Lut3d {
  let size: number | undefined;
  let values: Float32Array | undefined;
  let [count, number] = [0, 0];
  for (const raw of text.split(/\r\n|\n|\r/)) {
    number++;
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (/^[A-Z]/.test(line)) {
      if (count > 0) throw new LutError(`Line ${number} has a keyword among the table's numbers`);
      const [keyword, ...words] = line.split(/\s+/);
      if (keyword === "LUT_3D_SIZE") {
        if (size !== undefined) throw new LutError("The size of the table is given twice");
        size = parseSize(words);
      } else checkKeyword(keyword!, words, number);
      continue;
    }
    if (size === undefined) {
      throw new LutError(number === 1 ? "It is no .cube file" : "The table has no LUT_3D_SIZE");
    }
    values ??= new Float32Array(3 * size ** 3);
    if (count === values.length) throw new LutError(`${tooFew(size)}: it has more`);
    for (const value of parseColor(line, number)) values[count++] = value;
  }
  if (size === undefined) throw new LutError("It is no .cube file: it has no LUT_3D_SIZE");
  if (count < 3 * size ** 3) throw new LutError(`${tooFew(size)}: it ends after ${count / 3}`);
  return new Lut3d(size, values!);
}

function tooFew(size: number): string {
  return `A table of size ${size} must have ${size ** 3} colors`;
}

function parseSize(words: readonly string[]): number {
  const size = words.length === 1 && /^\d{1,6}$/.test(words[0]!) ? Number(words[0]) : 0;
  if (size < 2 || size > LARGEST) {
    const shown = words.join(" ").slice(0, 20);
    throw new LutError(`The size of a table must be from 2 to ${LARGEST}, not ${shown || "none"}`);
  }
  return size;
}

function checkKeyword(keyword: string, words: readonly string[], number: number): void {
  if (keyword === "TITLE") return;
  if (keyword === "LUT_1D_SIZE") {
    throw new LutError("It is a table of one dimension: one of three is needed (LUT_3D_SIZE)");
  }
  if (keyword === "DOMAIN_MIN" || keyword === "DOMAIN_MAX" || keyword === "LUT_3D_INPUT_RANGE") {
    const domain = words.map(Number);
    const expected = keyword === "DOMAIN_MIN"
      ? [0, 0, 0]
      : keyword === "DOMAIN_MAX"
      ? [1, 1, 1]
      : [0, 1];
    const fits = domain.length === expected.length &&
      domain.every((value, index) => value === expected[index]);
    if (!fits) {
      throw new LutError(`The table must be for colors from 0 to 1: line ${number} differs`);
    }
    return;
  }
  throw new LutError(`Line ${number} has an unknown keyword: ${keyword.slice(0, 20)}`);
}

function parseColor(line: string, number: number): number[] {
  const words = line.split(/\s+/);
  const color = words.map((word) => NUMBER.test(word) ? Number(word) : NaN);
  if (color.length !== 3 || color.some((value) => !(Math.abs(value) <= LARGEST_VALUE))) {
    throw new LutError(`Line ${number} must have three numbers: "${line.slice(0, 40)}"`);
  }
  return color;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Checks of what callers pass: each error names the parameter, what was expected, what was given.
 *
 * @module
 */

import { rangeError, typeError } from "../util/arguments.ts";
import type { Pixels, Samples } from "./pixels.ts";

/**
 * Refuses pixels whose data do not fit their size.
 *
 * @param name of the parameter
 * @throws {TypeError} if `data` is no sample array.
 * @throws {RangeError} if a side is no whole number from 1, or `data` has another length.
 */
export function checkPixels(pixels: Pixels<Samples>, name = "pixels"): void {
  if (typeof pixels !== "object" || pixels === null) {
    throw typeError(name, "an object with data, width and height", pixels);
  }
  const { data, width, height } = pixels;
  if (!(data instanceof Uint8ClampedArray || data instanceof Uint16Array)) {
    throw typeError(`${name}.data`, "a Uint8ClampedArray or a Uint16Array", data);
  }
  checkSide(width, `${name}.width`);
  checkSide(height, `${name}.height`);
  const expected = 4 * width * height;
  if (data.length !== expected) {
    throw new RangeError(
      `${name}.data must have 4 × ${width} × ${height} = ${expected} values, not ${data.length}`,
    );
  }
}

/** @throws {RangeError} if a side is no whole number of pixels from 1. */
export function checkSide(value: number, name: string): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw rangeError(name, "a whole number of pixels from 1", value);
}

/** @throws {RangeError} if a number is not within bounds, NaN included. */
export function checkNumber(value: number, name: string, low: number, high: number): void {
  if (typeof value === "number" && value >= low && value <= high) return;
  const range = high === Infinity ? `a number from ${low}` : `a number from ${low} to ${high}`;
  throw rangeError(name, range, value);
}

/** @throws {RangeError} if a value is none of those that there are. */
export function checkChoice(value: unknown, name: string, choices: readonly unknown[]): void {
  if (choices.includes(value)) return;
  const shown = choices.map((choice) => JSON.stringify(choice)).join(", ");
  throw rangeError(name, `one of ${shown}`, value);
}

/** @throws {TypeError} if a value is no `Uint8Array`. */
export function checkBytes(value: unknown, name: string): void {
  if (value instanceof Uint8Array) return;
  throw typeError(name, "a Uint8Array", value);
}

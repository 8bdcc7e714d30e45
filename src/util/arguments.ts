/**
 * Checks of arguments: every message names the parameter, what was expected, and what was given.
 *
 * @module
 */

/** An argument of the wrong type or length. */
export function typeError(parameter: string, expected: string, given: unknown): TypeError {
  return new TypeError(message(parameter, expected, given));
}

/** An argument out of range. */
export function rangeError(parameter: string, expected: string, given: unknown): RangeError {
  return new RangeError(message(parameter, expected, given));
}

/**
 * Checks an array of numbers.
 *
 * @throws {TypeError} if the length differs
 * @throws {RangeError} if a value is not finite
 */
export function assertFinite(parameter: string, values: ArrayLike<number>, length: number): void {
  if (values.length !== length) throw typeError(parameter, `${length} values`, values.length);
  for (let index = 0; index < length; index++) {
    if (!Number.isFinite(values[index])) {
      throw rangeError(`${parameter}[${index}]`, "a finite number", values[index]);
    }
  }
}

/** Whether all values are finite. */
export function allFinite(values: ArrayLike<number>): boolean {
  // A loop instead of a callback: results have tens of millions of values.
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index])) return false;
  }
  return true;
}

function message(parameter: string, expected: string, given: unknown): string {
  return `${parameter} must be ${expected}, not ${describe(given)}`;
}

/** A value in an error's words: what it is, where it is short; else its type. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 50));
  if (typeof value !== "object" || value === null) return String(value);
  return `an object of type ${value.constructor?.name ?? "Object"}`;
}

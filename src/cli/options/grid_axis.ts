/**
 * What changes along the rows and columns of a contact sheet.
 *
 * @module
 */

import { InvalidArgumentError } from "commander";
import { UsageError } from "../errors.ts";
import { alpha, brush, preserveColor, side, wholeNumber } from "./parsers.ts";

/** A setting that changes along the rows or the columns of the sheet. */
export interface Axis {
  key: Key;
  values: string[];
}

const PARSERS = {
  alpha,
  brush,
  level: wholeNumber(1, 99),
  style: (text: string) => text,
  "style-size": side,
  "preserve-color": preserveColor,
};

/** A setting that can change. */
export type Key = keyof typeof PARSERS;

/** Parses `alpha=0.2,0.6,1` and its like. */
export function parseAxis(text: string): Axis {
  const [, key, list] = /^([a-z-]+)=(.+)$/.exec(text) ?? [];
  if (!key || !list || !Object.hasOwn(PARSERS, key)) {
    throw new InvalidArgumentError(
      `Expected something like alpha=0.2,0.6,1, with one of ${Object.keys(PARSERS).join(", ")}.`,
    );
  }
  const values = list.split(",");
  for (const value of values) checkValue(key as Key, value);
  return { key: key as Key, values };
}

function checkValue(key: Key, value: string): void {
  try {
    if (value === "") throw new InvalidArgumentError("There is a comma too many.");
    PARSERS[key](value);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(`${key} cannot be "${value}". ${error.message}`);
  }
}

/**
 * Refuses axes that make no sheet.
 *
 * @throws {UsageError} if there are more than two, or two of one kind.
 */
export function checkAxes(axes: readonly Axis[]): void {
  if (axes.length > 2) throw new UsageError("A sheet has rows and columns: --grid twice at most");
  if (axes[1] && axes[0]!.key === axes[1].key) {
    throw new UsageError(`--grid ${axes[1].key} is given twice: put all values into one`);
  }
}

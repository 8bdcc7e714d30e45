/**
 * A contact sheet of one content under several settings.
 *
 * @module
 */

import { InvalidArgumentError } from "commander";
import { type Cell, contactSheet, type Pixels } from "../image/mod.ts";
import type { Stylizer } from "../mod.ts";
import { UsageError } from "./errors.ts";
import { alpha, brush, preserveColor, side, wholeNumber } from "./options/parsers.ts";
import { styleSettings, stylizeSettings } from "./options/style_options.ts";
import type { StyleOptions } from "./options/types.ts";
import { loadStyle, nameOf, parseStyle, type StyleName } from "./styles.ts";

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

type Key = keyof typeof PARSERS;

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

/** Stylizes a content under every combination of the axes' values. */
export async function stylizeGrid(
  content: Pixels,
  axes: readonly Axis[],
  style: StyleName | undefined,
  stylizer: Stylizer,
  options: StyleOptions,
  onCell: (label: string) => void,
): Promise<Pixels> {
  const [columns, rows] = [axes[0]!, axes[1]];
  const cells: Cell[] = [];
  for (const row of rows?.values ?? [undefined]) {
    for (const column of columns.values) {
      const settings = new Map<Key, string>([[columns.key, column]]);
      if (rows && row !== undefined) settings.set(rows.key, row);
      const label = [...settings].map(([key, value]) => `${key} ${shorten(key, value)}`).join(", ");
      onCell(label);
      cells.push({ label, pixels: await stylizeCell(content, settings, style, stylizer, options) });
    }
  }
  return contactSheet(cells, columns.values.length);
}

function shorten(key: Key, value: string): string {
  return key === "style" ? nameOf(parseStyle(value)) : value;
}

async function stylizeCell(
  content: Pixels,
  settings: Map<Key, string>,
  style: StyleName | undefined,
  stylizer: Stylizer,
  options: StyleOptions,
): Promise<Pixels> {
  const named = settings.has("style") ? parseStyle(settings.get("style")!) : style;
  if (!named) throw new UsageError("The sheet needs a style: as an argument, or --grid style=...");
  const level = Number(settings.get("level") ?? 0);
  const cell: StyleOptions = {
    ...options,
    ...(settings.has("alpha") ? { alpha: alpha(settings.get("alpha")!) } : {}),
    ...(settings.has("brush") ? { brush: brush(settings.get("brush")!) } : {}),
    ...(settings.has("style-size") ? { styleSize: side(settings.get("style-size")!) } : {}),
    ...(settings.has("preserve-color")
      ? { preserveColor: preserveColor(settings.get("preserve-color")!) }
      : {}),
    ...(level ? { levels: [...new Array(level - 1).fill(0), 1] } : {}),
  };
  const statistics = await loadStyle(named, stylizer, styleSettings(cell, content));
  return await stylizer.stylize(content, statistics, stylizeSettings(cell, stylizer));
}

/**
 * A contact sheet of one content under several settings.
 *
 * @module
 */

import { type Cell, contactSheet, type Pixels } from "../image/mod.ts";
import type { Stylizer } from "../mod.ts";
import { UsageError } from "./errors.ts";
import type { Axis, Key } from "./options/grid_axis.ts";
import { alpha, brush, preserveColor, side } from "./options/parsers.ts";
import { styleSettings, stylizeSettings } from "./options/style_options.ts";
import type { StyleOptions } from "./options/types.ts";
import { nameOf, parseStyle, type StyleName } from "./style_name.ts";
import { loadStyle } from "./styles.ts";

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

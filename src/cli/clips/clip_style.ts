import { mixStyles, type Region, type StyleStatistics, type Stylizer } from "../../mod.ts";
import { type ClipStyle, fadeStyle } from "../../video/mod.ts";
import { UsageError } from "../errors.ts";
import type { StyleName } from "../style_name.ts";
import { loadStyle, type StyleSettings } from "../styles.ts";

/** One style of all that are named. */
export async function loadMixture(
  names: readonly StyleName[],
  stylizer: Stylizer,
  settings: StyleSettings,
): Promise<StyleStatistics> {
  const parts = [];
  for (const name of names) {
    parts.push({ style: await loadStyle(name, stylizer, settings), weight: name.weight });
  }
  return mixStyles(parts);
}

/**
 * The style of a clip: that of some regions, or one that turns into another where one is named.
 *
 * @param count frames of the clip, where known
 * @throws {UsageError} if it turns to a style, and that cannot be done
 */
export function clipStyle(
  regions: readonly Region[],
  to: StyleStatistics | undefined,
  count: number | undefined,
): ClipStyle {
  if (!to) return regions;
  if (regions.length !== 1 || regions[0]!.mask) {
    throw new UsageError("--to is for a clip without masks");
  }
  if (count === undefined) {
    throw new UsageError("--to needs the length of the clip: add --frames N");
  }
  const style = fadeStyle(regions[0]!.style, to, count);
  return (index) => [{ style: style(index) }];
}

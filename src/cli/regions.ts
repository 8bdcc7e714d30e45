/**
 * Styles with masks, and label pictures: which style goes where.
 *
 * @module
 */

import { matchLabels, type Pixels } from "../image/mod.ts";
import { mixStyles, type Region, type Stylizer } from "../mod.ts";
import { UsageError } from "./errors.ts";
import { describePath } from "./io/paths.ts";
import { readImage, type ReadSettings } from "./io/read_picture.ts";
import { withPathInErrors } from "./io/with_path_in_errors.ts";
import type { Labels, MaskedStyle, StyleOption } from "./options/mask_parsers.ts";
import { sizeOf, type SizeOptions } from "./options/picture_options.ts";
import type { StyleName } from "./style_name.ts";
import { loadStyle, type StyleSettings } from "./styles.ts";

/**
 * Refuses masks without a style, and styles of which nothing is to be taken.
 *
 * @throws {UsageError}
 */
export function checkStyles(styles: StyleOption[]): MaskedStyle[] {
  for (const { style, mask, styleMask } of styles) {
    if (style) continue;
    const option = mask
      ? `--mask ${describePath(mask)}`
      : `--style-mask ${describePath(styleMask!)}`;
    throw new UsageError(`${option} belongs to no style: name one`);
  }
  const mixed = (styles as MaskedStyle[]).filter(({ mask }) => mask === undefined);
  if (mixed.length > 0 && mixed.every(({ style }) => style.weight === 0)) {
    throw new UsageError("The weights of the styles must not all be 0");
  }
  return styles as MaskedStyle[];
}

/**
 * Reads the styles and their masks: a region for each style with a mask, and one for the mixture of
 * those without.
 *
 * @throws {UsageError} if there are labels, and several styles or masks.
 */
export async function loadRegions(
  styles: MaskedStyle[],
  stylizer: Stylizer,
  settings: StyleSettings,
  options: SizeOptions & { labels?: Labels },
): Promise<Region[]> {
  const size = sizeOf(options);
  // What is cropped of a content is cropped of its masks; else they are stretched to its size.
  const isFrame = typeof size === "object" && size.fit === "cover";
  const masks = isFrame ? { resizing: () => ({ size, option: "--size" } as const) } : {};
  if (options.labels) {
    const style = onlyStyle(styles);
    return await loadLabeled(style, options.labels, stylizer, settings, masks);
  }
  const mixture = [];
  const regions: Region[] = [];
  for (const { style: name, mask, styleMask } of styles) {
    const weights = styleMask ? { mask: await readStyleMask(styleMask, settings) } : {};
    const style = await loadStyle(name, stylizer, { ...settings, ...weights });
    if (mask === undefined) mixture.push({ style, weight: name.weight });
    else regions.push({ style, mask: (await readImage(mask, { ...settings, ...masks })).pixels });
  }
  return mixture.length > 0 ? [...regions, { style: mixStyles(mixture) }] : regions;
}

/** The style that labels are of. */
function onlyStyle(styles: readonly MaskedStyle[]): StyleName {
  const [only, ...more] = styles;
  if (only && more.length === 0 && !only.mask && !only.styleMask) return only.style;
  throw new UsageError("--labels is for one style, without masks of its own");
}

/** A region for each label of a content, with what of the style has that label. */
async function loadLabeled(
  style: StyleName,
  [contentLabels, styleLabels]: Labels,
  stylizer: Stylizer,
  settings: StyleSettings,
  masks: Pick<ReadSettings, "resizing">,
): Promise<Region[]> {
  const { reporter } = settings;
  const own = await readImage(contentLabels, { ...settings, ...masks });
  const others = await readImage(styleLabels, settings);
  const { regions, notes } = await withPathInErrors(
    `${contentLabels},${styleLabels}`,
    () => matchLabels(own.pixels, others.pixels),
  );
  for (const note of notes) reporter.note(`--labels: ${note}`);
  const loaded: Region[] = [];
  for (const { mask, styleMask } of regions) {
    const weights = styleMask ? { mask: styleMask } : {};
    loaded.push({ mask, style: await loadStyle(style, stylizer, { ...settings, ...weights }) });
  }
  return loaded;
}

/** What of a style counts: the picture of a mask, or all of it alike. */
async function readStyleMask(mask: string, settings: StyleSettings): Promise<Pixels | "none"> {
  return mask === "none" ? mask : (await readImage(mask, settings)).pixels;
}

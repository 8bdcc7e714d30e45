/**
 * The statistics of styles that the user names.
 *
 * @module
 */

import {
  type DecodeOptions,
  matchColors,
  type Pixels,
  type Samples,
  usualShortSide,
} from "../image/mod.ts";
import { assertSameModel, StylePack, type StyleStatistics, type Stylizer } from "../mod.ts";
import { FileError, UsageError } from "./errors.ts";
import { isLut } from "./luts.ts";
import { findPictures, isCollection } from "./io/find_pictures.ts";
import { type Input, looksLikePack, openInput } from "./io/input.ts";
import { describePath, exists, STANDARD } from "./io/paths.ts";
import type { Reporter } from "./io/reporter.ts";
import { readImageFrom } from "./io/read_picture.ts";
import type { StyleName } from "./style_name.ts";
import { resizePicture, type Resizing, type Sides } from "./resizing.ts";
import { withPathInErrors } from "./io/with_path_in_errors.ts";

/** What is needed to turn a style's name into its statistics. */
export interface StyleSettings extends DecodeOptions {
  maxPixels: number;
  /** Short side, in pixels, at which a picture is read; default: the model's. */
  styleSize?: number;
  /** Reports what is to be noted about the file. */
  reporter: Reporter;
  /** Picture whose colors a style is to have before it is read. */
  colors?: Pixels<Samples>;
  /** Picture that is white where the style counts. */
  mask?: Pixels | "none";
}

/** The styles that a name stands for, and what was passed over in a folder. */
interface ExpandedStyles {
  names: StyleName[];
  leftOut: string[];
}

/**
 * The styles that a name stands for: the pictures of a folder or a pattern.
 *
 * @param packs whether a pack named without a style stands for all its styles
 * @throws {FileError} naming the file, if it is to be a pack and cannot be read
 */
export async function expandStyles(name: StyleName, packs = false): Promise<ExpandedStyles> {
  const { path, entry, weight } = name;
  if (await isCollection(path)) {
    const { files, leftOut } = await findPictures([path]);
    return { names: files.map((file) => ({ path: file.path, weight })), leftOut };
  }
  const itself = { names: [name], leftOut: [] };
  if (!packs || entry !== undefined || path === STANDARD || !exists(path)) return itself;
  using input = await openInput(path);
  if (!(await isPack(input, path))) return itself;
  const { styles } = await withPathInErrors(path, () => StylePack.open(input));
  return { names: styles.map((style) => ({ path, entry: style.name, weight })), leftOut: [] };
}

/**
 * Statistics of a style.
 *
 * @throws {FileError} naming the file, if it is neither a picture nor a pack with that style
 * @throws {UsageError} if a pack is given where only a picture will do
 */
export async function loadStyle(
  { path, entry, weight }: StyleName,
  stylizer: Stylizer,
  { styleSize, colors, mask, ...reading }: StyleSettings,
): Promise<StyleStatistics> {
  if (isLut({ path, weight })) {
    throw new UsageError(
      `${
        describePath(path)
      } is a lookup table, which \`stylize\` applies to pictures, and ffmpeg's lut3d to clips`,
    );
  }
  using input = await openInput(path);
  if (await isPack(input, path)) {
    if (colors || mask) {
      const option = mask ? "--style-mask" : "--preserve-color statistics";
      throw new UsageError(
        `${option} needs the style's picture, which the pack ${describePath(path)} lacks`,
      );
    }
    const style = await withPathInErrors(
      path,
      () => StylePack.open(input).then((pack) => pack.read(entry)),
    );
    await withPathInErrors(path, () => assertSameModel(style.model, stylizer.model));
    return style;
  }
  if (entry !== undefined) {
    throw new FileError(
      `${describePath(path)}: The file is no style pack, so it has no style "${entry}"`,
    );
  }
  const { maxPixels } = reading;
  const resizing = (source: Sides) => styleResizing(source, styleSize, stylizer.model.styleSize);
  // Recolored before it is resized, as colors are to be those of all its pixels.
  const { pixels } = await readImageFrom(input, path, colors ? reading : { ...reading, resizing });
  return await withPathInErrors(path, async () => {
    const sized = colors
      ? await resizePicture(matchColors(pixels, colors), resizing(pixels), maxPixels)
      : pixels;
    return await stylizer.encodeStyle(sized, mask ? { mask } : {});
  });
}

/**
 * The size at which a style is seen.
 *
 * @param asked short side in pixels, by the option
 * @param usual short side in pixels, of the model
 */
export function styleResizing(
  source: Sides,
  asked: number | undefined,
  usual: number,
): Resizing {
  return { size: asked ?? usualShortSide(source, usual), option: "--style-size" };
}

/** Whether a file is, or claims to be, a style pack. */
export async function isPack(input: Input, path: string): Promise<boolean> {
  if (path.endsWith(".safetensors")) return true;
  return input.size > 8 && looksLikePack(await input.read(0, 9));
}

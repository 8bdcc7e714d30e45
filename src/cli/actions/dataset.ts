import { basename, join } from "node:path";
import { isPictureName } from "../../image/mod.ts";
import { findLabels } from "../dataset/label_files.ts";
import type { DatasetOptions } from "../dataset/options.ts";
import { type Dataset, restyleDataset } from "../dataset/restyle.ts";
import type { SetStyle } from "../dataset/style_set.ts";
import type { DrawnFrom } from "../dataset/recipes.ts";
import { restyleTars, type TarJob } from "../dataset/restyle_tars.ts";
import { readFiles, readTree } from "../dataset/tree.ts";
import { quote, UsageError } from "../errors.ts";
import { looksLikeFile } from "../io/file_kinds.ts";
import { fileInfo, isSameFile, resolvePath, STANDARD, suffix } from "../io/paths.ts";
import { checkRedirected } from "../io/standard_output.ts";
import { checkStyleOptions } from "../options/style_options.ts";
import { nameOf, parseStyle } from "../style_name.ts";
import { expandStyles } from "../styles.ts";

/** Carries out `dataset`. */
export async function restyle(
  folder: string,
  styles: string,
  options: DatasetOptions,
): Promise<void> {
  checkStyleOptions({ ...options, alpha: 1, levels: [] });
  const tars = await findTars(folder, options);
  if (tars) await restyleTars(tars, await readStylesOfTars(styles, options), options);
  else await restyleDataset(await readDataset(folder, styles, options), options);
}

/** Finds out what is to be restyled, and after what. */
async function readDataset(
  folder: string,
  styles: string,
  options: DatasetOptions,
): Promise<Dataset> {
  const { output, images, labels, styleLabels } = options;
  const statistics = options.statistics ?? (labels && styleLabels ? "class" : "picture");
  if (statistics === "class" && !(labels && styleLabels)) {
    throw new UsageError("--statistics class needs label maps: add --labels and --style-labels");
  }
  if (output === STANDARD || looksLikeFile(output)) {
    throw new UsageError(`Results need a folder: -o ${quote(output)} names none`);
  }
  if (!(await fileInfo(folder))?.isDirectory) {
    throw new UsageError(`${quote(folder)} is no folder: name that of the data set`);
  }
  if (isSameFile(folder, output)) {
    throw new UsageError("The results would replace the data set: name another folder with -o");
  }
  const tree = await readTree(folder, { images, apart: [output] });
  const found = labels === undefined ? undefined : await findLabels(tree.pictures, labels);
  const style = await readStyles(styles, styleLabels, output);
  checkPool(style.styles, options);
  return {
    contents: tree.pictures,
    sideFiles: tree.sideFiles,
    styles: style.styles,
    pooled: basename(resolvePath(styles)),
    statistics,
    ...(found ? { labels: found.of } : {}),
    faults: [...tree.faults, ...found?.faults ?? [], ...style.faults],
  };
}

/** The tar files that are named, and where the restyled ones go; none where it is a tree. */
async function findTars(path: string, options: DatasetOptions): Promise<TarJob[] | undefined> {
  const { output, shard } = options;
  if (path === STANDARD || suffix(path) === "tar") {
    if (shard) throw new UsageError("--shard is for several tar files: name their folder");
    if (output !== STANDARD && suffix(output) !== "tar") {
      throw new UsageError(`The result is a tar file: -o ${quote(output)} does not end with .tar`);
    }
    if (output === STANDARD) checkRedirected();
    if (output !== STANDARD && isSameFile(path, output)) {
      throw new UsageError("The result would replace the data set: name another file with -o");
    }
    return [{ path, within: basename(path), output }];
  }
  if (!(await fileInfo(path))?.isDirectory) return undefined;
  const { files } = await readFiles(path, [output]);
  const tars = files.filter(({ within }) => suffix(within) === "tar");
  if (tars.length === 0 || files.some(({ within }) => isPictureName(within))) return undefined;
  return tars.map((tar) => ({ ...tar, output: join(output, tar.within) }));
}

/** What the pictures of tar files are restyled after: these come by once, and by themselves. */
async function readStylesOfTars(styles: string, options: DatasetOptions): Promise<DrawnFrom> {
  const { labels, styleLabels, images, statistics = "picture", output } = options;
  const given = Object.entries({
    "--labels": labels,
    "--style-labels": styleLabels,
    "--images": images,
    "--statistics": statistics === "picture" ? undefined : statistics,
  }).find(([, value]) => value !== undefined);
  if (given) throw new UsageError(`${given[0]} is for a folder: unpack the tar file for it`);
  const found = await readStyles(styles, undefined, output);
  checkPool(found.styles, options);
  return { styles: found.styles, pooled: basename(resolvePath(styles)), statistics };
}

/** The styles that can be drawn, with their label maps where there are any. */
async function readStyles(
  text: string,
  labels: string | undefined,
  output: string,
): Promise<{ styles: SetStyle[]; faults: string[] }> {
  if (!(await fileInfo(text))?.isDirectory) {
    if (labels !== undefined) {
      throw new UsageError("--style-labels is for a folder of pictures: name that as the styles");
    }
    const { names } = await expandStyles(parseStyle(text), true);
    return { styles: names.map((style) => ({ name: nameOf(style), style })), faults: [] };
  }
  const { pictures, faults } = await readTree(text, { apart: [output] });
  const found = labels === undefined ? undefined : await findLabels(pictures, labels);
  const styles = pictures.map(({ path, within }): SetStyle => {
    const own = found?.of.get(path);
    return { name: within, style: { path, weight: 1 }, ...(own ? { labels: own } : {}) };
  });
  return { styles, faults: [...faults, ...found?.faults ?? []] };
}

/**
 * Refuses to pool styles of which only statistics are known.
 *
 * @throws {UsageError}
 */
function checkPool(styles: readonly SetStyle[], { pair }: DatasetOptions): void {
  if (pair !== "pool" || styles.every(({ style: { entry } }) => entry === undefined)) return;
  throw new UsageError(
    "--pair pool sums over pictures, which a pack lacks: name their folder, or a pack of one" +
      " pooled style (precompute-style-covariance --pool)",
  );
}

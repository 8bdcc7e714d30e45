/**
 * Which results are to be made of what, and where they go: all settled before the first is made.
 *
 * @module
 */

import { sep } from "node:path";
import {
  DEEP_FORMATS,
  detectFormat,
  formatLabel,
  formatOfName,
  type ImageFormat,
  SIGNATURE_BYTES,
} from "../../image/mod.ts";
import { UsageError } from "../errors.ts";
import { findPictures, type FoundFile, isCollection } from "../io/find_pictures.ts";
import { checkNotPictureName, looksLikeFile } from "../io/file_kinds.ts";
import { peek } from "../io/input.ts";
import { describePath, fileInfo, realPath, resolvePath, STANDARD } from "../io/paths.ts";
import { checkLutTarget } from "../luts.ts";
import type { StylizePicturesOptions } from "../options/picture_options.ts";
import type { Effect } from "./effect.ts";
import { pair, type Pairing } from "./pairing.ts";
import { takeShard } from "./shard.ts";
import {
  checkTemplate,
  DEFAULT_NAME,
  ownFormat,
  singleTarget,
  type Target,
  targetIn,
} from "./target.ts";

/** A result to be made. */
export interface Job {
  /** Path of the content. */
  content: string;
  effect: Effect;
  target: Target;
  /** Whether the result may replace a file, as one that a run was stopped at does. */
  mayReplace?: boolean;
}

/** All that is to be made. */
export interface Plan {
  jobs: Job[];
  /** Whether it is one picture that the user named: its failure is then that of the program. */
  single: boolean;
  /** Files and folders that were passed over, because they are no pictures. */
  leftOut: string[];
}

/**
 * Brings contents and effects together.
 *
 * @param paths contents as the user names them: files, folders, patterns, standard input
 * @throws {UsageError} if two results would be one file, or one would replace a content
 * @throws {FileError} if a folder or a pattern has no picture
 */
export async function planJobs(
  paths: readonly string[],
  effects: readonly Effect[],
  options: StylizePicturesOptions,
  { how, seed }: { how: Pairing; seed: number } = { how: "all", seed: 0 },
): Promise<Plan> {
  const { output, shard } = options;
  const single = paths.length === 1 && effects.length === 1 && !(await isCollection(paths[0]!));
  if (!single && paths.includes(STANDARD)) {
    throw new UsageError("Standard input can be the content only where it is the only one");
  }
  if (options.name !== undefined) checkTemplate(options.name);
  if (options.manifest !== undefined) {
    checkNotPictureName(options.manifest, "A manifest", "results.tsv");
  }
  if (options.saveLut !== undefined) {
    if (!single) throw new UsageError("--save-lut is of one photograph: name one content");
    await checkLutTarget(options.saveLut, options.overwrite ?? false);
  }
  // Results of an earlier run, in a folder among the contents, are no contents.
  const results = paths.some((path) => isInside(output, path)) ? output : undefined;
  const found = await findPictures(paths, options.recursive);
  const contents = found.files
    .filter(({ path }) => paths.includes(path) || !isInside(path, results));
  const leftOut = found.leftOut.filter((path) =>
    results === undefined ||
    !isInside(path, results) && resolvePath(path) !== resolvePath(results)
  );
  const pairs = pair(contents, effects, how, seed);
  const formats = new Map<string, ImageFormat | undefined>();
  for (const { path } of contents) formats.set(path, await peekFormat(path));

  if (single) {
    const [content, effect] = pairs[0]!;
    const target = await chooseSingle(content, effect, formats.get(content.path), options);
    const job = { content: content.path, effect, target };
    check([job], [...paths], options);
    return { jobs: [job], single, leftOut };
  }
  if (output === STANDARD) throw new UsageError("Standard output holds one picture: use -o FOLDER");
  if (output !== undefined && looksLikeFile(output) && !(await isCollection(output))) {
    throw new UsageError(`For several results -o names a folder, and "${output}" is a file's name`);
  }
  const jobs = pairs.map(([content, effect]): Job => {
    const format = options.format ?? ownFormat(formats.get(content.path));
    const template = options.name ?? DEFAULT_NAME;
    const target = targetIn(output, content, effect.name, format, template);
    return { content: content.path, effect, target };
  });
  check(jobs, contents.map(({ path }) => path), options);
  return { jobs: shard ? takeShard(jobs, shard) : jobs, single, leftOut };
}

async function chooseSingle(
  content: FoundFile,
  effect: Effect,
  contentFormat: ImageFormat | undefined,
  { output, format, name, json }: StylizePicturesOptions,
): Promise<Target> {
  // Only what comes from standard input goes to standard output by itself: with files, the place of
  // a result must not depend on how many a pattern matches.
  const isStandard = output === STANDARD || (output === undefined && content.path === STANDARD);
  const isFolder = output !== undefined && !isStandard &&
    (/[/\\]$/.test(output) || (await fileInfo(output))?.isDirectory);
  if (name !== undefined && !isFolder && (isStandard || output !== undefined)) {
    throw new UsageError("--name is for results in a folder: use -o FOLDER");
  }
  if (isStandard && json) throw new UsageError("With --json, standard output is taken: name -o");
  if (isStandard && output === undefined && Deno.stdout.isTerminal()) {
    throw new UsageError("Where should the result go? Add -o FILE, or redirect standard output");
  }
  if (isStandard) return singleTarget(STANDARD, format, contentFormat);
  if (output !== undefined && !isFolder) return singleTarget(output, format, contentFormat);
  const chosen = format ?? ownFormat(contentFormat);
  return targetIn(output, content, effect.name, chosen, name ?? DEFAULT_NAME);
}

/** Refuses a plan that would lose a result, a content, or the depth that was asked for. */
function check(
  jobs: readonly Job[],
  contents: readonly string[],
  { depth }: StylizePicturesOptions,
): void {
  const sources = new Map<string, string>();
  for (const content of contents) {
    if (content !== STANDARD) sources.set(realPath(content), content);
  }
  const taken = new Map<string, Job>();
  for (const job of jobs) {
    const { path, shown, format } = job.target;
    if (depth === 16 && !DEEP_FORMATS.includes(format)) {
      throw new UsageError(
        `${formatLabel(format)} cannot hold 16 bits a channel, as "${shown}" would have to:` +
          ` add --format ${DEEP_FORMATS.join(" or ")}, or leave out --depth`,
      );
    }
    if (path === undefined) continue;
    const file = realPath(path);
    const source = sources.get(file);
    if (source !== undefined) {
      throw new UsageError(`The result would replace the content ${describePath(source)}`);
    }
    const other = taken.get(file);
    if (other) {
      const both = [other, job].map(({ content, effect }) =>
        `${describePath(content)} in ${effect.name}`
      );
      throw new UsageError(
        `${both.join(" and ")} would both be "${shown}": tell them apart by --name or -o`,
      );
    }
    taken.set(file, job);
  }
}

/** Whether a path is within a folder. */
function isInside(path: string | undefined, folder: string | undefined): boolean {
  if (path === undefined || folder === undefined) return false;
  return resolvePath(path).startsWith(resolvePath(folder) + sep);
}

/** The format of a content, or else that of its name: whoever reads it reports its faults. */
async function peekFormat(path: string): Promise<ImageFormat | undefined> {
  if (path === STANDARD) return undefined;
  const info = await fileInfo(path);
  if (info && !info.isFile) return undefined;
  try {
    return detectFormat(await peek(path, SIGNATURE_BYTES));
  } catch {
    return formatOfName(path);
  }
}

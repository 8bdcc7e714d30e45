/**
 * Which result is made of which content and style, and where it goes: settled before any is made.
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
import { expand, type Found, isCollection } from "../io/find_pictures.ts";
import { describe, STANDARD } from "../io/input.ts";
import { realPath, resolvePath } from "../io/paths.ts";
import type { RestyleOptions } from "../restyle.ts";
import type { Look } from "./effect.ts";
import { pair, type Pairing } from "./pairing.ts";
import { takeShard } from "../options/shard.ts";
import {
  checkTemplate,
  DEFAULT_NAME,
  looksLikeFile,
  ownFormat,
  singleTarget,
  type Target,
  targetIn,
} from "./target.ts";

/** A result to be made. */
export interface Job {
  /** Path of the content. */
  content: string;
  look: Look;
  target: Target;
}

/** All that is to be made. */
export interface Plan {
  jobs: Job[];
  /** Whether it is one picture, named as such: then its failure is that of the program. */
  single: boolean;
}

/**
 * Brings contents and looks together.
 *
 * @param paths contents as the user names them: files, folders, patterns, standard input
 * @throws {UsageError} if two results would be one file, or one would replace a content
 * @throws {FileError} if a folder or a pattern has no picture
 */
export async function planJobs(
  paths: readonly string[],
  looks: readonly Look[],
  given: RestyleOptions,
  { how, seed }: { how: Pairing; seed: number } = { how: "all", seed: 0 },
): Promise<Plan> {
  const { output, shard } = given;
  const single = paths.length === 1 && looks.length === 1 && !(await isCollection(paths[0]!));
  if (!single && paths.includes(STANDARD)) {
    throw new UsageError("Standard input can be the content only where it is the only one");
  }
  if (given.name !== undefined) checkTemplate(given.name);
  const results = paths.some((path) => isInside(output, path)) ? output : undefined;
  const contents = (await expand(paths, given.recursive))
    .filter(({ path }) => paths.includes(path) || !isInside(path, results));
  const pairs = pair(contents, looks, how, seed);
  const formats = new Map<string, ImageFormat | undefined>();
  for (const { path } of contents) formats.set(path, await peekFormat(path));

  if (single) {
    const [content, look] = pairs[0]!;
    const target = chooseSingle(content, look, formats.get(content.path), given);
    const job = { content: content.path, look, target };
    check([job], [...paths], given);
    return { jobs: [job], single };
  }
  if (output === STANDARD) throw new UsageError("Standard output holds one picture: use -o FOLDER");
  if (output !== undefined && looksLikeFile(output) && !(await isCollection(output))) {
    throw new UsageError(`For several results -o names a folder, and "${output}" is a file's name`);
  }
  const jobs = pairs.map(([content, look]): Job => {
    const format = given.format ?? ownFormat(formats.get(content.path));
    const template = given.name ?? DEFAULT_NAME;
    const target = targetIn(output, content, look.name, format, template);
    return { content: content.path, look, target };
  });
  check(jobs, contents.map(({ path }) => path), given);
  return { jobs: shard ? takeShard(jobs, shard) : jobs, single };
}

function chooseSingle(
  content: Found,
  look: Look,
  contentFormat: ImageFormat | undefined,
  { output, format, name, json }: RestyleOptions,
): Target {
  const isStandard = output === STANDARD || (output === undefined && !json && redirected());
  if (isStandard && json) throw new UsageError("With --json, standard output is taken: name -o");
  if (isStandard && name === undefined) return singleTarget(STANDARD, format, contentFormat);
  const isFolder = output !== undefined && (/[/\\]$/.test(output) || isFolderNow(output));
  if (output !== undefined && !isFolder) {
    if (name !== undefined) {
      throw new UsageError("--name is for results in a folder: use -o FOLDER");
    }
    return singleTarget(output, format, contentFormat);
  }
  if (content.path === STANDARD && output === undefined) {
    throw new UsageError("Where should the result go? Add -o FILE, or redirect standard output");
  }
  const chosen = format ?? ownFormat(contentFormat);
  return targetIn(output, content, look.name, chosen, name ?? DEFAULT_NAME);
}

function redirected(): boolean {
  return !Deno.stdout.isTerminal();
}

function isFolderNow(path: string): boolean {
  try {
    return Deno.statSync(resolvePath(path)).isDirectory;
  } catch {
    return false;
  }
}

/** Refuses a plan by which a result would be lost, or a content, or bits that were asked for. */
function check(
  jobs: readonly Job[],
  contents: readonly string[],
  { depth }: RestyleOptions,
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
      throw new UsageError(`The result would replace the content ${describe(source)}`);
    }
    const other = taken.get(file);
    if (other) {
      const both = [other, job].map(({ content, look }) => `${describe(content)} in ${look.name}`);
      throw new UsageError(
        `${both.join(" and ")} would both be "${shown}": tell them apart by --name or -o`,
      );
    }
    taken.set(file, job);
  }
}

/** Whether a path is within a folder. Results of an earlier run, within the contents', are none. */
function isInside(path: string | undefined, folder: string | undefined): boolean {
  if (path === undefined || folder === undefined) return false;
  return resolvePath(path).startsWith(resolvePath(folder) + sep);
}

/** The format of a content, or that of its name; what is wrong with it is said where it is read. */
async function peekFormat(path: string): Promise<ImageFormat | undefined> {
  if (path === STANDARD) return undefined;
  try {
    if (!(await Deno.stat(resolvePath(path))).isFile) return undefined; // A pipe is read once.
    using file = await Deno.open(resolvePath(path));
    const start = new Uint8Array(SIGNATURE_BYTES);
    const length = await file.read(start);
    return detectFormat(start.subarray(0, length ?? 0));
  } catch {
    return formatOfName(path);
  }
}

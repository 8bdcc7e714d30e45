import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { quote } from "../errors.ts";

/** The path that means standard input or output. */
export const STANDARD = "-";

/** A path as messages name it. */
export function describePath(path: string): string {
  return path === STANDARD ? "Standard input" : quote(path);
}

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * The folder that relative paths start from: the user's. A task runs in the project's folder, and
 * finds the folder that it was called from in INIT_CWD.
 */
function userFolder(): string {
  const folder = Deno.cwd();
  const inTask = resolve(folder) === resolve(PROJECT);
  return (inTask && Deno.env.get("INIT_CWD")) || folder;
}

/** A path given by the user, as an absolute one. */
export function resolvePath(path: string): string {
  return resolve(userFolder(), path);
}

/** A path given by the user, as an absolute one with links resolved if it exists. */
export function realPath(path: string): string {
  const absolute = resolvePath(path);
  try {
    return Deno.realPathSync(absolute);
  } catch {
    return absolute;
  }
}

/** Whether two paths given by the user are of one file, links resolved. */
export function isSameFile(one: string, other: string): boolean {
  return realPath(one) === realPath(other);
}

/** Name of a file without its folder and its last suffix. */
export function stem(path: string): string {
  return basename(path, extname(path));
}

/** The last suffix of a path, in small letters, without its dot. */
export function suffix(path: string): string {
  return extname(path).slice(1).toLowerCase();
}

/** A path in the folder of another. */
export function beside(path: string, name: string): string {
  return join(dirname(path), name);
}

/** Whether there is anything at a path given by the user, be it a link to nowhere. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(resolvePath(path));
    return true;
  } catch {
    return false;
  }
}

/** What is at a path given by the user, links followed; undefined where there is nothing. */
export async function fileInfo(path: string): Promise<Deno.FileInfo | undefined> {
  return await Deno.stat(resolvePath(path)).catch(() => undefined);
}

/**
 * Manifests: which result is made of which content and style, as tab-separated values with a head
 * line. A tab, line break or backslash in a name is written as `\t`, `\n`, `\r` or `\\`.
 *
 * @module
 */

import { FileError, quote } from "../errors.ts";
import { writeAtomically } from "../io/atomic_write.ts";
import { checkWritable } from "../io/check_writable.ts";
import { openInput } from "../io/input.ts";
import { exists, resolvePath } from "../io/paths.ts";
import type { Job } from "./plan.ts";

const HEAD = "content\tstyle\toutput";

/**
 * Writes the manifest of a run. If the run goes on where another stopped, it completes the manifest
 * of that one: rows of results that are not of this run stay.
 *
 * @param isContinued whether the run goes on where another stopped
 * @throws {FileExistsError} if it exists and may be neither replaced nor completed
 * @throws {FileError} if it cannot be written, or if it is to be completed and is no manifest.
 */
export async function writeManifest(
  jobs: readonly Job[],
  file: string,
  { overwrite, isContinued }: { overwrite: boolean; isContinued: boolean },
): Promise<void> {
  const path = resolvePath(file);
  await checkWritable(path, file, overwrite || isContinued);
  const rows = isContinued && exists(file) ? await readRows(file) : new Map<string, string>();
  for (const { content, effect, target } of jobs) {
    rows.set(escape(target.shown), [content, effect.name, target.shown].map(escape).join("\t"));
  }
  const text = [HEAD, ...rows.values(), ""].join("\n");
  await writeAtomically(path, new TextEncoder().encode(text), file, overwrite || isContinued);
}

/** The rows of a manifest, by their results. */
async function readRows(file: string): Promise<Map<string, string>> {
  using input = await openInput(file);
  const text = new TextDecoder().decode(await input.readAll());
  const [head, ...rows] = text.split("\n").filter((row) => row !== "");
  if (head !== HEAD || rows.some((row) => row.split("\t").length !== 3)) {
    throw new FileError(`Cannot complete ${quote(file)}: the file is no manifest; name another`);
  }
  return new Map(rows.map((row) => [row.split("\t")[2]!, row]));
}

const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** A value of a table, on one line and without its separator. */
export function escape(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!);
}

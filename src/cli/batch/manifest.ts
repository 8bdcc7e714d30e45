import { writeAtomically } from "../io/atomic_write.ts";
import { checkWritable } from "../io/check_writable.ts";
import { resolvePath } from "../io/paths.ts";
import type { Job } from "./plan.ts";

/**
 * Writes which result is made of which content and style, as tab-separated values with a head line.
 * A tab, line break or backslash in a name is written as `\t`, `\n`, `\r` or `\\`.
 *
 * @throws {FileError} if it exists and may not be replaced, or cannot be written.
 */
export async function writeManifest(
  jobs: readonly Job[],
  file: string,
  overwrite: boolean,
): Promise<void> {
  const rows = jobs.map(({ content, effect, target }) => [content, effect.name, target.shown]);
  const lines = [["content", "style", "output"], ...rows].map((row) => row.map(escape).join("\t"));
  await checkWritable(resolvePath(file), file, overwrite);
  await writeAtomically(resolvePath(file), new TextEncoder().encode(lines.join("\n") + "\n"), file);
}

const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escape(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!);
}

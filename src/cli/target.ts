import { basename } from "node:path";
import { formatOfName, type ImageFormat, type OutputFormat, suffixOf } from "../image/format.ts";
import { UsageError } from "./errors.ts";
import { STANDARD } from "./input.ts";
import { beside, resolvePath, stem } from "./paths.ts";

/** Where a result goes, and as what. */
export interface Target {
  /** Absolute path; absent for standard output. */
  path?: string;
  /** The path in words of the user. */
  shown: string;
  format: OutputFormat;
}

/**
 * Where the result of a content and a style goes: to `--output`; without it to standard output if
 * that is redirected, else beside the content as `<content>-<style>`.
 *
 * @throws {UsageError} if the content is standard input, and there is no place beside it.
 */
export function chooseOutput(
  content: string,
  style: string,
  contentFormat: ImageFormat,
  { output, format }: { output?: string; format?: OutputFormat },
): Target {
  const own: OutputFormat = contentFormat === "jpeg" ? "jpeg" : "png";
  const terminal = Deno.stdout.isTerminal();
  if (output === STANDARD && terminal) {
    throw new UsageError(
      "Standard output is a terminal: redirect it, or name a file with -o",
    );
  }
  const toStandard = output === STANDARD || (output === undefined && !terminal);
  if (toStandard) return { shown: "standard output", format: format ?? "png" };
  if (output === undefined && content === STANDARD) {
    throw new UsageError(
      "Where should the result go? Add -o FILE, or redirect standard output",
    );
  }
  if (output === undefined) {
    const chosen = format ?? own;
    const shown = beside(
      content,
      `${stem(content)}-${stem(style)}.${suffixOf(chosen)}`,
    );
    return { path: resolvePath(shown), shown, format: chosen };
  }
  const path = resolvePath(output);
  if (content !== STANDARD && path === resolvePath(content)) {
    throw new UsageError(
      `The result would replace the content ${JSON.stringify(basename(content))}`,
    );
  }
  return { path, shown: output, format: format ?? formatOfName(output) ?? own };
}

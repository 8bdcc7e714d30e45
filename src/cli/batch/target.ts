import { join } from "node:path";
import {
  DEFAULT_FORMAT,
  formatOfName,
  type ImageFormat,
  listSuffixes,
  OUTPUT_FORMATS,
  type OutputFormat,
  suffixOf,
} from "../../image/mod.ts";
import { quote, UsageError } from "../errors.ts";
import { isClipName } from "../io/file_kinds.ts";
import { beside, resolvePath, STANDARD, stem, suffix } from "../io/paths.ts";
import { checkRedirected } from "../io/standard_output.ts";

/** Where a result goes, and as what. */
export interface Target {
  /** Absolute path; absent for standard output. */
  path?: string;
  /** The path in words of the user. */
  shown: string;
  format: OutputFormat;
}

/** What the result of a content and a style is called, where the user has not named it. */
export const DEFAULT_NAME = "{content}-{style}";

const FIELDS = ["content", "style"] as const;

/**
 * Refuses a template for names that has other fields, or leads out of the folder.
 *
 * @throws {UsageError}
 */
export function checkTemplate(template: string): void {
  for (const [field, name] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (!(FIELDS as readonly string[]).includes(name!)) {
      throw new UsageError(`--name has no field ${field}: use {${FIELDS.join("} and {")}}`);
    }
  }
  if (/^$|^[/\\]|(^|[/\\])\.\.?([/\\]|$)|[/\\]$/.test(template)) {
    throw new UsageError(`--name "${template}" is no name in a folder: use "${DEFAULT_NAME}"`);
  }
}

/** The format of a result where neither its name nor the user says: the content's, if it can be. */
export function ownFormat(content: ImageFormat | undefined): OutputFormat {
  return OUTPUT_FORMATS.find((format) => format === content) ?? DEFAULT_FORMAT;
}

/** A result's name by the template. */
export function nameResult(
  template: string,
  content: string,
  style: string,
  format: OutputFormat,
): string {
  // A style's name may be anything, one in a pack too; as a part of a file's name it must not lead
  // to another folder.
  const fields = { content: stem(content), style: style.replace(/[/\\\0]/g, "_") };
  const name = template.replace(
    /\{(content|style)\}/g,
    (_, field: keyof typeof fields) => fields[field],
  );
  // A suffix that names the format is the user's; any other dot is part of the name.
  return formatOfName(name) === format ? name : `${name}.${suffixOf(format)}`;
}

/** A result in a folder, or, where none is given, beside its content. */
export function targetIn(
  folder: string | undefined,
  content: { path: string; within: string },
  style: string,
  format: OutputFormat,
  template: string,
): Target {
  const name = nameResult(template, content.path, style, format);
  const shown = folder === undefined
    ? beside(content.path, name)
    : join(folder, beside(content.within, name));
  return { path: resolvePath(shown), shown, format };
}

/**
 * Where the one result goes that is for standard output, or has a file name of its own.
 *
 * @throws {UsageError} if standard output is a terminal, or the name is of a format that cannot be
 * written.
 */
export function singleTarget(
  output: string,
  format: OutputFormat | undefined,
  content: ImageFormat | undefined,
): Target {
  if (output !== STANDARD) {
    if (!format) checkPictureName(output);
    const chosen = format ?? formatOfName(output) ?? ownFormat(content);
    return { path: resolvePath(output), shown: output, format: chosen };
  }
  checkRedirected();
  return { shown: "standard output", format: format ?? DEFAULT_FORMAT };
}

/**
 * Refuses the name of a result that ends like no picture that can be written.
 *
 * @throws {UsageError}
 */
function checkPictureName(path: string): void {
  if (formatOfName(path) !== undefined || suffix(path) === "") return;
  const endings = listSuffixes(OUTPUT_FORMATS);
  throw new UsageError(
    isClipName(path)
      ? `${quote(path)} is the name of a video: use the command video, or end it with ${endings}`
      : `${
        quote(path)
      } is of a format that is not written: end it with ${endings}, or add --format`,
  );
}

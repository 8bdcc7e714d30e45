import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Resizing, Size } from "../resizing.ts";
import { addGroups, lookOptions, option, programOptions } from "./definitions.ts";
import type {
  BatchOptions,
  PictureOptions,
  ReportOptions,
  RuntimeOptions,
  StyleOptions,
} from "./types.ts";

/** Options of the subcommands that stylize pictures. */
export interface StylizePicturesOptions
  extends StyleOptions, PictureOptions, BatchOptions, RuntimeOptions, ReportOptions {}

/** Adds the options that {@linkcode StylizePicturesOptions} holds. */
export function addPictureOptions(command: Command): Command {
  const groups = {
    "Look:": lookOptions(),
    "Result:": [
      option.output(),
      option.saveLut(),
      option.size(),
      option.fit(),
      option.format(),
      option.quality(),
      option.depth(),
      option.metadata(),
      option.overwrite(),
    ],
    "Many pictures:": [
      option.recursive(),
      option.name(),
      option.skipExisting(),
      option.jobs(),
      option.shard(),
      option.manifest(),
      option.json(),
    ],
    "Program:": programOptions(),
  };
  return addGroups(command, groups);
}

/** `--size` and `--fit`. */
export type SizeOptions = Pick<PictureOptions, "size" | "fit">;

/** What they ask for, if they do. */
export function sizeOf({ size, fit = "cover" }: SizeOptions): Size | undefined {
  return typeof size === "object" ? { ...size, fit } : size;
}

/** How a content is resized by `--size` and `--fit`, if it is. */
export function contentResizing(options: PictureOptions): { resizing?: () => Resizing } {
  const size = sizeOf(options);
  return size === undefined ? {} : { resizing: () => ({ size, option: "--size" }) };
}

/**
 * Refuses options that make no sense together.
 *
 * @throws {UsageError}
 */
export function checkPictureOptions({ size, fit }: PictureOptions): void {
  if (fit && typeof size !== "object") {
    throw new UsageError("--fit needs a width and a height: add --size, like 3840x2160");
  }
}

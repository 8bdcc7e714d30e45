import type { Command } from "commander";
import { option } from "./definitions.ts";
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
    "Look:": [
      option.alpha(),
      option.levels(),
      option.styleSize(),
      option.preserveColor(),
      option.colorOnly(),
    ],
    "Result:": [
      option.output(),
      option.size(),
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
    "Program:": [
      option.tile(),
      option.maxPixels(),
      option.backend(),
      option.precision(),
      option.threads(),
      option.model(),
      option.quiet(),
      option.verbose(),
    ],
  };
  for (const [heading, members] of Object.entries(groups)) {
    command.optionsGroup(heading);
    for (const member of members) command.addOption(member);
  }
  return command;
}

/**
 * The options that say which style goes where.
 *
 * @module
 */

import { type Command, Option } from "commander";
import { parseStyle } from "../style_name.ts";
import { addMask, type Labels, parseLabels, type StyleOption } from "./mask_parsers.ts";
import { repeated } from "./parsers.ts";
import { SharedOption } from "./shared_option.ts";

/** Options of styles and their regions, absent where they are not options. */
export interface RegionOptions {
  /** Of `--style`, `--mask` and `--style-mask`, in their order. */
  styles?: StyleOption[];
  labels?: Labels;
}

/**
 * Adds the options that {@linkcode RegionOptions} holds.
 *
 * @param place of a style that `--style` names, among the others
 */
export function addRegionOptions(command: Command, place: string): Command {
  return command
    .addOption(
      new SharedOption("--style <file:weight>", `a style, and how much of it, ${place}`, "styles")
        .argParser(repeated((text): StyleOption => ({ style: parseStyle(text) }))),
    )
    .addOption(
      new SharedOption(
        "--mask <file>",
        "where the style before it goes: white; not: black",
        "styles",
      ).argParser(addMask("mask")),
    )
    .addOption(
      new SharedOption(
        "--style-mask <file>",
        "what of the style before it counts: white; none: all of it, paper as it is",
        "styles",
      ).argParser(addMask("styleMask")),
    )
    .addOption(
      new Option(
        "--labels <content.png,style.png>",
        "regions by color: each takes the style of its color's region",
      ).argParser(parseLabels),
    );
}

import { Command, Option } from "commander";
import type { StylizeCommandOptions } from "../actions/stylize.ts";
import { PAIRINGS } from "../batch/pairing.ts";
import { addClipOptions } from "../options/clip_options.ts";
import { parseAxis } from "../options/grid_axis.ts";
import { addMask, parseLabels, type StyleOption } from "../options/mask_parsers.ts";
import { repeated, wholeNumber } from "../options/parsers.ts";
import { addPictureOptions } from "../options/picture_options.ts";
import { SharedOption } from "../options/shared_option.ts";
import { parseStyle } from "../style_name.ts";

/** The `stylize` subcommand. */
export function command(): Command {
  const command = new Command("stylize")
    .usage("[options] <content...> <style>")
    .optionsGroup("Styles:")
    .argument(
      "<pictures...>",
      "pictures or folders to restyle (- is standard input), and last the style: a picture," +
        " or a pack; PACK#NAME is one of a pack's",
    )
    .addOption(
      new SharedOption(
        "--style <file:weight>",
        "a style, and how much of it, in place of the last picture; more: a mixture",
        "styles",
      ).argParser(repeated((text): StyleOption => ({ style: parseStyle(text) }))),
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
    )
    .addOption(
      new Option(
        "--grid <key=value,...>",
        "a contact sheet: of alpha, brush, level, style, style-size or" +
          " preserve-color; twice: rows and columns",
      ).argParser(repeated(parseAxis)),
    )
    .addOption(
      new Option("--pair <how>", "with several styles: how they and the contents are paired")
        .choices(PAIRINGS),
    )
    .addOption(
      new Option("--seed <n>", "of --pair random").argParser(wholeNumber(0, 2 ** 32)).default(0),
    );
  addClipOptions(command.optionsGroup("Clips:")).addOption(
    new Option("--frames <n>", "of a clip that comes through a pipe, for --to")
      .argParser(wholeNumber(1, 1e9)),
  );
  return addPictureOptions(command)
    .addHelpText(
      "after",
      "\nExamples: linear-style stylize photo.jpg painting.jpg -o out.png" +
        "\n          linear-style stylize photos/ art.safetensors#waves -o out/" +
        "\n          linear-style stylize photo.jpg --style a.jpg:2 --style b.jpg" +
        "\n          linear-style stylize photos/ art/ --pair random -o out/" +
        "\n          linear-style stylize photo.jpg evening.jpg --photo -o out.jpg" +
        "\n          linear-style stylize photo.jpg a.jpg --grid alpha=0.3,1 -o sheet.png",
    )
    .action(async (pictures: string[], options: StylizeCommandOptions) => {
      const { stylizePictures } = await import("../actions/stylize.ts");
      await stylizePictures(pictures, options);
    });
}

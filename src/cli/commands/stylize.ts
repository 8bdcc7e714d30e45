import { Command, Option } from "commander";
import type { StylizeCommandOptions } from "../actions/stylize.ts";
import { PAIRINGS } from "../batch/pairing.ts";
import { addClipOptions } from "../options/clip_options.ts";
import { parseAxis } from "../options/grid_axis.ts";
import { repeated, wholeNumber } from "../options/parsers.ts";
import { addPictureOptions } from "../options/picture_options.ts";
import { addRegionOptions } from "../options/region_options.ts";

/** The `stylize` subcommand. */
export function command(): Command {
  const command = new Command("stylize")
    .usage("[options] <content...> <style>")
    .optionsGroup("Styles:")
    .argument(
      "<pictures...>",
      "pictures or folders to restyle (- is standard input), and last the style: a picture," +
        " or a pack; PACK#NAME is one of a pack's",
    );
  addRegionOptions(command, "in place of the last picture; more: a mixture")
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

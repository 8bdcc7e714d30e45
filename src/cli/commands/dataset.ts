import { Command, Option } from "commander";
import {
  type DatasetOptions,
  SET_STATISTICS,
  SIDE_FILE_WAYS,
  STYLE_PAIRINGS,
} from "../dataset/options.ts";
import { addGroups, option, programOptions } from "../options/definitions.ts";
import { alpha, levelRanges, range, wholeNumber } from "../options/parsers.ts";

/** The `dataset` subcommand. */
export function command(): Command {
  const command = new Command("dataset")
    .usage("[options] <folder> <styles>")
    .argument(
      "<folder>",
      "of the data set: pictures, and whatever lies beside them; a tar file, a folder of them" +
        " (WebDataset), or - for one from standard input",
    )
    .argument("<styles>", "folder of pictures, also in folders, a picture, or a pack");
  const groups = {
    "Data set:": [
      new Option("-o, --output <folder>", "for the results, in the same tree")
        .makeOptionMandatory(),
      new Option(
        "--images <pattern>",
        "which pictures are restyled, like 'images/**' (default: all but those in folders" +
          " named like labels, masks or annotations)",
      ),
      new Option(
        "--labels <folder>",
        "labels of the pictures, under the same names: each picture must have one",
      ),
      new Option("--side-files <how>", "what becomes of everything that is no such picture")
        .choices(SIDE_FILE_WAYS).default("copy"),
      new Option("--per-content <k>", "results of each picture, in folders variant-1 to variant-K")
        .argParser(wholeNumber(1, 1000)).default(1),
    ],
    "Styles:": [
      new Option("--pair <how>", "a style for each picture by chance, or one pooled from all")
        .choices(STYLE_PAIRINGS).default("random"),
      new Option("--seed <n>", "of all that is drawn by chance")
        .argParser(wholeNumber(0, 2 ** 32)).default(0),
      new Option(
        "--statistics <whose>",
        "what pictures are matched by: their own statistics, those of the data set, or those of" +
          " each class in it (default: picture; with both kinds of labels: class)",
      ).choices(SET_STATISTICS),
      new Option("--style-labels <folder>", "label maps of the styles, in the contents' colors"),
      new Option("--sample <n>", "pictures that the statistics of the data set are taken from")
        .argParser(wholeNumber(1, 1e6)).default(256),
    ],
    "Look:": [
      option.photo(),
      new Option("--alpha <0..1.5>", "strength, or bounds to draw it from, like 0.3..1")
        .argParser(range(alpha)).default({ low: 1, high: 1 }, "1"),
      option.brush(),
      new Option("--levels <n:weight,...>", "weights of levels, or bounds to draw them from")
        .argParser(levelRanges),
      option.styleSize(),
      new Option("--preserve-color <how>", "keep the content's colors")
        .choices(["none", "luminance"]).default("none"),
      option.colorOnly(),
      option.quality(),
      option.metadata(),
    ],
    "Many pictures:": [
      option.overwrite(),
      new Option("--verify", "check the bytes of results that are there; make others anew"),
      option.jobs().default(4),
      option.shard(),
      option.json(),
    ],
    "Program:": programOptions(),
  };
  return addGroups(command, groups)
    .addHelpText(
      "after",
      "\nRun again, it goes on where it was stopped." +
        "\nindex.tsv and index.jsonl list the results." +
        "\nExample: linear-style dataset photos/ art/ -o restyled --alpha 0.3..1",
    )
    .action(async (folder: string, styles: string, options: DatasetOptions) => {
      const { restyle } = await import("../actions/dataset.ts");
      await restyle(folder, styles, options);
    });
}

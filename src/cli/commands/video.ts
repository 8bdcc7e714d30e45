import { Command, Option } from "commander";
import { VIDEO_CODECS } from "../../choices.ts";
import type { VideoOptions } from "../actions/video.ts";
import { addClipOptions } from "../options/clip_options.ts";
import { addGroups, lookOptions, option, programOptions } from "../options/definitions.ts";
import { seconds, videoCodec, wholeNumber } from "../options/parsers.ts";
import { addRegionOptions } from "../options/region_options.ts";

/** The `video` subcommand. */
export function command(): Command {
  const command = new Command("video")
    .argument("<clip>", "video to restyle: whatever ffmpeg reads")
    .argument("[style]", "picture, or style pack, to take the style of; PACK#NAME: one of a pack")
    .optionsGroup("Styles:");
  addRegionOptions(command, "beside [style]; more: a mixture");
  addClipOptions(command.optionsGroup("Clip:"));
  return addGroups(command, groups())
    .addHelpText(
      "after",
      "\nExamples: linear-style video clip.mp4 painting.jpg -o out.mp4" +
        "\n          linear-style video clip.mp4 --style a.jpg --to b.jpg -o out.mkv" +
        "\n          linear-style video clip.mp4 a.jpg --start 0:00.5 --duration 0.2",
    )
    .action(async (clip: string, style: string | undefined, options: VideoOptions) => {
      const { stylizeVideo } = await import("../actions/video.ts");
      await stylizeVideo(clip, style, options);
    });
}

/** Options by their headings in the help; the first go on with those of clips. */
function groups(): Record<string, Option[]> {
  return {
    "Clip:": [
      new Option("--start <time>", "where in the clip to begin, in seconds or as 1:02:03")
        .argParser(seconds),
      new Option("--duration <time>", "how much of the clip to take (default: to its end)")
        .argParser(seconds),
      new Option("--deinterlace", "make one picture of the two fields of each frame"),
    ],
    "Look:": lookOptions(),
    "Result:": [
      new Option("-o, --output <file>", "of .mp4, .mov, .mkv or .webm (default: beside the clip)"),
      option.saveLut(),
      option.shortSide(),
      new Option("--video-codec <name>", "of the result (default: h264; .webm: vp9)")
        .choices(VIDEO_CODECS).argParser(videoCodec),
      new Option(
        "--crf <n>",
        "quality: lower is closer, and larger (default: h264 18, h265 20, vp9 24, av1 26)",
      ).argParser(wholeNumber(0, 63)),
      new Option(
        "--preset <name>",
        "trade of time for size: ultrafast to placebo; av1: 13 to 0" +
          " (default: h264 faster, h265 fast, av1 8)",
      ),
      option.overwrite(),
    ],
    "Program:": programOptions(),
  };
}

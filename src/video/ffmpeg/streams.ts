/**
 * The streams beside the video that are taken over into another file.
 *
 * @module
 */

import type { ClipStream } from "./clip_info.ts";

/** Subtitles that are text: they can be converted to one another. */
const TEXT_SUBTITLES = ["subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text"];

/** Codecs of subtitles that a format holds, and the one that other text is converted to. */
const SUBTITLES: Record<string, { held: readonly string[]; text: string }> = {
  mp4: { held: ["mov_text", "dvd_subtitle"], text: "mov_text" },
  m4v: { held: ["mov_text", "dvd_subtitle"], text: "mov_text" },
  mov: { held: ["mov_text"], text: "mov_text" },
  mkv: {
    held: [
      ...["subrip", "ass", "ssa", "webvtt", "dvd_subtitle", "hdmv_pgs_subtitle"],
      "dvb_subtitle",
    ],
    text: "subrip",
  },
  webm: { held: ["webvtt"], text: "webvtt" },
};

/** Formats that hold cover pictures as streams. */
const HOLD_COVERS = ["mp4", "m4v", "mov"];

/** Streams that a file of some format takes over from another. */
export interface CarriedStreams {
  /** Options of ffmpeg that map them from its second input, and say how they are coded. */
  args: string[];
  /** Those that the format cannot hold. */
  dropped: ClipStream[];
}

/**
 * Chooses the streams that are taken over. Sound is always among them: ffmpeg refuses what it cannot
 * copy, and a clip does not lose its sound without a word.
 *
 * @param format suffix of the file to write, without the dot
 */
export function carryStreams(streams: readonly ClipStream[], format: string): CarriedStreams {
  const args: string[] = [];
  const dropped: ClipStream[] = [];
  let subtitles = 0;
  let covers = 0;
  for (const stream of streams) {
    const { index, type, codec, isCover } = stream;
    const map = ["-map", `1:${index}`];
    if (type === "audio") args.push(...map);
    else if (type === "subtitle") {
      const { held, text } = SUBTITLES[format]!;
      const as = held.includes(codec) ? "copy" : TEXT_SUBTITLES.includes(codec) ? text : undefined;
      if (as) args.push(...map, `-c:s:${subtitles++}`, as);
      else dropped.push(stream);
    } else if (type === "attachment" && format === "mkv") args.push(...map);
    else if (isCover && HOLD_COVERS.includes(format)) {
      covers++;
      args.push(...map, `-c:v:${covers}`, "copy", `-disposition:v:${covers}`, "attached_pic");
    } else dropped.push(stream);
  }
  return { args, dropped };
}

/**
 * The streams beside the video that are taken over into another file.
 *
 * @module
 */

import { type ClipStream, UNKNOWN } from "./clip_info.ts";

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

/** Codecs of sound that a format holds, and what other sound is converted to. */
const SOUND: Record<string, { held: RegExp; codec: SoundCodec }> = {
  mp4: { held: /^(aac|mp[123]|e?ac3|alac|opus|vorbis|dts)$/, codec: "aac" },
  m4v: { held: /^(aac|ac3|alac)$/, codec: "aac" },
  mov: { held: /^(aac|mp[123]|e?ac3|alac|dts|pcm_.*)$/, codec: "aac" },
  mkv: { held: /./, codec: "opus" },
  webm: { held: /^(opus|vorbis)$/, codec: "opus" },
};

/** Codecs that sound is converted to. */
type SoundCodec = "aac" | "opus";

/** Options for the encoders of those, for a number of a stream among those of sound. */
const SOUND_ENCODERS: Record<SoundCodec, (stream: number) => readonly string[]> = {
  aac: (stream) => [`-c:a:${stream}`, "aac"],
  // It refuses surround channels that are at the sides.
  opus: (stream) => [
    ...[`-c:a:${stream}`, "libopus", `-filter:a:${stream}`],
    "aformat=channel_layouts=mono|stereo|3.0|quad|5.0|5.1|6.1|7.1",
  ],
};

/** Bits a second of a channel that is converted, with which few hear a difference. */
const CHANNEL_BITS = 96_000;

/** Formats that hold cover pictures as streams. */
const HOLD_COVERS = ["mp4", "m4v", "mov"];

/** Streams that a file of some format takes over from another. */
export interface CarriedStreams {
  /** Options of ffmpeg that map them from its second input, and say how they are coded. */
  args: string[];
  /** Those that the format cannot hold. */
  dropped: ClipStream[];
  /** Sound that is converted to what the format holds, and the codec of that. */
  converted: { stream: ClipStream; codec: string }[];
}

/**
 * Chooses the streams that are taken over, and converts text and sound that the format does not
 * hold as it is.
 *
 * @param format suffix of the file to write, without the dot
 */
export function carryStreams(streams: readonly ClipStream[], format: string): CarriedStreams {
  const args: string[] = [];
  const dropped: ClipStream[] = [];
  const converted: CarriedStreams["converted"] = [];
  let sounds = 0;
  let subtitles = 0;
  let covers = 0;
  for (const stream of streams) {
    const { index, type, codec, isCover } = stream;
    const map = ["-map", `1:${index}`];
    if (type === "audio" && codec !== UNKNOWN) {
      args.push(...map);
      const { held, codec: other } = SOUND[format]!;
      if (!held.test(codec)) {
        converted.push({ stream, codec: other });
        const bits = CHANNEL_BITS * (stream.channels ?? 2);
        args.push(...SOUND_ENCODERS[other](sounds), `-b:a:${sounds}`, `${bits}`);
      }
      sounds++;
    } else if (type === "subtitle") {
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
  return { args, dropped, converted };
}

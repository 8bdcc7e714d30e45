import { ByteReader } from "../byte_reader.ts";
import { VideoError } from "../video_error.ts";
import {
  type ClipFile,
  type ClipInfo,
  type ClipSource,
  type ClipStream,
  quoteName,
  UNKNOWN,
} from "./clip_info.ts";
import { CONVERSION_FILTERS, hdrName, isConverted } from "./color.ts";
import { chooseFrameRate, parseRate } from "./frame_rate.ts";
import { hasFilters, LOCAL, start } from "./process.ts";
import { findMissingEnd } from "./whole_file.ts";

/** The part that is used of what ffprobe prints about a file. */
interface Probed {
  streams?: ProbedStream[];
  chapters?: unknown[];
  format?: { "format_name"?: string; "start_time"?: string; duration?: string };
}

/** The same, about a stream. */
interface ProbedStream {
  index: number;
  "codec_type"?: string;
  "codec_name"?: string;
  "codec_tag_string"?: string;
  channels?: number;
  width?: number;
  height?: number;
  "pix_fmt"?: string;
  "color_range"?: string;
  "color_space"?: string;
  "color_transfer"?: string;
  "color_primaries"?: string;
  "field_order"?: string;
  "sample_aspect_ratio"?: string;
  "r_frame_rate"?: string;
  "avg_frame_rate"?: string;
  "start_time"?: string;
  "nb_frames"?: string;
  disposition?: { "attached_pic"?: number };
  tags?: { rotate?: string; mimetype?: string };
  "side_data_list"?: {
    rotation?: number;
    "dv_profile"?: number;
    "dv_bl_signal_compatibility_id"?: number;
  }[];
}

/** When the packets of a file are shown, in seconds. */
interface PacketTimes {
  /** Those of the video, sorted. */
  video: number[];
  /** How long the last of them is shown; 0 where unknown. */
  lastDuration: number;
  /** When the last packet of any stream ends. */
  end: number;
  /** What is not whole, if anything. */
  damage: string;
}

/** What ffprobe says, as a warning, of packets that are not whole. */
const DAMAGE = /packet corrupt|partial file|size mismatch|prematurely/i;

/** A file that ends this much earlier than it says, in seconds, is cut off. */
const CUT_OFF = 0.5;

/** Longest line of packets that ffprobe prints, in bytes. */
const LONGEST_LINE = 65536;

/**
 * Finds out the properties of a clip by ffprobe, which reads the whole file.
 *
 * @param options `signal` ends ffprobe when it is aborted
 * @throws {VideoError} if ffprobe is missing, cannot read the file, or finds no video in the part
 *   that is asked for; if the video is HDR, and ffmpeg lacks the filters that convert it.
 *
 * @example
 * ```ts ignore
 * const { width, height, rate } = await probeClip({ path: "clip.mp4" });
 * ```
 */
export async function probeClip(
  clip: ClipSource,
  { signal }: { signal?: AbortSignal } = {},
): Promise<ClipInfo> {
  const { streams = [], chapters = [], format } = await readStreams(clip, signal);
  const stream = streams.find((stream) => stream.codec_type === "video" && !isCover(stream));
  if (!stream?.width || !stream.height) throw new VideoError(`${quoteName(clip)} has no video`);
  const origin = number(format?.start_time) ?? 0;
  const packets = await readPacketTimes(clip, streams, stream.index, signal);
  packets.damage ||= await findMissingEnd(clip.path, format?.format_name ?? "") ?? "";
  const info: ClipInfo = {
    ...describeFrames(stream, stream.width, stream.height),
    ...describeTiming(clip, stream, packets, origin),
    ...describeEnd(clip, stream, packets, origin, number(format?.duration)),
    streams: streams.filter((other) => other !== stream && !isChapterTrack(other, chapters))
      .map(describeStream),
  };
  if (isDolbyVisionAlone(stream)) {
    throw new VideoError(
      `Cannot read ${quoteName(clip)}: its colors are those of Dolby Vision alone, which ffmpeg` +
        " does not convert",
    );
  }
  const hdr = hdrName(info);
  if (isConverted(info) && !await hasFilters(CONVERSION_FILTERS, signal)) {
    throw new VideoError(
      `Cannot read ${quoteName(clip)}: its colors are ${hdr ? `HDR (${hdr})` : info.primaries},` +
        ` and this ffmpeg has no ${CONVERSION_FILTERS.join(" and ")} to convert them:` +
        " install an ffmpeg that is built with libzimg",
    );
  }
  return info;
}

/** Reads what the file says about itself. */
async function readStreams(clip: ClipFile, signal?: AbortSignal): Promise<Probed> {
  const args = ["-v", "error", "-show_streams", "-show_format", "-show_chapters", "-of", "json"];
  using child = start("ffprobe", [...args, ...LOCAL, "-i", clip.path], {
    stdout: "piped",
    signal,
  });
  const [stdout, reason] = await Promise.all([new Response(child.stdout).text(), child.complaint]);
  if (!(await child.status).success) {
    const words = reason.replace(clip.path, "").replace(/^[:\s]+/, "");
    throw new VideoError(`Cannot read ${quoteName(clip)}: ffprobe says: ${words}`);
  }
  return JSON.parse(stdout) as Probed;
}

/** Reads through the file, and collects the times of its packets. */
async function readPacketTimes(
  clip: ClipFile,
  streams: readonly ProbedStream[],
  video: number,
  signal?: AbortSignal,
): Promise<PacketTimes> {
  const entries = "packet=stream_index,pts_time,dts_time,duration_time,flags";
  const args = ["-v", "warning", "-show_entries", entries, "-of", "csv=p=0"];
  using child = start("ffprobe", [...args, ...LOCAL, "-i", clip.path], {
    stdout: "piped",
    heed: DAMAGE,
    signal,
  });
  const covers = new Set(streams.filter(isCover).map(({ index }) => index));
  const shown: { time: number; duration: number }[] = [];
  let end = -Infinity;
  /** How much later than it is decoded the last packet of the video is shown. */
  let delay = 0;
  const reader = new ByteReader(child.stdout);
  for (;;) {
    const line = await reader.line(LONGEST_LINE);
    if (typeof line !== "string") break;
    const [index, shownAt, decodedAt, duration, flags] = line.split(",");
    const [pts, dts] = [number(shownAt), number(decodedAt)];
    const isVideo = Number(index) === video;
    if (isVideo && pts !== undefined && dts !== undefined) delay = pts - dts;
    const time = pts ?? (dts === undefined ? undefined : dts + (isVideo ? delay : 0));
    if (time === undefined || covers.has(Number(index)) || flags?.includes("D")) continue;
    const lasting = number(duration) ?? 0;
    end = Math.max(end, time + lasting);
    if (isVideo) shown.push({ time, duration: lasting });
  }
  shown.sort((a, b) => a.time - b.time);
  const complaint = await child.complaint;
  return {
    video: shown.map(({ time }) => time),
    lastDuration: shown.at(-1)?.duration ?? 0,
    end,
    damage: complaint && `ffprobe says: ${complaint}`,
  };
}

/** Size, shape and colors of the frames. */
function describeFrames(stream: ProbedStream, codedWidth: number, codedHeight: number) {
  const rotation = stream.side_data_list?.find(({ rotation }) => rotation !== undefined)
    ?.rotation ?? Number(stream.tags?.rotate ?? 0);
  const upright = Math.round(rotation / 90) % 2 === 0;
  const [width, height] = upright ? [codedWidth, codedHeight] : [codedHeight, codedWidth];
  const aspect = /^[1-9]\d*:[1-9]\d*$/.test(stream.sample_aspect_ratio ?? "")
    ? stream.sample_aspect_ratio!.split(":")
    : ["1", "1"];
  const colors = {
    range: known(stream.color_range),
    matrix: known(stream.color_space),
    primaries: known(stream.color_primaries),
    transfer: known(stream.color_transfer),
  };
  return {
    ...{ width, height },
    aspect: (upright ? aspect : aspect.reverse()).join("/"),
    pixelFormat: stream.pix_fmt ?? "yuv420p",
    ...Object.fromEntries(Object.entries(colors).filter(([, value]) => value !== undefined)),
    interlaced: /^(tt|bb|tb|bt)$/.test(stream.field_order ?? ""),
  };
}

/** Rate, number and delay of the frames in the clip's part of the file. */
function describeTiming(
  clip: ClipSource,
  stream: ProbedStream,
  { video, lastDuration }: PacketTimes,
  origin: number,
): Pick<ClipInfo, "rate" | "variable" | "count" | "delay"> {
  const declared = [stream.r_frame_rate, stream.avg_frame_rate].map((rate) => rate ?? "");
  // Without times, ffmpeg counts frames by the declared rate.
  if (video.length === 0) {
    const rate = declared.find((rate) => parseRate(rate) > 0) ?? "25/1";
    return { rate, variable: false, delay: 0 };
  }
  const { start: from = 0, duration = Infinity } = clip;
  // ffmpeg rounds times to microseconds, and counts the duration from the first frame on.
  const later = video.map((time) => time - origin - from)
    .filter((time) => from === 0 || time > -1e-6);
  const times = later.filter((time) => time < later[0]! + duration - 1e-6);
  if (times.length === 0) {
    const end = video.at(-1)! + lastDuration - origin;
    throw new VideoError(
      `${quoteName(clip)} has no frame from ${from} s on: its video ends at ${end.toFixed(2)} s`,
    );
  }
  const isWhole = times.length === video.length;
  const { rate, variable, count } = chooseFrameRate(times, declared, isWhole ? lastDuration : 0);
  return { rate, variable, count, delay: times[0]! };
}

/** Whether a file that is to be read to its end is cut off or damaged. */
function describeEnd(
  { start = 0, duration }: ClipSource,
  stream: ProbedStream,
  { video, end: last, damage }: PacketTimes,
  origin: number,
  declared: number | undefined,
): Pick<ClipInfo, "cutOff" | "damage"> {
  const end = last - origin;
  // Some formats count from 0 instead of from the first packet.
  const latest = Math.max(end, last);
  if (duration !== undefined && start + duration <= end) return {};
  const isShort = Number(stream.nb_frames) > video.length || declared! - latest > CUT_OFF;
  return {
    ...(declared !== undefined && isShort && declared > end ? { cutOff: { end, declared } } : {}),
    ...(damage ? { damage } : {}),
  };
}

function describeStream(stream: ProbedStream): ClipStream {
  return {
    index: stream.index,
    type: stream.codec_type ?? "data",
    codec: stream.codec_name ?? stream.tags?.mimetype ?? UNKNOWN,
    ...(stream.channels ? { channels: stream.channels } : {}),
    isCover: isCover(stream),
  };
}

/** Whether the colors mean nothing to a decoder that does not know Dolby Vision (profile 5). */
function isDolbyVisionAlone({ side_data_list: sideData = [] }: ProbedStream): boolean {
  return sideData.some((data) => data.dv_profile === 5 && !data.dv_bl_signal_compatibility_id);
}

function isCover({ disposition }: ProbedStream): boolean {
  return disposition?.attached_pic === 1;
}

/** Whether a stream holds the titles of chapters, which are copied as such. */
function isChapterTrack(
  { codec_type: type, codec_tag_string: tag }: ProbedStream,
  chapters: unknown[],
) {
  return type === "data" && tag === "text" && chapters.length > 0;
}

function known(value: string | undefined): string | undefined {
  return value && !/^(unknown|reserved)$/.test(value) ? value : undefined;
}

/** A number that ffprobe prints; `undefined` for none, as in `N/A`. */
function number(text: string | undefined): number | undefined {
  const value = text === undefined || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

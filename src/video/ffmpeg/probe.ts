import { VideoError } from "../video_error.ts";
import { type ClipFile, type ClipInfo, quoteName } from "./clip_info.ts";
import { LOCAL, start } from "./process.ts";

/** The part that is used of what ffprobe prints about a video stream and its file. */
interface Probed {
  streams?: {
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
    duration?: string;
    "nb_frames"?: string;
    tags?: { rotate?: string };
    "side_data_list"?: { rotation?: number }[];
  }[];
  format?: { "start_time"?: string; duration?: string };
}

/**
 * Finds out the properties of a clip by ffprobe.
 *
 * @param options `signal` ends ffprobe when it is aborted
 * @throws {VideoError} if ffprobe is missing, cannot read the file, or finds no video in it.
 *
 * @example
 * ```ts ignore
 * const { width, height, rate } = await probeClip({ path: "clip.mp4" });
 * ```
 */
export async function probeClip(
  clip: ClipFile,
  { signal }: { signal?: AbortSignal } = {},
): Promise<ClipInfo> {
  const { path } = clip;
  const args = ["-v", "error", "-select_streams", "V:0", "-show_streams", "-show_format"];
  using child = start("ffprobe", [...args, "-of", "json", ...LOCAL, "-i", path], {
    stdout: "piped",
    signal,
  });
  const [stdout, reason] = await Promise.all([
    new Response(child.stdout).text(),
    child.complaint,
  ]);
  if (!(await child.status).success) {
    const words = reason.replace(path, "").replace(/^[:\s]+/, "");
    throw new VideoError(`Cannot read ${quoteName(clip)}: ffprobe says: ${words}`);
  }
  const { streams, format } = JSON.parse(stdout) as Probed;
  const stream = streams?.[0];
  if (!stream?.width || !stream.height) throw new VideoError(`${quoteName(clip)} has no video`);
  const turned = stream.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ??
    Number(stream.tags?.rotate ?? 0);
  const upright = Math.round(turned / 90) % 2 === 0;
  const [width, height] = upright ? [stream.width, stream.height] : [stream.height, stream.width];
  const { rate, variable } = chooseRate(stream.r_frame_rate, stream.avg_frame_rate);
  const seconds = Number(stream.duration ?? format?.duration);
  const counted = variable ? NaN : Number(stream.nb_frames);
  const count = Math.round(counted > 0 ? counted : seconds * fraction(rate));
  const begin = Number(stream.start_time) - Number(format?.start_time);
  const known = (value?: string) =>
    value && !/^(unknown|reserved)$/.test(value) ? value : undefined;
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
    ...{ width, height, rate, variable },
    ...(count > 0 ? { count } : {}),
    aspect: (upright ? aspect : aspect.reverse()).join("/"),
    delay: Number.isFinite(begin) ? begin : 0,
    pixelFormat: stream.pix_fmt ?? "yuv420p",
    ...Object.fromEntries(Object.entries(colors).filter(([, value]) => value !== undefined)),
    interlaced: /^(tt|bb|tb|bt)$/.test(stream.field_order ?? ""),
  };
}

function fraction(text: string | undefined): number {
  const [, top, bottom] = /^(\d+)\/(\d+)$/.exec(text ?? "") ?? [];
  return Number(top) / Number(bottom);
}

/**
 * Chooses the rate of a clip, from the lowest one at which each frame falls on a tick, and the mean.
 * Where the former is far above the latter, nobody chose it.
 */
function chooseRate(base: string | undefined, mean: string | undefined) {
  const [least, average] = [fraction(base), fraction(mean)];
  if (!(average > 0 && Number.isFinite(average))) {
    const usable = least > 0 && Number.isFinite(least);
    return { rate: usable ? base! : "25/1", variable: !usable };
  }
  const variable = Math.abs(least / average - 1) > 0.002;
  return { rate: least < 1.25 * average ? base! : mean!, variable };
}

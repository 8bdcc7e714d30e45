/** ffmpeg as a witness of what is in clips. */

import assert from "node:assert/strict";
import { decodeImage, type Pixels } from "../../src/mod.ts";
import { spawn, text } from "./program.ts";

/** Runs ffmpeg in a folder, and tells its standard output. */
export async function ffmpeg(cwd: string, ...args: string[]): Promise<Uint8Array> {
  const { code, stdout, stderr } = await spawn("ffmpeg", ["-v", "error", ...args], { cwd });
  assert.equal(code, 0, stderr);
  return stdout;
}

/** What ffprobe says of the pictures in a clip, entry by entry; at last how they are turned. */
export async function facts(cwd: string, file: string, ...entries: string[]): Promise<unknown[]> {
  const args = ["-v", "error", "-select_streams", "v:0", "-count_frames", "-of", "json"];
  const shown = ["-show_entries", `stream=${entries.join()}:stream_side_data=rotation`];
  const { stdout } = await spawn("ffprobe", [...args, ...shown, file], { cwd });
  const [stream] = JSON.parse(text(stdout)).streams;
  return [...entries, "side_data_list"].map((entry) => stream[entry]);
}

/** A frame of a clip as ffmpeg shows it; as BMP, which says nothing of the clip's gamma. */
export async function frame(cwd: string, file: string, index: number): Promise<Pixels> {
  const select = ["-vf", `select=eq(n\\,${index})`, "-frames:v", "1"];
  return await decodeImage(
    await ffmpeg(cwd, "-i", file, ...select, "-f", "image2", "-c:v", "bmp", "-"),
  );
}

/** Mean brightness, 0..255, and time in seconds of each frame of a clip, as players show it. */
export async function brightness(
  cwd: string,
  file: string,
): Promise<{ time: number; value: number }[]> {
  const filters = "scale=16:16,format=gray,scale=1:1:flags=area,showinfo";
  const { code, stderr } = await spawn(
    "ffmpeg",
    ["-hide_banner", "-i", file, "-map", "0:V:0", "-vf", filters, "-f", "null", "-"],
    { cwd },
  );
  assert.equal(code, 0, stderr);
  return [...stderr.matchAll(/pts_time:(\S+).*?mean:\[(\d+)/g)].map(([, time, value]) => ({
    time: Number(time),
    value: Number(value),
  }));
}

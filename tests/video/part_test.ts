import assert from "node:assert/strict";
import { ClipWriter, probeClip, readFrames } from "../../src/video/mod.ts";
import { brightness, facts, ffmpeg } from "../helpers/clips.ts";
import { spawn, temporaryFolder } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";

const ignore = missing(hasFfmpeg);

/** Three seconds of video, bright from 2 s to 2.2 s, with a beep at the same time. */
async function studio(name = "clip.mkv", ...settings: string[]) {
  const folder = await temporaryFolder();
  await ffmpeg(
    folder.path,
    ...["-f", "lavfi", "-i", "color=black:size=16x16:rate=25:duration=3"],
    ...["-f", "lavfi", "-i", "aevalsrc='if(between(t,2,2.2),sin(2000*t),0)':d=3"],
    ...["-vf", "geq=lum='if(between(N,50,54),235,16)':cb=128:cr=128", "-c:a", "flac"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", ...settings, name],
  );
  return folder;
}

/** When a clip becomes loud, in seconds. */
async function beepTime(cwd: string, file: string): Promise<number> {
  const args = ["-hide_banner", "-i", file, "-map", "0:a", "-af", "silencedetect=n=-20dB:d=0.05"];
  const { stderr } = await spawn("ffmpeg", [...args, "-f", "null", "-"], { cwd });
  return Number(/silence_end: ([\d.]+)/.exec(stderr)![1]);
}

for (const [name, start, duration] of [["clip.mkv", 1.5, 1], ["clip.mp4", 1.01, 1.5]] as const) {
  Deno.test({
    name: `a part is read and written with its sound: ${name} from ${start} s`,
    ignore,
    async fn() {
      await using folder = await studio(name, ...(name === "clip.mp4" ? ["-c:a", "aac"] : []));
      const cwd = folder.path;
      const source = { path: `${cwd}/${name}`, start, duration };
      const info = await probeClip(source);
      const frames = await Array.fromAsync(readFrames(source, info));
      assert.equal(frames.length, info.count);
      assert.ok(Math.abs(frames.length - 25 * duration) <= 1, `${frames.length}`);
      const out = `out.${name.split(".")[1]}`;
      using writer = await ClipWriter.open({ path: `${cwd}/${out}` }, source, info, { crf: 1 });
      for (const frame of frames) await writer.write(frame);
      await writer.finish();
      const flash = (await brightness(cwd, out)).find(({ value }) => value > 128)!.time;
      const beep = await beepTime(cwd, out);
      // Times in the file are those of frames: to half a frame.
      assert.ok(Math.abs(flash - (2 - start)) < 0.041, `flash at ${flash} s`);
      assert.ok(Math.abs(flash - beep) < 0.025, `flash at ${flash} s, beep at ${beep} s`);
      const [length] = await facts(cwd, out, "nb_read_frames");
      assert.equal(Number(length), frames.length);
    },
  });
}

Deno.test({
  name: "a part that begins after the end of the video is refused",
  ignore,
  async fn() {
    await using folder = await studio();
    await assert.rejects(probeClip({ path: `${folder.path}/clip.mkv`, name: "c.mkv", start: 9 }), {
      name: "VideoError",
      message: '"c.mkv" has no frame from 9 s on: its video ends at 3.00 s',
    });
  },
});

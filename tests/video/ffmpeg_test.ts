import assert from "node:assert/strict";
import { ClipWriter, probeClip, readFrames } from "../../src/video/mod.ts";
import { facts, ffmpeg, frame } from "../helpers/clips.ts";
import { psnr } from "../helpers/pictures.ts";
import { example, temporaryFolder } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";

const ignore = missing(hasFfmpeg);

/** A folder with a clip of 8 frames in it, and sound. */
async function studio(name: string, ...settings: string[]) {
  const folder = await temporaryFolder();
  await ffmpeg(
    folder.path,
    ...["-loop", "1", "-framerate", "25", "-t", "0.32", "-i", example("island.jpg")],
    ...["-f", "lavfi", "-i", "sine=frequency=440:duration=0.32", "-c:a", "aac"],
    ...["-vf", "scale=96:64,hue=H=0.2*n", "-c:v", "libx264", "-crf", "8", ...settings, name],
  );
  return folder;
}

/** Decodes a clip and encodes what came out. */
async function copy(cwd: string, from: string, to: string, size?: [number, number]) {
  const source = { path: `${cwd}/${from}` };
  const info = await probeClip(source);
  const [width, height] = size ?? [info.width, info.height];
  const frames = await Array.fromAsync(readFrames(source, info, { width, height }));
  using writer = await ClipWriter.open({ path: `${cwd}/${to}` }, source, info, {
    width,
    height,
    crf: 8,
  });
  for (const frame of frames) await writer.write(frame);
  await writer.finish();
  return { info, frames };
}

const KINDS: Record<string, string[]> = {
  "420": ["-pix_fmt", "yuv420p"],
  "full range": ["-pix_fmt", "yuvj420p", "-color_range", "pc"],
  "422 by BT.709": [
    ...["-vf", "scale=96:64:out_color_matrix=bt709", "-pix_fmt", "yuv422p"],
    ...["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"],
  ],
  "444": ["-pix_fmt", "yuv444p"],
};

for (const [name, settings] of Object.entries(KINDS)) {
  Deno.test({
    name: `a clip keeps its colors, size, rate and length: ${name}`,
    ignore,
    async fn() {
      await using folder = await studio("clip.mp4", ...settings);
      const cwd = folder.path;
      await copy(cwd, "clip.mp4", "out.mp4");
      const asked = [
        ...["width", "height", "r_frame_rate", "nb_read_frames", "duration", "color_range"],
        ...["color_space", "color_primaries", "color_transfer"],
      ];
      const was = await facts(cwd, "clip.mp4", ...asked);
      const is = await facts(cwd, "out.mp4", ...asked);
      assert.deepEqual(is.slice(0, 5), was.slice(0, 5));
      if (was[5]) assert.equal(is[5], was[5]);
      assert.deepEqual(is.slice(6), was.slice(6));
      assert.equal(was[3], "8");
      for (const index of [0, 7]) {
        const likeness = psnr(
          await frame(cwd, "out.mp4", index),
          await frame(cwd, "clip.mp4", index),
        );
        assert.ok(likeness > 33, `frame ${index}: ${likeness} dB`);
      }
    },
  });
}

Deno.test({
  name: "a clip that is shown turned comes out upright",
  ignore,
  async fn() {
    await using folder = await studio("clip.mp4", "-pix_fmt", "yuv420p");
    const cwd = folder.path;
    // What turns a clip has changed from one ffmpeg to the next.
    await ffmpeg(cwd, "-display_rotation", "90", "-i", "clip.mp4", "-c", "copy", "turned.mov")
      .catch(() =>
        ffmpeg(cwd, "-i", "clip.mp4", "-c", "copy", "-metadata:s:v:0", "rotate=90", "turned.mov")
      );
    assert.match(JSON.stringify(await facts(cwd, "turned.mov", "width")), /rotation/);
    await copy(cwd, "turned.mov", "out.mov");
    assert.deepEqual(await facts(cwd, "out.mov", "width", "height"), [64, 96, undefined]);
    const likeness = psnr(await frame(cwd, "out.mov", 2), await frame(cwd, "turned.mov", 2));
    assert.ok(likeness > 33, `${likeness} dB`);
  },
});

Deno.test({
  name: "pixels that are not square keep their shape, at another size, too",
  ignore,
  async fn() {
    await using folder = await studio("w.mkv", "-vf", "scale=96:64,setsar=4/3");
    const cwd = folder.path;
    await copy(cwd, "w.mkv", "out.mkv", [48, 32]);
    const asked = ["width", "height", "sample_aspect_ratio"];
    assert.deepEqual(await facts(cwd, "out.mkv", ...asked), [48, 32, "4:3", undefined]);
  },
});

Deno.test({
  name: "pictures that begin after the sound still do",
  ignore,
  async fn() {
    await using folder = await studio("clip.mp4", "-pix_fmt", "yuv420p");
    const cwd = folder.path;
    await ffmpeg(
      cwd,
      ...["-itsoffset", "0.4", "-i", "clip.mp4", "-i", "clip.mp4"],
      ...["-map", "0:v", "-map", "1:a", "-c", "copy", "late.mkv"],
    );
    await copy(cwd, "late.mkv", "out.mkv");
    const [before, after] = await Promise.all(
      ["late.mkv", "out.mkv"].map(async (file) =>
        Number((await facts(cwd, file, "start_time"))[0])
      ),
    );
    assert.ok(before! > 0.35 && Math.abs(after! - before!) < 0.05, `${before} s, ${after} s`);
  },
});

Deno.test({
  name: "frames shown for different times get a constant rate, in step with the sound",
  ignore,
  async fn() {
    // After 4 frames of 1/25 s, each is shown for 3/25 s.
    const times = "setpts=if(lt(N\\,4)\\,N\\,4+(N-4)*3)/25/TB";
    await using folder = await studio(
      "varied.mp4",
      "-vf",
      `scale=96:64,${times}`,
      "-fps_mode",
      "vfr",
    );
    const cwd = folder.path;
    const { info, frames } = await copy(cwd, "varied.mp4", "out.mp4");
    assert.equal(info.variable, true);
    const [top, bottom] = info.rate.split("/").map(Number);
    const seconds = frames.length * bottom! / top!;
    assert.ok(seconds > 0.5 && seconds < 0.7, `${frames.length} frames at ${info.rate}`);
  },
});

Deno.test({
  name: "frames are sampled evenly, and no more than asked for",
  ignore,
  async fn() {
    await using folder = await studio("clip.mp4", "-pix_fmt", "yuv420p");
    const source = { path: `${folder.path}/clip.mp4` };
    const info = await probeClip(source);
    assert.equal(info.count, 8);
    const size = { width: 96, height: 64 };
    const all = await Array.fromAsync(readFrames(source, info, size));
    const some = await Array.fromAsync(readFrames(source, info, { ...size, every: 3, limit: 2 }));
    assert.deepEqual(some, [all[0], all[3]]);
  },
});

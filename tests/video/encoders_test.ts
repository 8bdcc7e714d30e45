import assert from "node:assert/strict";
import {
  CLIP_SUFFIXES,
  ClipWriter,
  formatsOf,
  probeClip,
  readFrames,
  VIDEO_CODECS,
} from "../../src/video/mod.ts";
import { facts, ffmpeg, frame } from "../helpers/clips.ts";
import { psnr } from "../helpers/pictures.ts";
import { temporaryFolder } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";

const ignore = missing(hasFfmpeg);

/** Four frames of 65×49 px. */
async function studio(size = "65x49", ...settings: string[]) {
  const folder = await temporaryFolder();
  await ffmpeg(
    folder.path,
    ...["-f", "lavfi", "-i", "testsrc2=size=80x80:rate=25:duration=0.16"],
    ...["-vf", `crop=${size.replace("x", ":")}:0:0:exact=1`],
    ...["-c:v", "ffv1", "-pix_fmt", "yuv420p", ...settings, "clip.mkv"],
  );
  const source = { path: `${folder.path}/clip.mkv` };
  const info = await probeClip(source);
  return { folder, source, info, frames: await Array.fromAsync(readFrames(source, info)) };
}

Deno.test({
  name: "each codec is written to each of its formats, also frames of odd sizes",
  ignore,
  async fn(t) {
    const { folder, source, info, frames } = await studio();
    await using _ = folder;
    const cwd = folder.path;
    const names: Record<string, string> = { h265: "hevc" };
    for (const codec of VIDEO_CODECS) {
      for (const format of formatsOf(codec)) {
        await t.step(`${codec} to .${format}`, async () => {
          const file = `${codec}.${format}`;
          using writer = await ClipWriter.open({ path: `${cwd}/${file}` }, source, info, { codec });
          for (const frame of frames) await writer.write(frame);
          await writer.finish();
          const asked = ["codec_name", "width", "height", "nb_read_frames", "pix_fmt"];
          const [name, width, height, count, pixelFormat] = await facts(cwd, file, ...asked);
          assert.deepEqual([name, width, height, count], [names[codec] ?? codec, 65, 49, "4"]);
          if (["vp9", "av1", "ffv1"].includes(codec)) assert.equal(pixelFormat, "yuv420p");
          assert.ok(psnr(await frame(cwd, file, 2), frames[2]!) > 20);
        });
      }
    }
  },
});

Deno.test({
  name: "quality and preset reach the encoder",
  ignore,
  async fn() {
    const { folder, source, info, frames } = await studio("64x48");
    await using _ = folder;
    const size = async (options: object) => {
      const path = `${folder.path}/out.mkv`;
      using writer = await ClipWriter.open({ path }, source, info, options);
      for (const frame of frames) await writer.write(frame);
      await writer.finish();
      return (await Deno.stat(path)).size;
    };
    const sizes = [await size({ crf: 5 }), await size({}), await size({ crf: 40 })];
    assert.ok(sizes[0]! > sizes[1]! && sizes[1]! > sizes[2]!, `${sizes}`);
    assert.ok(await size({ preset: "ultrafast" }) > 1.1 * await size({ preset: "veryslow" }));
  },
});

Deno.test({
  name: "what an encoder or a format does not have is refused, with what it has",
  ignore,
  async fn() {
    const { folder, source, info } = await studio("16x16");
    await using _ = folder;
    const open = (name: string, options: object) =>
      ClipWriter.open({ path: `${folder.path}/${name}`, name }, source, info, options);
    for (
      const [name, options, error, message] of [
        [
          "a.webm",
          { codec: "h264" },
          "RangeError",
          /h264 must be written to .mp4, .*, not to .webm/,
        ],
        ["a.mp4", { crf: 52 }, "RangeError", /crf must be in 0..51 for h264: 52/],
        ["a.mov", { codec: "prores", crf: 3 }, "RangeError", /crf must be absent for prores: 3/],
        [
          "a.mp4",
          { preset: "fastest" },
          "RangeError",
          /preset must be one of ultrafast, .*fastest/,
        ],
        ["a.webm", { preset: "fast" }, "RangeError", /preset must be absent for vp9: fast/],
        ["a.gif", {}, "VideoError", /Cannot write "a.gif": its name must end in .mp4, /],
      ] as const
    ) await assert.rejects(open(name, options), { name: error, message });
    assert.deepEqual(
      [...new Set(VIDEO_CODECS.flatMap(formatsOf))].sort(),
      CLIP_SUFFIXES.toSorted(),
    );
  },
});

Deno.test({
  name: "interlaced video is told, and each frame's fields become one picture",
  ignore,
  async fn() {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    // A bar that moves by 4 px from field to field.
    await ffmpeg(
      cwd,
      ...["-f", "lavfi", "-i", "color=black:size=96x64:rate=50:duration=0.4,format=yuv420p"],
      ...[
        "-vf",
        "geq=lum='if(between(X-4*N,8,23),235,16)':cb=128:cr=128,tinterlace=interleave_top",
      ],
      ...["-c:v", "libx264", "-flags", "+ildct", "-x264-params", "tff=1", "-crf", "5", "i.mkv"],
    );
    const source = { path: `${cwd}/i.mkv` };
    const info = await probeClip(source);
    assert.deepEqual([info.interlaced, info.rate, info.count], [true, "25/1", 10]);
    /** Mean difference between neighboring rows of a frame. */
    const combing = async (deinterlace: boolean) => {
      const { data, width, height } =
        (await Array.fromAsync(readFrames(source, info, { deinterlace })))[5]!;
      let sum = 0;
      for (let y = 1; y < height; y++) {
        for (let x = 0; x < width; x++) {
          sum += Math.abs(data[4 * (y * width + x)]! - data[4 * ((y - 1) * width + x)]!);
        }
      }
      return sum / (width * (height - 1));
    };
    const [before, after] = [await combing(false), await combing(true)];
    assert.ok(before > 10 && after < before / 4, `${before} became ${after}`);
  },
});

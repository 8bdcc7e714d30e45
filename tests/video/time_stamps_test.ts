import assert from "node:assert/strict";
import { ClipWriter, probeClip, readFrames } from "../../src/video/mod.ts";
import { chooseFrameRate } from "../../src/video/ffmpeg/frame_rate.ts";
import { SCALING } from "../../src/video/ffmpeg/process.ts";
import { brightness, ffmpeg } from "../helpers/clips.ts";
import { largestDifference } from "../helpers/pictures.ts";
import { temporaryFolder } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";

const ignore = missing(hasFfmpeg);

/**
 * Draws a dark clip with a bright frame, and other times for its frames.
 *
 * @param rate frames a second, declared by the file
 * @param flash number of the bright frame
 * @param times expression of ffmpeg for the time of frame N, in frames
 */
async function drawFlash(
  cwd: string,
  { file, rate = 25, count, flash, times }: {
    file: string;
    rate?: number;
    count: number;
    flash: number;
    times: string;
  },
) {
  const drawn = `geq=lum='if(eq(N,${flash}),235,16)':cb=128:cr=128`;
  await ffmpeg(
    cwd,
    ...["-f", "lavfi", "-i", `color=black:size=16x16:rate=${rate},trim=end_frame=${count}`],
    ...["-vf", `${drawn},setpts='round((${times})/${rate}/TB)'`, "-fps_mode", "passthrough"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", file],
  );
}

/** Copies a clip through reader and writer. */
async function copy(cwd: string, from: string, to: string) {
  const source = { path: `${cwd}/${from}` };
  const info = await probeClip(source);
  using writer = await ClipWriter.open({ path: `${cwd}/${to}` }, source, info, { crf: 1 });
  const frames = await Array.fromAsync(readFrames(source, info));
  for (const frame of frames) await writer.write(frame);
  await writer.finish();
  return { info, frames };
}

/** When the bright frame of a clip is shown first. */
async function flashTime(cwd: string, file: string): Promise<number> {
  return (await brightness(cwd, file)).find(({ value }) => value > 128)!.time;
}

for (const [from, to] of [["gap.mkv", "out.mkv"], ["gap.ts", "out.mp4"], ["gap.mp4", "out.mp4"]]) {
  Deno.test({
    name: `a flash after a gap in the time stamps is shown when it was: ${from}`,
    ignore,
    async fn() {
      await using folder = await temporaryFolder();
      const cwd = folder.path;
      // 30 frames without frames 20 to 48: the flash, frame 21, is shown at 50/25 s.
      const times = "N+if(gte(N,20),29,0)";
      await drawFlash(cwd, { file: from!, count: 30, flash: 21, times });
      const { info, frames } = await copy(cwd, from!, to!);
      assert.deepEqual([info.rate, info.variable, info.count], ["25/1", true, 59]);
      assert.equal(frames.length, 59);
      assert.ok(
        frames.slice(20, 49).every((frame) => frame === frames[19]),
        "one that is shown on",
      );
      const [was, is] = [await flashTime(cwd, from!), await flashTime(cwd, to!)];
      const origin = (await brightness(cwd, from!))[0]!.time;
      assert.ok(Math.abs(was - origin - 2) < 0.001, `${was}`);
      assert.ok(Math.abs(is - (was - origin)) < 0.021, `${is} s instead of ${was - origin} s`);
    },
  });
}

Deno.test({
  name: "ten minutes at a rate that is 0.1 % off do not drift by a frame",
  ignore,
  async fn() {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const flash = 2990;
    await drawFlash(cwd, { file: "long.mkv", rate: 5, count: 3000, flash, times: "N*1.001" });
    const source = { path: `${cwd}/long.mkv` };
    const info = await probeClip(source);
    let index = 0;
    for await (const { data } of readFrames(source, info, { width: 2, height: 2 })) {
      if (data[0]! > 128) break;
      index++;
    }
    const [top, bottom] = info.rate.split("/").map(Number);
    const time = index * bottom! / top!;
    assert.ok(Math.abs(time - flash * 1.001 / 5) < 0.2, `${time} s, ${info.rate}`);
  },
});

Deno.test({
  name: "a clip of variable rate keeps the rate of most of its frames",
  ignore,
  async fn() {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    // At 25 a second, with every frame from the 20th on shown five times as long.
    const times = "if(lt(N,20),N,20+(N-20)*5)";
    await drawFlash(cwd, { file: "phone.mkv", count: 30, flash: 25, times });
    const { info } = await copy(cwd, "phone.mkv", "out.mkv");
    assert.deepEqual([info.rate, info.variable], ["25/1", true]);
    const is = await flashTime(cwd, "out.mkv");
    assert.ok(Math.abs(is - 45 / 25) < 0.021, `${is} s`);
  },
});

for (const file of ["a.mp4", "a.mkv", "a.ts", "a.mpg", "a.avi", "a.webm", "a.gif", "a.h264"]) {
  Deno.test({
    name: `a clip of constant rate keeps each of its frames: ${file}`,
    ignore,
    async fn() {
      await using folder = await temporaryFolder();
      const cwd = folder.path;
      const rate = file === "a.gif" ? "10/1" : "30000/1001";
      const drawn = `testsrc2=size=32x32:rate=${rate},trim=end_frame=12`;
      await ffmpeg(cwd, "-f", "lavfi", "-i", drawn, file);
      const source = { path: `${cwd}/${file}` };
      const info = await probeClip(source);
      assert.deepEqual([info.rate, info.variable, info.cutOff], [rate, false, undefined]);
      const frames = await Array.fromAsync(readFrames(source, info));
      const size = { width: 32, height: 32 };
      const all = await ffmpeg(
        cwd,
        ...["-i", file, "-vf", `scale=in_color_matrix=smpte170m:flags=${SCALING}`],
        ...["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgba", "-"],
      );
      assert.equal(frames.length, 12);
      for (const [index, frame] of frames.entries()) {
        const bytes = all.slice(4 * 32 * 32 * index, 4 * 32 * 32 * (index + 1));
        const expected = { ...size, data: new Uint8ClampedArray(bytes) };
        assert.ok(largestDifference(frame, expected) <= 1, `frame ${index}`);
      }
    },
  });
}

/** Times of frames at a rate, rounded as a container rounds them. */
function times(count: number, step: (index: number) => number, tick = 1e-6): number[] {
  const result = [5];
  for (let index = 1; index < count; index++) result.push(result[index - 1]! + step(index));
  return result.map((time) => Math.round(time / tick) * tick);
}

Deno.test("the rate is that of most frames, and a common one where it can be", () => {
  const rate = (...args: Parameters<typeof chooseFrameRate>) => {
    const { rate, variable, count } = chooseFrameRate(...args);
    return [rate, variable, count];
  };
  const ntsc = 1001 / 30000;
  // In milliseconds, as in Matroska.
  assert.deepEqual(rate(times(50, () => ntsc, 1e-3), ["30000/1001", "0/0"], ntsc), [
    ...["30000/1001", false, 50],
  ]);
  assert.deepEqual(rate(times(900, () => 1 / 60, 1e-3), ["1000/1", "61/1"], 0), [
    "60/1",
    false,
    900,
  ]);
  // A phone: 30 a second, now and then 15, never quite regular.
  const phone = times(300, (i) => (i % 4 === 0 ? 2 : 1) / 30 + 0.0008 * Math.sin(i * 7), 1 / 90000);
  assert.deepEqual(rate(phone, ["90000/1", "24/1"], 1 / 30), ["30/1", true, 374]);
  // Mostly 60, at the end half as many.
  const half = times(100, (i) => i < 60 ? 1 / 60 : 1 / 30);
  assert.deepEqual(rate(half, ["60/1", "45/1"], 1 / 30), ["60/1", true, 141]);
  // Rates that are nobody's, but constant.
  assert.deepEqual(rate(times(400, () => 0.4), ["0/0", ""], 0), ["2500/1000", false, 400]);
  assert.deepEqual(rate(times(9000, () => 0.04004), ["25/1"], 0), ["24975/1000", false, 9000]);
  assert.deepEqual(rate([0], ["24/1"], 0), ["24/1", false, 1]);
  assert.deepEqual(rate([0], ["0/0"], 0), ["25/1", false, 1]);
});

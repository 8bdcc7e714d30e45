import assert from "node:assert/strict";
import { carryStreams, ClipWriter, probeClip, readFrames } from "../../src/video/mod.ts";
import { ffmpeg } from "../helpers/clips.ts";
import { spawn, temporaryFolder } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";

const ignore = missing(hasFfmpeg);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const SUBTITLES = "1\n00:00:00,200 --> 00:00:00,600\nThe sea\n\n";
const CHAPTERS = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=400\ntitle=Land\n" +
  "[CHAPTER]\nTIMEBASE=1/1000\nSTART=400\nEND=1000\ntitle=Sea\n";

/** A second of video with sound, subtitles, chapters, a cover and an attachment. */
async function studio() {
  const folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/a.srt`, SUBTITLES);
  await Deno.writeTextFile(`${cwd}/chapters.txt`, CHAPTERS);
  await Deno.writeTextFile(`${cwd}/notes.txt`, "notes");
  await ffmpeg(cwd, "-f", "lavfi", "-i", "color=red:size=8x8", "-frames:v", "1", "cover.png");
  await ffmpeg(
    cwd,
    ...["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=1"],
    ...["-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-i", "a.srt", "-i", "chapters.txt"],
    ...["-map", "0", "-map", "1", "-map", "2", "-map_chapters", "3", "-c:v", "libx264"],
    ...["-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-c:s", "subrip"],
    ...["-attach", "notes.txt", "-metadata:s:t", "mimetype=text/plain", "clip.mkv"],
  );
  return folder;
}

/** Copies the frames of a clip, and what else it has. */
async function copy(cwd: string, from: string, to: string) {
  const source = { path: `${cwd}/${from}` };
  const info = await probeClip(source);
  using writer = await ClipWriter.open({ path: `${cwd}/${to}` }, source, info);
  for await (const frame of readFrames(source, info)) await writer.write(frame);
  await writer.finish();
  const { dropped } = carryStreams(info.streams, to.split(".").at(-1)!);
  return dropped.map(({ type, codec }) => [type, codec]);
}

/** Types and codecs of a clip's streams beside its first. */
async function streams(cwd: string, file: string) {
  const args = ["-v", "error", "-show_entries", "stream=codec_type,codec_name", "-of", "csv=p=0"];
  const { stdout } = await spawn("ffprobe", [...args, file], { cwd });
  return text(stdout).split("\n").filter((line) => /\w/.test(line)).slice(1)
    .map((line) => line.split(",")[0]);
}

for (
  const [to, subtitles, dropped] of [
    ["out.mp4", "mov_text", [["attachment", "text/plain"]]],
    ["out.mov", "mov_text", [["attachment", "text/plain"]]],
    ["out.mkv", "subrip", []],
  ] as const
) {
  Deno.test({
    name: `sound, text subtitles and chapters of .mkv are kept in ${to}`,
    ignore,
    async fn() {
      await using folder = await studio();
      const cwd = folder.path;
      assert.deepEqual(await copy(cwd, "clip.mkv", to), dropped);
      const kept = await streams(cwd, to);
      assert.ok(kept.includes("aac") && kept.includes(subtitles), `${kept}`);
      if (to === "out.mkv") assert.equal(kept.length, 3, `${kept}`);
      const subtitlesOf = async (file: string) =>
        text(await ffmpeg(cwd, "-i", file, "-f", "srt", "-"));
      const was = await subtitlesOf("clip.mkv");
      assert.match(was, /The sea/);
      assert.equal(await subtitlesOf(to), was);
      const tags = text(await ffmpeg(cwd, "-i", to, "-f", "ffmetadata", "-"));
      assert.match(tags, /title=Land[^]*title=Sea/);
      // Subtitles of .mp4 come back into .mkv.
      if (to !== "out.mp4") return;
      assert.deepEqual(await copy(cwd, to, "back.mkv"), []);
      assert.equal(await subtitlesOf("back.mkv"), was);
    },
  });
}

Deno.test({
  name: "subtitles become WebVTT in WebM",
  ignore,
  async fn() {
    await using folder = await studio();
    const cwd = folder.path;
    await ffmpeg(
      cwd,
      ...["-i", "clip.mkv", "-map", "0:v", "-map", "0:a", "-map", "0:s", "-c", "copy"],
      ...["-c:a", "libopus", "opus.mkv"],
    );
    assert.deepEqual(await copy(cwd, "opus.mkv", "out.webm"), []);
    assert.deepEqual(await streams(cwd, "out.webm"), ["opus", "webvtt"]);
    assert.match(text(await ffmpeg(cwd, "-i", "out.webm", "-f", "srt", "-")), /The sea/);
  },
});

Deno.test({
  name: "a cover picture stays one, and is not taken for the video",
  ignore,
  async fn() {
    await using folder = await studio();
    const cwd = folder.path;
    await ffmpeg(
      cwd,
      ...["-i", "cover.png", "-i", "clip.mkv", "-map", "0:v", "-map", "1:v", "-map", "1:a"],
      ...["-c", "copy", "-disposition:v:0", "attached_pic", "covered.mp4"],
    );
    const { width } = await probeClip({ path: `${cwd}/covered.mp4` });
    assert.equal(width, 64);
    assert.deepEqual(await copy(cwd, "covered.mp4", "out.mp4"), []);
    const args = ["-v", "error", "-show_entries", "stream_disposition=attached_pic", "-of"];
    const { stdout } = await spawn("ffprobe", [...args, "csv=p=0", "out.mp4"], { cwd });
    assert.equal([...text(stdout).matchAll(/^1$/gm)].length, 1, text(stdout));
    assert.deepEqual(await copy(cwd, "covered.mp4", "out.mkv"), [["video", "png"]]);
  },
});

Deno.test({
  name: "sound is copied where the format holds it, and converted where not, but never lost",
  ignore,
  async fn(t) {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    await ffmpeg(
      cwd,
      ...["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=1,format=yuv420p"],
      ...["-f", "lavfi", "-i", "sine=frequency=440:duration=1:sample_rate=48000"],
      ...["-f", "lavfi", "-i", "sine=frequency=880:duration=1:sample_rate=48000"],
      ...["-filter_complex", "[1]pan=stereo|c0=c0|c1=c0[a];[2]pan=5.1(side)|FL=c0[b]"],
      ...["-map", "0", "-map", "[a]", "-map", "[b]", "-c:v", "libx264", "-c:a", "pcm_s16le"],
      "pcm.mkv",
    );
    const kept: Record<string, string> = {
      ...{ aac: "mp4 m4v mov mkv", libmp3lame: "mp4 mov mkv", ac3: "mp4 m4v mov mkv" },
      ...{ flac: "mkv", libopus: "mp4 mkv webm", pcm_s24le: "mov mkv", libvorbis: "mp4 mkv webm" },
    };
    for (const [encoder, formats] of Object.entries(kept)) {
      const source = `${encoder}.mkv`;
      const stereo = /mp3|opus/.test(encoder) ? ["-ac", "2"] : [];
      await ffmpeg(
        cwd,
        ...["-i", "pcm.mkv", "-map", "0", "-c", "copy", "-c:a", encoder, ...stereo, source],
      );
      const { streams: sources } = await probeClip({ path: `${cwd}/${source}` });
      const codecs = sources.map(({ codec }) => codec);
      const was = [await loudness(cwd, source, 0), await loudness(cwd, source, 1)];
      for (const format of ["mp4", "m4v", "mov", "mkv", "webm"]) {
        await t.step(`${encoder} to .${format}`, async () => {
          const to = `${encoder} out.${format}`;
          assert.deepEqual(await copy(cwd, source, to), []);
          const isKept = formats.split(" ").includes(format);
          const codec = format === "webm" ? "opus" : "aac";
          assert.deepEqual(await streams(cwd, to), isKept ? codecs : codecs.map(() => codec));
          if (isKept) return;
          // As loud as it was, on each stream.
          for (const [stream, before] of was.entries()) {
            const after = await loudness(cwd, to, stream);
            assert.ok(Math.abs(before - after) < 2, `${before} dB, then ${after}`);
          }
        });
      }
    }
  },
});

/** Mean volume of a stream of sound, in decibels. */
async function loudness(cwd: string, file: string, stream: number): Promise<number> {
  const args = ["-hide_banner", "-i", file, "-map", `0:a:${stream}`, "-af", "volumedetect"];
  const { stderr } = await spawn("ffmpeg", [...args, "-f", "null", "-"], { cwd });
  return Number(/mean_volume: (\S+) dB/.exec(stderr)?.[1]);
}

Deno.test("what a format cannot hold is dropped by name, and nothing else", () => {
  const stream = (index: number, type: string, codec: string) => ({
    ...{ index, type, codec, isCover: false },
  });
  const all = [
    stream(1, "audio", "aac"),
    stream(2, "subtitle", "hdmv_pgs_subtitle"),
    stream(3, "subtitle", "ass"),
    stream(4, "data", "bin_data"),
    stream(5, "video", "h264"),
    stream(6, "attachment", "ttf"),
    stream(7, "subtitle", "dvd_subtitle"),
  ];
  const dropped = (format: string) => carryStreams(all, format).dropped.map(({ index }) => index);
  assert.deepEqual(dropped("mp4"), [2, 4, 5, 6]);
  assert.deepEqual(dropped("mov"), [2, 4, 5, 6, 7]);
  assert.deepEqual(dropped("webm"), [2, 4, 5, 6, 7]);
  assert.deepEqual(dropped("mkv"), [4, 5]);
  assert.deepEqual(carryStreams(all, "mp4").args, [
    ...["-map", "1:1", "-map", "1:3", "-c:s:0", "mov_text", "-map", "1:7", "-c:s:1", "copy"],
  ]);
});

for (
  const [name, settings] of [["cut.mkv", []], ["cut.mp4", ["-movflags", "+faststart"]]] as const
) {
  Deno.test({
    name: `a file that ends earlier than it says is named: ${name}`,
    ignore,
    async fn() {
      await using folder = await temporaryFolder();
      const cwd = folder.path;
      await ffmpeg(
        cwd,
        ...["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=4", "-g", "5"],
        ...["-c:v", "libx264", "-pix_fmt", "yuv420p", ...settings, name],
      );
      const whole = await Deno.readFile(`${cwd}/${name}`);
      assert.equal((await probeClip({ path: `${cwd}/${name}` })).cutOff, undefined);
      await Deno.writeFile(`${cwd}/${name}`, whole.subarray(0, whole.length * 0.6));
      const source = { path: `${cwd}/${name}` };
      const info = await probeClip(source);
      const { end, declared } = info.cutOff!;
      assert.ok(end > 0.9 && end < 3.5 && Math.abs(declared - 4) < 0.1, `${end} of ${declared}`);
      const frames = await Array.fromAsync(readFrames(source, info));
      assert.ok(Math.abs(frames.length / 10 - end) < 0.15, `${frames.length} until ${end}`);
      const part = { ...source, duration: 0.5 };
      assert.equal((await probeClip(part)).cutOff, undefined);
      // Matroska counts from 0, wherever the first packet is.
      const late = ["-i", name, "-c", "copy", "-output_ts_offset", "3", "-t", "0.8", "late.mkv"];
      await ffmpeg(cwd, ...late);
      assert.equal((await probeClip({ path: `${cwd}/late.mkv` })).cutOff, undefined);
    },
  });
}

Deno.test({
  name: "a file of a format without a length that is cut off is named",
  ignore,
  async fn(t) {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const video = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "10", "-c:a", "aac"];
    const files = {
      "clip.ts": video,
      "frag.mp4": [...video, "-movflags", "frag_keyframe+empty_moov"],
      "clip.ogv": ["-c:v", "libtheora", "-c:a", "libvorbis", "-ac", "2"],
      "clip.mpg": ["-c:v", "mpeg2video", "-c:a", "mp2", "-r", "25"],
      "live.mkv": [...video, "-f", "matroska", "-live", "1"],
    };
    for (const [name, settings] of Object.entries(files)) {
      await ffmpeg(
        cwd,
        ...["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=4"],
        ...["-f", "lavfi", "-i", "sine=frequency=440:duration=4", ...settings, name],
      );
      const whole = await Deno.readFile(`${cwd}/${name}`);
      const notesOf = async () => {
        const notes: string[] = [];
        const info = await probeClip({ path: `${cwd}/${name}` });
        const onNote = (note: string) => void notes.push(note);
        for await (const _ of readFrames({ path: `${cwd}/${name}` }, info, { onNote }));
        return [...info.damage ? [info.damage] : [], ...info.cutOff ? ["cut off"] : [], ...notes];
      };
      await t.step(name, async () => {
        assert.deepEqual(await notesOf(), []);
        for (const share of [0.9, 0.6, 0.4]) {
          // In a packet of a transport stream, too.
          const length = 188 * Math.floor(whole.length * share / 188) + 94;
          await Deno.writeFile(`${cwd}/${name}`, whole.subarray(0, length));
          assert.notDeepEqual(await notesOf(), [], `${share}`);
        }
      });
    }
  },
});

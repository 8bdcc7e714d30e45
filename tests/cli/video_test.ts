import assert from "node:assert/strict";
import { crop } from "../../src/image/pixels.ts";
import { facts, ffmpeg, frame } from "../helpers/clips.ts";
import { psnr } from "../helpers/pictures.ts";
import {
  commandLine,
  example,
  linearStyle,
  list,
  spawn,
  temporaryFolder,
  text,
} from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";
import { RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const ignore = missing(hasFfmpeg);
// One thread: several, each waiting for the others, are slow where other work runs.
const COMMON = ["--style-size", "96", ...RUNTIME];
const MOSAIC = example("mosaic.jpg");

/** A folder with a short clip in it, `clip.mp4`, with sound. */
async function studio() {
  const folder = await temporaryFolder();
  await ffmpeg(
    folder.path,
    ...["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=30000/1001:duration=0.3"],
    ...["-f", "lavfi", "-i", "sine=frequency=440:duration=0.3", "-c:a", "aac"],
    ...["-c:v", "libx264", "-pix_fmt", "yuv420p", "clip.mp4"],
  );
  return folder;
}

async function video(cwd: string, ...args: string[]) {
  const { code, stderr, stdout } = await linearStyle(["video", ...args, ...COMMON], { cwd });
  assert.equal(code, 0, stderr);
  assert.equal(stdout.length, 0);
  return stderr;
}

/** The checksum of the sound as it is coded. */
async function sound(cwd: string, file: string): Promise<string> {
  return text(await ffmpeg(cwd, "-i", file, "-map", "0:a", "-c", "copy", "-f", "md5", "-")).trim();
}

Deno.test({
  name: "a video keeps its size, rate, length and sound",
  ignore,
  async fn() {
    await using folder = await studio();
    const cwd = folder.path;
    assert.equal(await video(cwd, "clip.mp4", MOSAIC, "-o", "out.mp4"), "out.mp4\n");
    assert.equal(await video(cwd, "clip.mp4", MOSAIC), "clip-mosaic.mp4\n");
    const asked = ["width", "height", "r_frame_rate", "nb_read_frames", "duration", "pix_fmt"];
    const [before, after] = [
      await facts(cwd, "clip.mp4", ...asked),
      await facts(cwd, "out.mp4", ...asked),
    ];
    assert.deepEqual(after, before);
    assert.ok(before.slice(0, -1).every((value) => value !== undefined), `${before}`);
    assert.equal(await sound(cwd, "out.mp4"), await sound(cwd, "clip.mp4"));
    const [is, was] = [await frame(cwd, "out.mp4", 3), await frame(cwd, "clip.mp4", 3)];
    assert.ok(psnr(is, was) < 18, `${psnr(is, was)} dB: it is restyled`);
    assert.deepEqual(list(cwd), ["clip-mosaic.mp4", "clip.mp4", "out.mp4"]);
  },
});

Deno.test({
  name: "styles mix, turn into another, and come from packs; other formats are written",
  ignore,
  async fn() {
    await using folder = await studio();
    const cwd = folder.path;
    const strokes = example("strokes.jpg");
    const pack = ["precompute-style-covariance", MOSAIC, "-o", "p.safetensors", ...COMMON];
    assert.equal((await linearStyle(pack, { cwd })).code, 0);
    const each = ["--size", "32", "--steady", "0", "--crf", "4"];
    await video(cwd, "clip.mp4", "p.safetensors#mosaic", "-o", "a.mkv", ...each);
    await video(cwd, "clip.mp4", MOSAIC, "--to", strokes, "-o", "fade.mkv", ...each);
    await video(cwd, "clip.mp4", "--style", strokes, "-o", "b.mkv", ...each);
    const last = 8;
    const [a, b, begin, end] = await Promise.all([
      frame(cwd, "a.mkv", 0),
      frame(cwd, "b.mkv", last),
      frame(cwd, "fade.mkv", 0),
      frame(cwd, "fade.mkv", last),
    ]);
    assert.ok(psnr(a, begin) > 35 && psnr(b, end) > 35, `${psnr(a, begin)}, ${psnr(b, end)} dB`);
    assert.ok(psnr(a, await frame(cwd, "fade.mkv", last)) < 25);
    await ffmpeg(cwd, "-i", "clip.mp4", "-c:v", "copy", "-c:a", "pcm_s16be", "pcm.mov");
    assert.match(
      await video(cwd, "pcm.mov", MOSAIC, "-o", "pcm.webm"),
      /note: "pcm.mov": .webm files do not hold its sound \(pcm_s16be\), .* converted to opus; .mkv/,
    );
    await ffmpeg(cwd, "-i", "clip.mp4", "-c:v", "copy", "-c:a", "libopus", "opus.mkv");
    await video(
      cwd,
      "opus.mkv",
      MOSAIC,
      "-o",
      "out.webm",
      "--size",
      "32",
      "--statistics",
      "running",
    );
    assert.deepEqual(await facts(cwd, "out.webm", "codec_name", "width"), ["vp9", 48, undefined]);
    assert.equal(await sound(cwd, "out.webm"), await sound(cwd, "opus.mkv"));
  },
});

Deno.test({
  name: "masks and labels hold for a whole video, painted or a photograph, whose look is kept",
  ignore,
  async fn() {
    await using folder = await studio();
    const cwd = folder.path;
    const left = ["-f", "lavfi", "-i", "color=white:s=48x64,pad=96:64:0:0:black"];
    await ffmpeg(cwd, ...left, "-frames:v", "1", "left.png");
    const each = ["--mask", "left.png", "--crf", "1"];
    await video(cwd, "clip.mp4", MOSAIC, ...each, "-o", "painted.mkv");
    await video(cwd, "clip.mp4", MOSAIC, ...each, "--photo", "-o", "photo.mkv");
    const labels = ["--labels", "left.png,left.png", "--photo", "--save-lut", "look.cube"];
    await video(cwd, "clip.mp4", MOSAIC, ...labels, "-o", "labels.mkv");
    const half = async (file: string, x: number) =>
      crop(await frame(cwd, file, 6), { left: x, top: 0, width: 36, height: 64 });
    for (
      const [file, isEverywhere] of [["painted", false], ["photo", false], [
        "labels",
        true,
      ]] as const
    ) {
      const [masked, rest] = await Promise.all(
        [0, 60].map(async (x) => psnr(await half(`${file}.mkv`, x), await half("clip.mp4", x))),
      );
      assert.ok(masked! < 18, `${file}: ${masked} dB where the style goes`);
      assert.equal(rest! < 20, isEverywhere, `${file}: ${rest} dB elsewhere`);
    }
    await ffmpeg(cwd, "-i", "clip.mp4", "-vf", "lut3d=look.cube", "graded.mkv");
  },
});

Deno.test({
  name: "what cannot be done is one line on standard error, and leaves nothing",
  ignore,
  async fn(t) {
    await using folder = await studio();
    const cwd = folder.path;
    await ffmpeg(cwd, "-i", "clip.mp4", "-vn", "sound.m4a");
    const clip = await Deno.readFile(`${cwd}/clip.mp4`);
    await Deno.writeFile(`${cwd}/cut.mp4`, clip.slice(0, clip.length / 2));
    await Deno.writeTextFile(`${cwd}/text.mp4`, "no video");
    await ffmpeg(cwd, "-f", "lavfi", "-i", "color=black:s=96x64", "-frames:v", "1", "black.png");
    await Deno.symlink("clip.mp4", `${cwd}/link.mp4`);
    const before = list(cwd);
    const out = ["-o", "out.mp4"];
    const cases: [string[], number, RegExp][] = [
      [["absent.mp4", MOSAIC, ...out], 1, /Cannot read "absent.mp4": there is no such file/],
      [["text.mp4", MOSAIC, ...out], 1, /Cannot read "text.mp4": ffprobe says: /],
      [["cut.mp4", MOSAIC, ...out], 1, /Cannot (read|decode) "cut.mp4": ff/],
      [["sound.m4a", MOSAIC, ...out], 1, /"sound.m4a" has no video/],
      [["clip.mp4", "absent.jpg", ...out], 1, /Cannot read "absent.jpg"/],
      [["clip.mp4", MOSAIC, "-o", "clip.mp4"], 2, /would replace the clip "clip.mp4"/],
      [["clip.mp4", MOSAIC, "-o", "link.mp4"], 2, /would replace the clip "clip.mp4"/],
      [["clip.mp4", MOSAIC, "-o", "out.gif"], 2, /whose name ends in .mp4, .*: "out.gif"/],
      [["clip.mp4", MOSAIC, "-o", "no/out.mp4"], 1, /there is no such folder/],
      [["-", MOSAIC, ...out], 2, /for a pipe use `stylize -` with Y4M/],
      [["clip.mp4", ...out], 2, /missing required argument 'style'/],
      [
        ["clip.mp4", MOSAIC, "-o", "out.webm", "--video-codec", "libx264"],
        2,
        /codec h264 must be written to .mp4, .*, not to .webm/,
      ],
      [["clip.mp4", MOSAIC, ...out, "--crf", "60"], 2, /crf must be in 0..51 for h264: 60/],
      [
        ["clip.mp4", MOSAIC, "--video-codec", "prores", "--crf", "6"],
        2,
        /crf must be absent for prores: 6/,
      ],
      [
        ["clip.mp4", MOSAIC, "-o", "out.webm", "--preset", "fast"],
        2,
        /preset must be absent for vp9: fast/,
      ],
      [
        ["clip.mp4", MOSAIC, ...out, "--preset", "12"],
        2,
        /preset must be one of ultrafast, .* for h264: 12/,
      ],
      [["clip.mp4", MOSAIC, ...out, "--video-codec", "divx"], 2, /Allowed choices are h264, h265/],
      [["clip.mp4", MOSAIC, ...out, "--mask", "-"], 2, /Clip and styles are files/],
      [["clip.mp4", MOSAIC, ...out, "--mask", "text.mp4"], 1, /"text.mp4"/],
      [["clip.mp4", MOSAIC, ...out, "--mask", "clip.mp4"], 1, /"clip.mp4"/],
      [["clip.mp4", MOSAIC, ...out, "--mask", "black.png"], 1, /The mask is empty/],
      [["clip.mp4", MOSAIC, ...out, "--mask", "black.png", "--to", MOSAIC], 2, /without masks/],
      [["clip.mp4", MOSAIC, ...out, "--labels", "black.png,no.png"], 1, /Cannot read "no.png"/],
      [["clip.mp4", MOSAIC, ...out, "--save-lut", "l.cube"], 2, /add --photo/],
      [["clip.mp4", MOSAIC, ...out, "--photo", "--save-lut", "l.txt"], 2, /ends in .cube: "l.txt"/],
      [
        ["clip.mp4", MOSAIC, ...out, "--photo", "--save-lut", "l.cube", "--to", MOSAIC],
        2,
        /--save-lut is of one look: leave out --to/,
      ],
      [["clip.mp4", MOSAIC, ...out, "--duration", "0"], 2, /--duration must be more than 0/],
      [["clip.mp4", MOSAIC, ...out, "--start", "1:75"], 2, /Expected seconds, or a time like/],
      [
        ["clip.mp4", MOSAIC, ...out, "--start", "0:09.5"],
        1,
        /"clip.mp4" has no frame from 9.5 s on: its video ends at 0.30 s/,
      ],
    ];
    await using program = new Session(cwd);
    for (const [args, code, message] of cases) {
      await t.step(args.join(" "), async () => {
        const result = await program.run(["video", ...args, ...COMMON]);
        assert.match(result.stderr, /^error: [^\n]+\n$/);
        assert.match(result.stderr, message);
        assert.equal(result.code, code);
        assert.deepEqual(list(cwd), before);
      });
    }
    await t.step("without ffmpeg", async () => {
      const args = ["video", "clip.mp4", MOSAIC, ...out];
      const result = await linearStyle(args, { cwd, env: { PATH: "/nonexistent" } });
      assert.match(result.stderr, /^error: There is no ffprobe in PATH: install ffmpeg/);
      assert.equal(result.code, 1);
    });
  },
});

Deno.test({
  name: "where the result is not as the clip, and where the clip is damaged, notes say so",
  ignore,
  async fn() {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    await Deno.writeTextFile(`${cwd}/a.srt`, "1\n00:00:00,100 --> 00:00:00,300\nThe sea\n\n");
    await ffmpeg(
      cwd,
      ...["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25,trim=end_frame=10", "-i", "a.srt"],
      ...["-vf", "setpts='round((N+if(gte(N,6),4,0))/25/TB)'", "-fps_mode", "passthrough"],
      ...["-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "1", "-attach", "a.srt"],
      ...["-metadata:s:t", "mimetype=text/plain", "phone.mkv"],
    );
    const phone = await video(cwd, "phone.mkv", MOSAIC, "-o", "phone.mp4", "--start", "0.08");
    assert.match(phone, /note: "phone.mkv": its frames are shown for .* has 25 a second/);
    assert.match(phone, /note: "phone.mkv": .mp4 files cannot hold .* left out: attachment \(text/);
    assert.match(phone, /^phone.mp4$/m);
    const [count] = await facts(cwd, "phone.mp4", "nb_read_frames");
    assert.equal(count, "12");
    const srt = text(await ffmpeg(cwd, "-i", "phone.mp4", "-f", "srt", "-"));
    assert.match(srt, /00:00:00,0\d\d --> 00:00:00,2\d\d\nThe sea/);

    await ffmpeg(
      cwd,
      ...["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=50:duration=0.16,format=yuv420p10le"],
      ...["-vf", "tinterlace=interleave_top", "-c:v", "libx264", "-flags", "+ildct"],
      ...["-x264-params", "tff=1", "-color_primaries", "bt2020", "-color_trc", "arib-std-b67"],
      ...["-colorspace", "bt2020nc", "tv.mkv"],
    );
    const tv = await video(cwd, "tv.mkv", MOSAIC, "-o", "tv.mov", "--video-codec", "prores");
    assert.match(tv, /note: "tv.mkv": it is interlaced: .*--deinterlace separates them/);
    assert.match(tv, /note: "tv.mkv": its colors are HDR \(HLG\); the result's are SDR, of BT.709/);
    const asked = ["codec_name", "color_transfer", "nb_read_frames"];
    assert.deepEqual((await facts(cwd, "tv.mov", ...asked)).slice(0, 3), ["prores", "bt709", "4"]);
    const fields = await video(cwd, "tv.mkv", MOSAIC, "-o", "tv.mkv.mp4", "--deinterlace");
    assert.doesNotMatch(fields, /interlaced/);

    await ffmpeg(
      cwd,
      ...["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=4:duration=4", "-g", "1", "-c:v"],
      ...["libx264", "-pix_fmt", "yuv420p", "cut.mkv"],
    );
    const whole = await Deno.readFile(`${cwd}/cut.mkv`);
    await Deno.writeFile(`${cwd}/cut.mkv`, whole.subarray(0, whole.length / 2));
    const cut = await video(cwd, "cut.mkv", MOSAIC, "-o", "cut.mp4", "--duration", "10");
    assert.match(cut, /note: "cut.mkv": it ends early, at [12].\d\d s of 4.00 s/);
  },
});

Deno.test({
  name: "colors that ffmpeg cannot convert are refused",
  ignore: ignore || Deno.build.os === "windows",
  async fn(t) {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    await ffmpeg(
      cwd,
      ...["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=0.08,format=yuv420p10le"],
      ...["-c:v", "ffv1", "-color_primaries", "bt2020", "-color_trc", "smpte2084"],
      ...["-colorspace", "bt2020nc", "hdr.mkv"],
    );
    /** Runs `video` with programs whose output goes through sed. */
    const video = async (edits: { ffmpeg: string; ffprobe: string }) => {
      await Deno.mkdir(`${cwd}/bin`, { recursive: true });
      for (const [name, edit] of Object.entries(edits)) {
        const { stdout } = await spawn("sh", ["-c", `command -v ${name}`]);
        const script = `#!/bin/sh\n${text(stdout).trim()} "$@" | /bin/sed '${edit}'\n`;
        await Deno.writeTextFile(`${cwd}/bin/${name}`, script, { mode: 0o755 });
      }
      const args = ["video", "hdr.mkv", MOSAIC, "-o", "out.mp4", ...COMMON];
      const result = await linearStyle(args, { cwd, env: { PATH: `${cwd}/bin` } });
      assert.equal(result.code, 1);
      assert.deepEqual(list(cwd), ["bin", "hdr.mkv"]);
      return result.stderr;
    };
    await t.step("HDR, where ffmpeg was built without libzimg", async () => {
      assert.equal(
        await video({ ffmpeg: "/zscale/d", ffprobe: "" }),
        'error: Cannot read "hdr.mkv": its colors are HDR (PQ), and this ffmpeg has no zscale and' +
          " tonemap to convert them: install an ffmpeg that is built with libzimg\n",
      );
    });
    await t.step("Dolby Vision without a base layer that others can show", async () => {
      const data = '"side_data_list": [{"dv_profile": 5, "dv_bl_signal_compatibility_id": 0}],';
      assert.equal(
        await video({ ffmpeg: "", ffprobe: `s/"codec_type": "video",/&${data}/` }),
        'error: Cannot read "hdr.mkv": its colors are those of Dolby Vision alone, which ffmpeg' +
          " does not convert\n",
      );
    });
  },
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test({
    name: `${signal} in the middle leaves neither a file nor a child process`,
    ignore: ignore || Deno.build.os === "windows",
    async fn() {
      await using folder = await temporaryFolder();
      const cwd = folder.path;
      const long = "testsrc2=size=96x64:rate=25:duration=20";
      await ffmpeg(
        cwd,
        "-f",
        "lavfi",
        "-i",
        long,
        "-pix_fmt",
        "yuv420p",
        "-preset",
        "ultrafast",
        "clip.mp4",
      );
      const args = ["video", "clip.mp4", MOSAIC, "-o", "out.mp4", "--sample", "2", ...COMMON];
      const child = new Deno.Command(Deno.execPath(), {
        args: commandLine(args),
        cwd,
        env: { NO_COLOR: "1", XDG_RUNTIME_DIR: "/tmp" },
        stderr: "piped",
      }).spawn();
      const stderr = new Response(child.stderr).text();
      const isWritten = (name: string) =>
        /^\.linear-style-.*\.part\.d$/.test(name) && list(`${cwd}/${name}`).length > 0;
      let ended = false;
      child.status.then(() => ended = true);
      while (!ended && !list(cwd).some(isWritten)) await new Promise((go) => setTimeout(go, 50));
      assert.ok(!ended, "it ended too soon: " + (ended && await stderr));
      child.kill(signal);
      const { code } = await child.status;
      assert.equal(code, signal === "SIGINT" ? 130 : 143, await stderr);
      assert.equal(await stderr, "");
      assert.deepEqual(list(cwd), ["clip.mp4"]);
      await new Promise((go) => setTimeout(go, 300));
      const { stdout } = await spawn("ps", ["-eo", "args"]);
      assert.ok(!text(stdout).includes(cwd), "ffmpeg is gone");
    },
  });
}

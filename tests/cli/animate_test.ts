import assert from "node:assert/strict";
import { concatenate } from "../../src/util/bytes.ts";
import { decodeImage, encodeImage, type Pixels } from "../../src/mod.ts";
import { encodeAnimation, readAnimation } from "../../src/image/mod.ts";
import { crop } from "../../src/image/pixels.ts";
import { srgbProfile } from "../../src/image/color/srgb.ts";
import { formatFrame, formatHeader, parseHeader, Y4mReader } from "../../src/video/y4m.ts";
import { fromPixels, toPixels } from "../../src/video/yuv.ts";
import { examplePicture, largestDifference } from "../helpers/pictures.ts";
import {
  example,
  linearStyle,
  list,
  shellCommand,
  spawn,
  temporaryFolder,
  text,
} from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";
import { RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const COMMON = ["--style-size", "96", ...RUNTIME];
const HEAD = "YUV4MPEG2 W288 H32 F25:1 Ip A1:1 C444 XFOO=bar";

/** A scene that stands still, but for something bright that grows at its left edge. */
const scene = await examplePicture("island.jpg", 288, 32);
const frames = [8, 16, 24, 32].map((side): Pixels => {
  const data = scene.data.slice();
  for (let y = 0; y < side; y++) data.fill(255, 4 * 288 * y, 4 * (288 * y + side));
  return { ...scene, data };
});
const still = { left: 224, top: 0, width: 64, height: 32 };

function stream(head = HEAD, pictures = frames): Uint8Array<ArrayBuffer> {
  const header = parseHeader(head);
  const parts = pictures.flatMap((pixels, index) => {
    const parameters = index === 1 ? " Ip XN=1" : "";
    return formatFrame({ parameters, planes: fromPixels(pixels, header) });
  });
  return new Uint8Array(
    [formatHeader(header, header.width, header.height), ...parts].flatMap((part) => [...part]),
  );
}

async function read(bytes: Uint8Array) {
  const reader = await Y4mReader.open((async function* () {
    yield await Promise.resolve(bytes);
  })());
  const found = await Array.fromAsync(reader.frames());
  return {
    head: reader.header.tags.join(" "),
    parameters: found.map(({ parameters }) => parameters),
    pictures: found.map(({ planes }) => toPixels(planes, reader.header)),
  };
}

/** Largest change from frame to frame where nothing moves. */
function flicker(pictures: Pixels[]): number {
  const parts = pictures.map((picture) => crop(picture, still));
  return Math.max(...parts.slice(1).map((part, i) => largestDifference(part, parts[i]!)));
}

async function restyle(args: string[], options: Parameters<typeof linearStyle>[1]) {
  const all = ["stylize", ...args, ...COMMON];
  const { code, stdout, stderr } = await linearStyle(all, options);
  assert.equal(code, 0, stderr);
  return { ...await read(stdout), stderr };
}

Deno.test("a Y4M stream becomes one, and what stands still in it stays still", async () => {
  const result = await restyle(["-", example("mosaic.jpg"), "-o", "-"], { stdin: stream() });
  assert.equal(result.head, HEAD.replace("YUV4MPEG2 ", ""));
  assert.deepEqual(result.parameters, ["", " Ip XN=1", "", ""]);
  assert.equal(flicker(result.pictures), 0);
  assert.ok(largestDifference(result.pictures[0]!, frames[0]!) > 30);
  assert.equal(result.stderr, "");
  const alone = ["-", example("mosaic.jpg"), "--statistics", "frame"];
  const own = await restyle([...alone, "--steady", "0"], { stdin: stream() });
  assert.ok(flicker(own.pictures) > 4, `${flicker(own.pictures)}`);
  const steadied = await restyle(alone, { stdin: stream() });
  assert.ok(flicker(steadied.pictures) < flicker(own.pictures) / 2);
});

Deno.test("a stream is resized, turns to another style, and goes to a file", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeFile(`${cwd}/in.y4m`, stream(HEAD.replace("C444", "C420jpeg")));
  const pair = ["in.y4m", example("mosaic.jpg")];
  await linearStyle(["stylize", ...pair, ...COMMON, "--size", "16", "-o", "small.y4m"], { cwd });
  const small = await read(await Deno.readFile(`${cwd}/small.y4m`));
  assert.equal(small.head, "W144 H16 F25:1 Ip A1:1 C420jpeg XFOO=bar");
  assert.equal(small.pictures.length, 4);
  const [from, to, fade] = await Promise.all([
    pair,
    ["in.y4m", example("strokes.jpg")],
    [...pair, "--to", example("strokes.jpg"), "--frames", "4"],
  ].map(async (args) => {
    const { pictures } = await restyle([...args, "--steady", "0", "-o", "-"], { cwd });
    return pictures;
  }));
  assert.ok(largestDifference(fade![0]!, from![0]!) <= 1);
  assert.ok(largestDifference(fade![3]!, to![3]!) <= 1);
  assert.ok(largestDifference(fade![1]!, from![1]!) > 4);
  assert.deepEqual(list(cwd), ["in.y4m", "small.y4m"]);
});

Deno.test({
  name: "a stream is one through a named pipe, too, and a picture a picture",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    await Deno.writeFile(`${cwd}/in.y4m`, stream());
    await spawn("mkfifo", ["pipe"], { cwd });
    const through = (file: string, output: string) => {
      const args = ["stylize", "pipe", example("mosaic.jpg"), "-o", output, ...COMMON];
      const line = shellCommand([...args, "--size", "16"]);
      return spawn("sh", ["-c", `cat '${file}' > pipe & exec ${line}`], { cwd });
    };
    const clip = await through("in.y4m", "out.y4m");
    assert.equal(clip.code, 0, clip.stderr);
    assert.equal((await read(await Deno.readFile(`${cwd}/out.y4m`))).pictures.length, 4);
    const picture = await through(example("island.jpg"), "out.png");
    assert.equal(picture.code, 0, picture.stderr);
    assert.equal((await decodeImage(await Deno.readFile(`${cwd}/out.png`))).height, 16);
  },
});

Deno.test("of a long stream the first frames are looked at, and this is said", async () => {
  const [bytes, args] = [stream(HEAD, Array(40).fill(frames[0])), ["-", example("mosaic.jpg")]];
  const long = await restyle([...args, "--size", "8"], { stdin: bytes });
  assert.match(long.stderr, /^note: all frames are matched by the statistics of the first 32;/);
  assert.equal(long.pictures.length, 40);
  const chosen = await restyle([...args, "--size", "8", "--sample", "2"], { stdin: bytes });
  assert.equal(chosen.stderr, "");
});

Deno.test("wrong streams are one line on standard error, and leave nothing", async (t) => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeFile(`${cwd}/short.y4m`, stream().slice(0, 60_000));
  await Deno.writeFile(`${cwd}/deep.y4m`, new TextEncoder().encode("YUV4MPEG2 W8 H8 C420p10\n"));
  await Deno.writeFile(`${cwd}/in.y4m`, stream());
  await Deno.symlink("in.y4m", `${cwd}/link.y4m`);
  const mosaic = example("mosaic.jpg");
  const cases: [string[], number, string][] = [
    [
      ["short.y4m", mosaic, "-o", "out.y4m"],
      1,
      '"short.y4m": The Y4M stream is cut off in frame 3',
    ],
    [["deep.y4m", mosaic, "-o", "out.y4m"], 1, '"deep.y4m": Y4M of the kind C420p10 cannot be'],
    [["in.y4m", mosaic, "-o", "out.png"], 2, "A Y4M stream becomes one: end the output's name"],
    [["in.y4m", mosaic, "-o", "in.y4m"], 2, 'The result would replace the content "in.y4m"'],
    [["in.y4m", mosaic, "-o", "link.y4m"], 2, 'The result would replace the content "in.y4m"'],
    [["in.y4m", mosaic, "-o", "no/a.y4m"], 1, 'Cannot write "no/a.y4m": there is no such folder'],
    [["in.y4m", mosaic, "-o", "a.y4m", "--to", mosaic], 2, "--to needs the length of the clip"],
    [["in.y4m", "absent.jpg", "-o", "a.y4m"], 1, 'Cannot read "absent.jpg"'],
    [[example("island.jpg"), mosaic, "-o", "a.png", "--to", mosaic], 2, "--frames are for clips"],
    [[example("island.jpg"), mosaic, "--statistics", "all"], 2, "choices are clip, running, frame"],
  ];
  await using program = new Session(cwd);
  for (const [args, code, message] of cases) {
    await t.step(args.join(" "), async () => {
      const result = await program.run(["stylize", ...args, ...COMMON]);
      assert.match(result.stderr, /^error: [^\n]+\n$/);
      assert.ok(result.stderr.includes(message), result.stderr);
      assert.equal(result.code, code);
      assert.deepEqual(list(cwd), ["deep.y4m", "in.y4m", "link.y4m", "short.y4m"]);
    });
  }
});

Deno.test({
  name: "a pipe from ffmpeg to ffmpeg works, and ends quietly with its reader",
  ignore: missing(hasFfmpeg),
  async fn() {
    const args = ["-", example("mosaic.jpg"), "-o", "-", ...COMMON, "--statistics", "running"];
    const program = shellCommand(["stylize", ...args]);
    const source = "ffmpeg -v error -f lavfi -i testsrc=size=96x64:rate=5:duration=2 " +
      "-pix_fmt yuv420p -f yuv4mpegpipe -";
    const count = "ffprobe -v error -count_frames -of csv=p=0 " +
      "-show_entries stream=width,height,r_frame_rate,nb_read_frames -i -";
    const whole = await spawn("bash", [
      "-c",
      `set -o pipefail; ${source} | ${program} | ${count}`,
    ]);
    assert.equal(whole.stderr, "");
    assert.equal(text(whole.stdout).trim(), "96,64,5/1,10");
    const cut = await spawn("bash", [
      "-c",
      `${source} | ${program} | head -c 20000 | wc -c; echo \${PIPESTATUS[1]}`,
    ]);
    assert.equal(cut.stderr, "");
    assert.equal(text(cut.stdout).trim(), "20000\n0");
  },
});

Deno.test("a GIF becomes a GIF with its frames, delays and loops", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const delays = [5, 50, 7, 0];
  const given = frames.map((pixels, index) => ({ pixels, delay: delays[index]! }));
  await Deno.writeFile(`${cwd}/in.gif`, await encodeAnimation(given, "gif", { loops: 3 }));
  const args = ["stylize", "in.gif", example("mosaic.jpg"), ...COMMON];
  const { code, stderr } = await program.run([...args, "-o", "out.gif"]);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "out.gif\n");
  const bytes = await Deno.readFile(`${cwd}/out.gif`);
  const found = await Array.fromAsync((await readAnimation(bytes)).frames());
  assert.deepEqual(found.map(({ delay }) => delay), delays);
  assert.equal((await readAnimation(bytes)).loops, 3);
  assert.equal(flicker(found.map(({ pixels }) => pixels)), 0);
  assert.ok(largestDifference(found[0]!.pixels, frames[0]!) > 30);

  const first = await program.run([...args, "-o", "first.png", "--size", "16"]);
  assert.equal(first.code, 0, first.stderr);
  const photo = ["stylize", example("island.jpg"), example("mosaic.jpg"), ...COMMON];
  const one = await program.run([...photo, "--size", "32", "-o", "still.gif"]);
  assert.equal(one.code, 0, one.stderr);
  const stillFrames = await Array.fromAsync(
    (await readAnimation(await Deno.readFile(`${cwd}/still.gif`))).frames(),
  );
  assert.deepEqual(stillFrames.map(({ pixels }) => [pixels.width, pixels.height]), [[48, 32]]);
  const again = await program.run([...args, "-o", "out.gif"]);
  assert.match(again.stderr, /the file exists; --overwrite replaces it/);
  assert.deepEqual(list(cwd), ["first.png", "in.gif", "out.gif", "still.gif"]);
});

Deno.test("an animation is one as WebP, too, and back", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const delays = [5, 50, 7, 2];
  const given = frames.map((pixels, index) => ({ pixels, delay: delays[index]! }));
  await Deno.writeFile(`${cwd}/in.gif`, await encodeAnimation(given, "gif", { loops: 3 }));
  const run = async (content: string, output: string) => {
    const args = ["stylize", content, example("mosaic.jpg"), "-o", output, "--size", "16"];
    const { code, stderr } = await linearStyle([...args, ...COMMON], { cwd });
    assert.equal(code, 0, stderr);
    return await Deno.readFile(`${cwd}/${output}`);
  };
  const moving = await run("in.gif", "out.webp");
  const found = await Array.fromAsync((await readAnimation(moving)).frames());
  assert.deepEqual(found.map(({ delay }) => delay), delays);
  assert.deepEqual([found[3]!.pixels.width, found[3]!.pixels.height], [144, 16]);
  assert.ok(largestDifference(found[0]!.pixels, found[3]!.pixels) > 30);
  assert.equal((await readAnimation(moving)).loops, 3);

  const again = await run("out.webp", "again.gif");
  assert.deepEqual((await readAnimation(again)).delays, delays);
  assert.equal((await readAnimation(again)).loops, 3);
  const still = await encodeImage(frames[0]!, "webp");
  await Deno.writeFile(`${cwd}/still.webp`, still);
  const one = await Array.fromAsync(
    (await readAnimation(await run("still.webp", "one.webp"))).frames(),
  );
  assert.equal(one.length, 1);
});

Deno.test("how often a WebP is repeated is kept, once and for ever too", async () => {
  const given = frames.map((pixels) => ({ pixels, delay: 4 }));
  for (const loops of [undefined, 0, 1]) {
    assert.equal(
      (await readAnimation(await encodeAnimation(given, "webp", { loops }))).loops,
      loops,
    );
  }
});

Deno.test("every frame of a WebP comes upright and in sRGB", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const given = frames.map((pixels) => ({ pixels, delay: 4 }));
  const turned = describeWebp(await encodeAnimation(given, "webp", { quality: 100 }));
  await Deno.writeFile(`${cwd}/turned.webp`, turned);
  // The first frame is read as any picture is.
  const upright = await Promise.all(given.map(async (frame, index) => {
    const two = [frame, given.at(index - 1)!];
    const first = describeWebp(await encodeAnimation(two, "webp", { quality: 100 }));
    return { ...frame, pixels: await decodeImage(first) };
  }));
  assert.deepEqual([upright[0]!.pixels.width, upright[0]!.pixels.height], [32, 288]);
  await Deno.writeFile(
    `${cwd}/upright.webp`,
    await encodeAnimation(upright, "webp", { quality: 100 }),
  );
  const [first, second] = await Promise.all(["turned", "upright"].map(async (name) => {
    const args = [`${name}.webp`, example("mosaic.jpg"), "-o", `${name}.gif`, "--size", "16"];
    const { code, stderr } = await linearStyle(["stylize", ...args, ...COMMON], { cwd });
    assert.equal(code, 0, stderr);
    return await Deno.readFile(`${cwd}/${name}.gif`);
  }));
  assert.deepEqual(first, second);
});

/** An animated WebP that is to be turned, and whose profile takes red for green. */
function describeWebp(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const text = String.fromCharCode(...srgbProfile());
  const swapped = text.replace("rXYZ", "tmp").replace("gXYZ", "rXYZ").replace("tmp", "gXYZ")
    .replace("s\0R\0G\0B", "G\0R\0B\0 ");
  const turn = "MM\0*\0\0\0\b\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
  const chunk = (name: string, body: Uint8Array) => {
    const head = new Uint8Array(8);
    head.set(latin1(name));
    new DataView(head.buffer).setUint32(4, body.length, true);
    return concatenate([head, body, new Uint8Array(body.length % 2)]);
  };
  const [head, rest] = [bytes.slice(0, 30), bytes.subarray(30)];
  head[20]! |= 0x20 | 0x08;
  const parts = [chunk("ICCP", latin1(swapped)), rest, chunk("EXIF", latin1(turn))];
  const file = concatenate([head, ...parts]);
  new DataView(file.buffer).setUint32(4, file.length - 8, true);
  return file;
}

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatFrame,
  formatHeader,
  frameBytes,
  fromPixels,
  toPixels,
  VideoError,
  Y4mReader,
} from "../../src/video/mod.ts";
import { examplePicture, grain, psnr } from "../helpers/pictures.ts";
import { spawn } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Bytes in pieces of a size. */
async function* inPieces(bytes: Uint8Array, size = 997) {
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

const join = (parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));

/** What the reader and the writer make of a stream. */
async function copy(bytes: Uint8Array, size?: number): Promise<Uint8Array> {
  const { header, reader } = await open(bytes, size);
  const parts = [formatHeader(header, header.width, header.height)];
  for await (const frame of reader.frames()) parts.push(...formatFrame(frame));
  return join(parts);
}

async function open(bytes: Uint8Array, size?: number) {
  const reader = await Y4mReader.open(inPieces(bytes, size));
  return { reader, header: reader.header };
}

/** A stream of two frames of noise. */
function stream(head: string, samples: number): Uint8Array {
  const noise = grain(samples, 1).data.subarray(0, samples);
  return join(
    [latin1(`${head}\nFRAME\n`), noise, latin1("FRAME Ip XA=1\n"), noise] as Uint8Array[],
  );
}

const KINDS = {
  "420jpeg": 15 + 12,
  "420mpeg2": 15 + 12,
  "420paldv": 15 + 12,
  "422": 33,
  "444": 45,
  mono: 15,
};

Deno.test("a stream goes through byte for byte, however it is cut up", async () => {
  for (const [kind, samples] of Object.entries(KINDS)) {
    const bytes = stream(
      `YUV4MPEG2 W5 H3 F30000:1001 Ip A1:1 C${kind} XCOLORRANGE=FULL XFOO=b\xe4r`,
      samples,
    );
    for (const size of [1, 7, 1e6]) assert.deepEqual(await copy(bytes, size), bytes, kind);
  }
  const bare = stream("YUV4MPEG2 W5 H3", 27);
  assert.deepEqual(await copy(bare), bare);
});

Deno.test("the header says sizes, rate, range and kind", async () => {
  const { header } = await open(latin1("YUV4MPEG2 H3 W5 F25:1 C422 XCOLORRANGE=FULL\n"));
  assert.deepEqual([header.width, header.height, header.rate], [5, 3, "25:1"]);
  assert.equal(header.fullRange, true);
  assert.equal(frameBytes(header), 33);
  const resized = new TextDecoder().decode(formatHeader(header, 10, 6));
  assert.equal(resized, "YUV4MPEG2 H6 W10 F25:1 C422 XCOLORRANGE=FULL\n");
  assert.equal((await open(latin1("YUV4MPEG2 W5 H3 F0:0\n"))).header.rate, undefined);
});

Deno.test("what is wrong with a stream is said in a line", async () => {
  const ok = "YUV4MPEG2 W5 H3 Cmono\n";
  const cases: [string, RegExp][] = [
    ["", /Not a YUV4MPEG2 stream/],
    ["RIFF....AVI ", /Not a YUV4MPEG2 stream/],
    ["YUV4MPEG2X W5 H3\n", /Not a YUV4MPEG2 stream/],
    [`YUV4MPEG2 W5 H3 X${"x".repeat(5000)}\n`, /Not a YUV4MPEG2 stream/],
    ["YUV4MPEG2 H3\n", /no width/],
    ["YUV4MPEG2 W5 H0\n", /no height, or a wrong one/],
    ["YUV4MPEG2 W-5 H3\n", /no width/],
    ["YUV4MPEG2 W5 H3e9\n", /no height/],
    ["YUV4MPEG2 W99999 H99999\n", /99999×99999 px are too large/],
    ["YUV4MPEG2 W5 H3 C420p10\n", /kind C420p10 cannot be read: ask ffmpeg for -pix_fmt yuv420p/],
    ["YUV4MPEG2 W5 H3 CtoString\n", /kind CtoString/],
    ["YUV4MPEG2 W5 H3 F25\n", /wrong frame rate: "F25"/],
    [`${ok}FRAME\n0123456789`, /cut off in frame 1/],
    [`${ok}FRAME\n0123456789abcdeFRA`, /damaged after frame 1/],
    [`${ok}FRAME\n0123456789abcde\n`, /damaged after frame 1/],
    [`${ok}FRAMES\n0123456789abcde`, /damaged after frame 0/],
  ];
  for (const [text, message] of cases) {
    const error = await copy(latin1(text)).then(() => assert.fail(text), (error) => error);
    assert.ok(error instanceof VideoError, `${text}: ${error}`);
    assert.match(error.message, message);
  }
});

Deno.test("no bytes make the reader fail but with a VideoError", async () => {
  const whole = stream("YUV4MPEG2 W5 H3 F25:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL", 27);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(whole.length),
      fc.integer({ min: 1, max: 50 }),
      async (changes, length, size) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const part = bytes.subarray(0, length);
        try {
          const { reader } = await open(part, size);
          for await (const { planes } of reader.frames()) assert.ok(planes.length <= part.length);
        } catch (error) {
          assert.ok(error instanceof VideoError, `${error}`);
        }
      },
    ),
    { seed: 5, numRuns: 3000 },
  );
});

Deno.test("pixels come back from samples of each kind and range", async () => {
  const picture = await examplePicture("island.jpg", 101, 67);
  for (const kind of Object.keys(KINDS)) {
    for (const range of ["LIMITED", "FULL"]) {
      const { header } = await open(latin1(`YUV4MPEG2 W101 H67 C${kind} XCOLORRANGE=${range}\n`));
      const samples = fromPixels(picture, header);
      assert.equal(samples.length, frameBytes(header));
      const again = toPixels(samples, header);
      if (kind === "mono") {
        assert.deepEqual(fromPixels(again, header), samples);
      } else {
        const least = kind === "444" ? 44 : 34;
        assert.ok(psnr(again, picture) > least, `${kind} ${range}: ${psnr(again, picture)} dB`);
        // Nothing drifts: once more through both changes next to nothing.
        assert.ok(psnr(toPixels(fromPixels(again, header), header), again) > least + 2, kind);
      }
    }
  }
});

Deno.test({
  name: "ffmpeg sees the same colours in samples",
  ignore: missing(hasFfmpeg),
  async fn() {
    const formats = { "420jpeg": "yuv420p", "422": "yuv422p", "444": "yuv444p" };
    for (const [kind, format] of Object.entries(formats)) {
      for (const [range, name] of [["LIMITED", "tv"], ["FULL", "pc"]] as const) {
        for (const [width, height, matrix] of [[96, 64, "bt601"], [64, 640, "bt709"]] as const) {
          const picture = await examplePicture("island.jpg", width, height);
          const { header } = await open(
            latin1(`YUV4MPEG2 W${width} H${height} C${kind} XCOLORRANGE=${range}\n`),
          );
          const samples = fromPixels(picture, header);
          const { stdout, stderr, code } = await spawn("ffmpeg", [
            ...["-v", "error", "-f", "rawvideo", "-pix_fmt", format, "-s", `${width}x${height}`],
            ...["-i", "-", "-vf"],
            `scale=in_range=${name}:in_color_matrix=${matrix}:flags=bilinear+accurate_rnd`,
            ...["-f", "rawvideo", "-pix_fmt", "rgba", "-"],
          ], { stdin: samples });
          assert.equal(code, 0, stderr);
          const seen = { width, height, data: new Uint8ClampedArray(stdout) };
          const own = toPixels(samples, header);
          assert.ok(psnr(seen, own) > 36, `${kind} ${range} ${matrix}: ${psnr(seen, own)} dB`);
        }
      }
    }
  },
});

import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { ascii, concatenate } from "../../src/util/bytes.ts";
import { chunk } from "../../src/image/formats/png/container.ts";
import { decodeImage, decodeWithMetadata, encodeImage, readHeader } from "../../src/image/mod.ts";
import { srgbProfile } from "../../src/image/color/srgb.ts";
import { withoutPillow } from "../helpers/fixtures.ts";
import { flat } from "../helpers/pictures.ts";
import { spawn, temporaryFolder } from "../helpers/program.ts";

/** A PNG of one color with chunks before its pixels. */
async function png(
  color: readonly number[],
  chunks: [name: string, body: Uint8Array][],
  deep = false,
) {
  const { data, ...size } = flat(2, 2, [...color, deep ? 65535 : 255]);
  const wide = Uint16Array.from(
    { length: data.length },
    (_, index) => [...color, 65535][index % 4]!,
  );
  const whole = await encodeImage({ ...size, data: deep ? wide : data }, "png");
  const own = whole.findIndex((_, at) => ascii(whole, at, at + 4) === "sRGB") - 4;
  const added = chunks.map(([name, body]) => chunk(name, body));
  return concatenate([whole.subarray(0, own), ...added, whole.subarray(own + 13)]);
}

/** Numbers of 32 bits, each 100,000 times as large. */
function fixed(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => view.setUint32(4 * index, Math.round(value * 100_000)));
  return new Uint8Array(view.buffer);
}

/** White, red, green and blue of Adobe RGB (1998). */
const ADOBE = fixed(0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06);
const SRGB = fixed(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06);
const iccp = (profile: Uint8Array) =>
  concatenate([new Uint8Array([120, 0, 0]), deflateSync(profile)]);

async function colorOf(bytes: Uint8Array, depth: 8 | "own" = 8): Promise<number[]> {
  return [...(await decodeImage(bytes, { depth })).data.slice(0, 3)];
}

async function nameOf(bytes: Uint8Array): Promise<string | undefined> {
  return (await readHeader(bytes)).colors?.name;
}

// The right values are from the matrices and formulas of the standards, calculated elsewhere.
const COLOR = [180, 120, 60];

Deno.test("colors that a PNG states by numbers are converted to sRGB", async () => {
  const cases: [chunks: [string, Uint8Array][], name: string | undefined, right: number[]][] = [
    [[["cICP", Uint8Array.of(12, 13, 0, 1)]], "Display P3", [190, 117, 45]],
    [[["gAMA", fixed(1)]], "BT.709 linear", [219, 182, 133]],
    [[["gAMA", fixed(1 / 1.8)]], "BT.709 gamma 1.8", [193, 139, 77]],
    [[["gAMA", fixed(0.45454)], ["cHRM", ADOBE]], "RGB with primaries of its own gamma 2.2", [
      199,
      121,
      53,
    ]],
    [[["gAMA", fixed(0.45455)]], undefined, COLOR],
    [[["gAMA", fixed(0.45455)], ["cHRM", SRGB]], undefined, COLOR],
    [[["cICP", Uint8Array.of(1, 13, 0, 1)]], undefined, COLOR],
    [[["cICP", Uint8Array.of(1, 1, 0, 1)]], undefined, COLOR],
    [[["cICP", Uint8Array.of(12, 13, 1, 1)]], undefined, COLOR], // Not RGB: not allowed.
    [[["gAMA", fixed(0)]], undefined, COLOR],
    [[["gAMA", fixed(1)], ["cHRM", fixed(...new Array(8).fill(0))]], undefined, COLOR],
  ];
  for (const [chunks, name, right] of cases) {
    const bytes = await png(COLOR, chunks);
    const label = chunks.map(([name, body]) => `${name} ${body}`).join(", ");
    assert.equal(await nameOf(bytes), name, label);
    const found = await colorOf(bytes);
    const apart = Math.max(...found.map((value, channel) => Math.abs(value - right[channel]!)));
    assert.ok(apart <= 1, `${label}: ${found}, not ${right}`);
  }
});

Deno.test("video range is stretched", async () => {
  const bytes = await png([235, 16, 126], [["cICP", Uint8Array.of(1, 13, 0, 0)]]);
  assert.deepEqual(await colorOf(bytes), [255, 0, 128]);
});

Deno.test("cICP comes before a profile, a profile before sRGB, and sRGB before gamma", async () => {
  const cicp: [string, Uint8Array] = ["cICP", Uint8Array.of(12, 13, 0, 1)];
  const gama: [string, Uint8Array] = ["gAMA", fixed(1)];
  const srgb: [string, Uint8Array] = ["sRGB", Uint8Array.of(0)];
  const profile: [string, Uint8Array] = ["iCCP", iccp(srgbProfile())];
  const p3 = [190, 117, 45];
  const apart = (a: number[], b: number[]) => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
  assert.ok(apart(await colorOf(await png(COLOR, [gama, srgb, profile, cicp])), p3) <= 1);
  assert.deepEqual(await colorOf(await png(COLOR, [gama, profile])), COLOR);
  assert.deepEqual(await colorOf(await png(COLOR, [gama, srgb])), COLOR);
});

Deno.test("high dynamic range is tone-mapped, with all bits that there are", async () => {
  const deep = [30000, 25000, 20000];
  const cases = [
    [16, "BT.2020 PQ (HDR)", [39440, 21283, 12813]],
    [18, "BT.2020 HLG (HDR)", [31562, 23595, 18707]],
  ] as const;
  for (const [transfer, name, right] of cases) {
    const bytes = await png(deep, [["cICP", Uint8Array.of(9, transfer, 0, 1)]], true);
    assert.equal(await nameOf(bytes), name);
    const found = await colorOf(bytes, "own");
    for (const [channel, value] of found.entries()) {
      assert.ok(Math.abs(value - right[channel]!) < 100, `${name}: ${found}, not ${right}`);
    }
    const eight = await colorOf(bytes);
    assert.deepEqual(eight, found.map((value) => Math.round(value / 257)));
  }
});

Deno.test("colors stored logarithmically are refused by name", async () => {
  await assert.rejects(
    png(COLOR, [["cICP", Uint8Array.of(1, 9, 0, 1)]]).then((bytes) => decodeImage(bytes)),
    /^ImageError: The colors are stored logarithmically, which cannot be read$/,
  );
});

Deno.test("a profile of other colors than the picture's is ignored, and a note says so", async () => {
  const cmyk = srgbProfile();
  cmyk.set(new TextEncoder().encode("CMYK"), 16);
  const { pixels, notes } = await decodeWithMetadata(await png(COLOR, [["iCCP", iccp(cmyk)]]));
  assert.deepEqual([...pixels.data.slice(0, 3)], COLOR);
  assert.deepEqual(notes, ["The color profile is for CMYK colors, not for RGB: it is ignored"]);
});

Deno.test("a damaged profile is ignored, and a note says so", async () => {
  for (const tags of [0, 0x7fffffff]) { // So many that to count them would take minutes.
    const damaged = new Uint8Array(200);
    damaged.set(new TextEncoder().encode("RGB "), 16);
    new DataView(damaged.buffer).setUint32(128, tags);
    const bytes = await png(COLOR, [["iCCP", iccp(damaged)]]);
    for (const depth of [8, "own"] as const) {
      const { pixels, notes } = await decodeWithMetadata(bytes, { depth });
      assert.deepEqual([...pixels.data.slice(0, 3)], COLOR);
      assert.deepEqual(notes, ["The color profile is damaged: the colors are read as sRGB"]);
    }
  }
});

/** Writes an AVIF of one color, which states its colors by code points, and no profile. */
const AVIF = `
import sys
from PIL import Image
color = tuple(int(value) for value in sys.argv[2:])
Image.new("RGB", (16, 8), color).save(sys.argv[1], quality=100, subsampling="4:4:4", speed=9)
`;

Deno.test({
  name: "colors that an AVIF states by code points are converted to sRGB",
  ignore: withoutPillow,
  async fn() {
    await using folder = await temporaryFolder();
    const cases = [
      [[1, 13], COLOR, undefined, COLOR],
      [[12, 13], COLOR, "Display P3", [190, 117, 45]],
      [[9, 16], [150, 120, 100], "BT.2020 PQ (HDR)", [230, 99, 67]],
    ] as const;
    for (const [[primaries, transfer], color, name, right] of cases) {
      const file = `${folder.path}/${primaries}.avif`;
      const { code, stderr } = await spawn("python3", ["-c", AVIF, file, ...color.map(String)]);
      assert.equal(code, 0, stderr);
      const bytes = await Deno.readFile(file);
      const at = bytes.findIndex((_, start) => ascii(bytes, start, start + 4) === "nclx");
      bytes[at + 5] = primaries;
      bytes[at + 7] = transfer;
      assert.equal(await nameOf(bytes), name);
      const found = await colorOf(bytes);
      // The decoder is off by 1, which becomes 4 in the steep curve of high dynamic range.
      const apart = Math.max(...found.map((value, channel) => Math.abs(value - right[channel]!)));
      assert.ok(apart <= 5, `${name}: ${found}, not ${right}`);
    }
  },
});

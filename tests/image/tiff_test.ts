import assert from "node:assert/strict";
import { deflateSync, zstdCompressSync } from "node:zlib";
import { decodeWithMetadata, ImageError } from "../../src/image/mod.ts";
import { packBits, type TagValues, tiffFile, type TiffParts } from "./tiff_files.ts";

const [WIDTH, HEIGHT] = [5, 3];

/** A TIFF of 5 × 3 px with samples of some bits, and tags besides. */
function gray(
  bits: number,
  strip: Uint8Array,
  tags: Record<number, TagValues> = {},
  more: Partial<TiffParts> = {},
): Uint8Array<ArrayBuffer> {
  return tiffFile({
    tags: {
      256: [4, [WIDTH]],
      257: [4, [HEIGHT]],
      258: [3, [bits]],
      259: [3, [1]],
      262: [3, [1]],
      277: [3, [1]],
      ...tags,
    },
    strips: [strip],
    ...more,
  });
}

/** Shares of white, from black to white. */
const RAMP = Array.from({ length: WIDTH * HEIGHT }, (_, index) => index / (WIDTH * HEIGHT - 1));

/** The first channel of each pixel, and the notes; gray must be gray, and opaque. */
async function readGray(
  bytes: Uint8Array,
): Promise<{ shares: number[]; notes: readonly string[] }> {
  const { pixels, notes } = await decodeWithMetadata(bytes, { depth: "own" });
  assert.deepEqual([pixels.width, pixels.height], [WIDTH, HEIGHT]);
  const most = pixels.data instanceof Uint16Array ? 65535 : 255;
  const shares = Array.from({ length: WIDTH * HEIGHT }, (_, index) => {
    const [red, green, blue, alpha] = pixels.data.subarray(4 * index, 4 * index + 4);
    assert.deepEqual([green, blue, alpha], [red, red, most]);
    return red! / most;
  });
  return { shares, notes };
}

function assertClose(found: readonly number[], right: readonly number[], tolerance: number) {
  assert.equal(found.length, right.length);
  for (const [index, value] of found.entries()) {
    assert.ok(Math.abs(value - right[index]!) <= tolerance, `${index}: ${value}, ${right[index]}`);
  }
}

/** Numbers of some bytes each, the lowest first. */
function little(values: readonly number[], size: number): Uint8Array {
  return Uint8Array.from(
    values.flatMap((value) =>
      Array.from({ length: size }, (_, byte) => Math.floor(value / 256 ** byte) % 256)
    ),
  );
}

Deno.test("gray of any number of bits is read, from black to white and from white to black", async () => {
  for (const bits of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 24, 32]) {
    const one = 2 ** bits - 1;
    const values = RAMP.map((share) => Math.round(share * one));
    const right = values.map((value) => value / one);
    const strip = [16, 24, 32].includes(bits)
      ? little(values, bits / 8)
      : packBits(values, bits, WIDTH);
    const tolerance = bits > 8 ? 1e-4 : 0.6 / 255;
    assertClose((await readGray(gray(bits, strip))).shares, right, tolerance);
    const inverse = await readGray(gray(bits, strip, { 262: [3, [0]] }));
    assertClose(inverse.shares, right.map((share) => 1 - share), tolerance);
  }
});

Deno.test("the order of bits in a byte is respected, at 1, 8 and 16 bits", async () => {
  const reverse = (bytes: Uint8Array) =>
    bytes.map((byte) =>
      parseInt(byte.toString(2).padStart(8, "0").split("").reverse().join(""), 2)
    );
  for (const bits of [1, 8, 16]) {
    const values = RAMP.map((share) => Math.round(share * (2 ** bits - 1)));
    const strip = bits === 16 ? little(values, 2) : packBits(values, bits, WIDTH);
    const { shares } = await readGray(gray(bits, reverse(strip), { 266: [3, [2]] }));
    assertClose(shares, values.map((value) => value / (2 ** bits - 1)), 1e-4);
  }
});

Deno.test("signed samples are black at 0 and below, and a note says so", async () => {
  for (const bits of [8, 16, 32]) {
    const one = 2 ** (bits - 1) - 1;
    const values = RAMP.map((share) => Math.round(share * one));
    values[0] = -5;
    const stored = values.map((value) => value < 0 ? value + 2 ** bits : value);
    const { shares, notes } = await readGray(
      gray(bits, little(stored, bits / 8), { 339: [3, [2]] }),
    );
    assertClose(shares, values.map((value) => Math.max(0, value) / one), 0.6 / 255);
    assert.deepEqual(notes, ["The samples go down to -5: those below 0 are shown as 0"]);
  }
});

Deno.test("floating point is read from 0 to 1, and what is beyond is noted", async () => {
  const bytesOf = (values: number[], bits: number) => {
    const view = new DataView(new ArrayBuffer(values.length * bits / 8));
    values.forEach((value, index) => {
      if (bits === 16) view.setFloat16(2 * index, value, true);
      else if (bits === 32) view.setFloat32(4 * index, value, true);
      else view.setFloat64(8 * index, value, true);
    });
    return new Uint8Array(view.buffer);
  };
  for (const bits of [16, 32, 64]) {
    const float = { 339: [3, [3]] } as const satisfies Record<number, TagValues>;
    const plain = await readGray(gray(bits, bytesOf(RAMP, bits), float));
    assertClose(plain.shares, RAMP, 1e-3);
    assert.deepEqual(plain.notes, []);
    const beyond = [-0.5, NaN, 3.25, ...RAMP.slice(3)];
    const { shares, notes } = await readGray(gray(bits, bytesOf(beyond, bits), float));
    assertClose(shares, [0, 0, 1, ...RAMP.slice(3)], 1e-3);
    assert.deepEqual(notes, [
      "The samples go up to 3.25: those above 1 are shown as 1",
      "The samples go down to -0.5: those below 0 are shown as 0",
      "Some samples are not numbers: they are shown as 0",
    ]);
  }
  // 24 bits: a sign, 7 of the exponent, 16 of the fraction. 0.5 and 1.
  const codes = [0x3e0000, 0x3f0000];
  const strip = little(RAMP.map((_, index) => codes[index % 2]!), 3);
  const { shares } = await readGray(gray(24, strip, { 339: [3, [3]] }));
  assertClose(shares, RAMP.map((_, index) => [0.5, 1][index % 2]!), 1e-4);
});

Deno.test("differences of whole and of floating-point numbers are summed up", async () => {
  const rows = Array.from({ length: HEIGHT }, (_, y) => RAMP.slice(y * WIDTH, (y + 1) * WIDTH));
  for (const bits of [8, 16, 32]) {
    const values = rows.map((row) => row.map((share) => Math.round(share * (2 ** bits - 1))));
    const differences = values.flatMap((row) =>
      row.map((value, x) => (value - (row[x - 1] ?? 0) + 2 ** bits) % 2 ** bits)
    );
    const { shares } = await readGray(
      gray(bits, little(differences, bits / 8), { 317: [3, [2]] }),
    );
    assertClose(shares, values.flat().map((value) => value / (2 ** bits - 1)), 1e-4);
  }
  const strip = rows.flatMap((row) => {
    const view = new DataView(new ArrayBuffer(4 * WIDTH));
    row.forEach((value, x) => view.setFloat32(4 * x, value));
    const planes = [0, 1, 2, 3].flatMap((byte) => row.map((_, x) => view.getUint8(4 * x + byte)));
    return planes.map((byte, at) => (byte - (planes[at - 1] ?? 0) + 256) % 256);
  });
  const { shares } = await readGray(
    gray(32, Uint8Array.from(strip), { 317: [3, [3]], 339: [3, [3]] }),
  );
  assertClose(shares, RAMP, 1e-4);
});

const RGBA = Array.from({ length: 4 * WIDTH * HEIGHT }, (_, index) => 255 - 4 * index);

async function readRgba(bytes: Uint8Array): Promise<number[]> {
  return [...(await decodeWithMetadata(bytes)).pixels.data];
}

/** Tags of four samples of 8 bits. */
const FOUR: Record<number, TagValues> = {
  258: [3, [8, 8, 8, 8]],
  262: [3, [2]],
  277: [3, [4]],
};

Deno.test("a fourth sample is transparency, but where the file says that it is something else", async () => {
  const strip = Uint8Array.from(RGBA);
  assert.deepEqual(await readRgba(gray(8, strip, FOUR)), RGBA);
  assert.deepEqual(await readRgba(gray(8, strip, { ...FOUR, 338: [3, [2]] })), RGBA);
  const opaque = RGBA.map((value, index) => index % 4 === 3 ? 255 : value);
  assert.deepEqual(await readRgba(gray(8, strip, { ...FOUR, 338: [3, [0]] })), opaque);
  const planes = [0, 1, 2, 3].map((channel) => strip.filter((_, index) => index % 4 === channel));
  const planar = gray(8, strip, { ...FOUR, 284: [3, [2]] }, { strips: planes });
  assert.deepEqual(await readRgba(planar), RGBA);
});

Deno.test("colors that are multiplied by transparency are divided by it", async () => {
  const half = RGBA.map((_, index) => [100, 50, 0, 128][index % 4]!);
  const found = await readRgba(gray(8, Uint8Array.from(half), { ...FOUR, 338: [3, [1]] }));
  assert.deepEqual(found.slice(0, 4), [199, 100, 0, 128]);
});

Deno.test("a palette is read with an extra sample, too, with few bits, and with colors of 8 bits", async () => {
  const colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 20, 30]];
  const indices = RAMP.map((_, index) => index % 4);
  const right = indices.flatMap((index) => [...colors[index]!, 255]);
  const map = (bits: number, scale: number): TagValues => [
    3,
    [0, 1, 2].flatMap((channel) =>
      Array.from({ length: 2 ** bits }, (_, index) => scale * (colors[index]?.[channel] ?? 0))
    ),
  ];
  const two = packBits(indices, 2, WIDTH);
  assert.deepEqual(await readRgba(gray(2, two, { 262: [3, [3]], 320: map(2, 257) })), right);
  assert.deepEqual(await readRgba(gray(2, two, { 262: [3, [3]], 320: map(2, 1) })), right);
  const pairs = Uint8Array.from(indices.flatMap((index) => [index, 77]));
  const tags: Record<number, TagValues> = {
    258: [3, [8, 8]],
    262: [3, [3]],
    277: [3, [2]],
    320: map(8, 257),
  };
  assert.deepEqual(await readRgba(gray(8, pairs, { ...tags, 338: [3, [0]] })), right);
  const faint = right.map((value, index) => index % 4 === 3 ? 77 : value);
  assert.deepEqual(await readRgba(gray(8, pairs, { ...tags, 338: [3, [2]] })), faint);
});

Deno.test("BigTIFF, both orders of bytes, and a last directory without a link are read", async () => {
  const strip = Uint8Array.from(RGBA);
  for (const more of [{ isBig: true }, { isBig: true, bigEndian: true }, { bigEndian: true }]) {
    assert.deepEqual(await readRgba(gray(8, strip, FOUR, more)), RGBA);
  }
  assert.deepEqual(await readRgba(gray(8, strip, FOUR, { isUnlinked: true })), RGBA);
});

Deno.test("Deflate, Zstandard and PackBits are decompressed, and other compressions named", async () => {
  const strip = Uint8Array.from(RGBA);
  const packed = (compression: number, bytes: Uint8Array) =>
    gray(8, bytes, { ...FOUR, 259: [3, [compression]] });
  assert.deepEqual(await readRgba(packed(8, deflateSync(strip))), RGBA);
  assert.deepEqual(await readRgba(packed(50000, zstdCompressSync(strip))), RGBA);
  const runs = Uint8Array.of(59, ...RGBA);
  assert.deepEqual(await readRgba(packed(32773, runs)), RGBA);
  const unread = [[34925, "LZMA"], [33004, "JPEG 2000"], [50001, "WebP"], [4711, "method 4711"]];
  for (const [compression, name] of unread as [number, string][]) {
    await assert.rejects(
      decodeWithMetadata(packed(compression, strip)),
      new ImageError(
        `The TIFF file is compressed by ${name}, which cannot be read: save it with LZW, Deflate` +
          " or no compression",
        { code: "unsupported-format" },
      ),
    );
  }
});

Deno.test("kinds of pictures that a compression is not read of are named", async () => {
  const inks = new Uint8Array(16 * 16 * 4);
  const cmyk: Record<number, TagValues> = {
    ...{ 256: [3, [16]], 257: [3, [16]], 258: [3, [8, 8, 8, 8]], 262: [3, [5]], 277: [3, [4]] },
  };
  const tiles: Record<number, TagValues> = {
    ...{ 322: [3, [16]], 323: [3, [16]], 324: [4, [8]], 325: [4, [inks.length]] },
  };
  const cases: [Record<number, TagValues>, Uint8Array, string][] = [
    [{ 259: [3, [50000]] }, zstdCompressSync(inks), ", compressed by Zstandard"],
    [{ 259: [3, [7]], ...tiles }, inks, " in tiles, compressed by JPEG"],
  ];
  for (const [tags, strip, kind] of cases) {
    await assert.rejects(
      decodeWithMetadata(tiffFile({ tags: { ...cmyk, ...tags }, strips: [strip] })),
      new ImageError(
        `The TIFF file is of CMYK colors of 8 bits${kind}, which cannot be read: save it with LZW,` +
          " Deflate or no compression, in RGB of 8 or 16 bits",
        { code: "unsupported-format" },
      ),
    );
  }
});

Deno.test("a TIFF with samples missing is refused", async () => {
  await assert.rejects(
    decodeWithMetadata(gray(8, Uint8Array.from(RGBA.slice(0, 50)), FOUR)),
    /^ImageError: The (header of the )?TIFF file is damaged or cut off$/,
  );
});

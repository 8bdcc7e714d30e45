import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { chunk } from "../../src/image/formats/png/container.ts";
import { decodeImage, encodeImage, ImageError, readHeader } from "../../src/image/mod.ts";
import { concatenate } from "../../src/util/bytes.ts";
import { examplePicture, flat, largestDifference } from "../helpers/pictures.ts";
import { spawn, temporaryFolder } from "../helpers/program.ts";
import { withoutPillow } from "../helpers/fixtures.ts";

const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const picture = await examplePicture("island.jpg", 40, 24);

/** A file with each occurrence of some text replaced by other text of its length. */
function replace(bytes: Uint8Array, text: string, by: string): Uint8Array<ArrayBuffer> {
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  assert.ok(letters.includes(text), text);
  return latin1(letters.replaceAll(text, by));
}

/** A GIF of 2 × 2 px, red, green, blue and white: blocks before the frame, and its codes of LZW. */
function gif(before: number[], codes: number[], end = [0x3b]): Uint8Array {
  return Uint8Array.from([
    ...latin1("GIF89a"),
    ...[2, 0, 2, 0, 0x91, 0, 0],
    ...[255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255],
    ...before,
    ...[0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0],
    ...[2, codes.length, ...codes, 0],
    ...end,
  ]);
}

/** Codes of 3 bits, the first in the lowest bits. */
function codes(...values: number[]): number[] {
  const bits = values.map((value) =>
    value.toString(2).padStart(3, "0").split("").reverse().join("")
  );
  return bits.join("").match(/.{1,8}/g)!
    .map((byte) => parseInt(byte.padEnd(8, "0").split("").reverse().join(""), 2));
}

Deno.test("a GIF is read with an empty comment, with unknown extensions, and without its end", async () => {
  const right = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255];
  const [CLEAR, END] = [4, 5];
  const plain = [0x44, 0x34, 0x05]; // Clear, 0, 1, 2, 3, end; codes of 3 bits, then of 4.
  const files = {
    plain: gif([], plain),
    "an empty comment": gif([0x21, 0xfe, 0], plain),
    "an unknown extension": gif([0x21, 0x42, 3, 1, 2, 3, 0], plain),
    "a byte too many": gif([0], plain),
    "no end": gif([], plain, []),
    "something else at the end": gif([], plain, [1, 2, 3]),
    "a clear code after each pixel": gif(
      [],
      codes(CLEAR, 0, CLEAR, 1, CLEAR, 2, CLEAR, 3, CLEAR, END),
    ),
    "no clear code at the start": gif([], codes(0, CLEAR, 1, CLEAR, 2, CLEAR, 3, END)),
    "no end code": gif([], codes(CLEAR, 0, CLEAR, 1, CLEAR, 2, CLEAR, 3)),
  };
  for (const [name, bytes] of Object.entries(files)) {
    assert.deepEqual([...(await decodeImage(bytes)).data], right, name);
  }
  await assert.rejects(decodeImage(gif([], codes(CLEAR, 7))), ImageError);
});

/** A PNG of 8 bits of gray, by its compressed rows. */
function png(width: number, height: number, packed: Uint8Array, end = true, interlaced = 0) {
  const head = new Uint8Array(13);
  new DataView(head.buffer).setUint32(0, width);
  new DataView(head.buffer).setUint32(4, height);
  head.set([8, 0, 0, 0, interlaced], 8);
  return concatenate([
    latin1("\x89PNG\r\n\x1a\n"),
    chunk("IHDR", head),
    chunk("IDAT", packed),
    ...(end ? [chunk("IEND", new Uint8Array())] : []),
  ]);
}

Deno.test("a PNG is read with rows too many, with bytes after its pixels, and without its end", async () => {
  const rows = Uint8Array.of(0, 10, 20, 30, 0, 40, 50, 60);
  const right = [10, 20, 30, 40, 50, 60];
  const packed = deflateSync(rows);
  const files = {
    plain: png(3, 2, packed),
    "rows too many": png(3, 2, deflateSync(concatenate([rows, rows]))),
    "bytes after the stream": png(3, 2, concatenate([packed, Uint8Array.of(1, 2, 3)])),
    "a wrong checksum of the stream": png(
      3,
      2,
      concatenate([packed.subarray(0, -1), Uint8Array.of(0)]),
    ),
    "no end": png(3, 2, packed, false),
    // Passes 1, 4, 5, 6 and 7 of an interlaced image.
    interlaced: png(
      3,
      2,
      deflateSync(Uint8Array.of(0, 10, 0, 30, 0, 20, 0, 40, 50, 60, 9, 9, 9)),
      true,
      1,
    ),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const { data } = await decodeImage(bytes);
    assert.deepEqual([...data].filter((_, index) => index % 4 === 0), right, name);
  }
  await assert.rejects(decodeImage(png(3, 2, deflateSync(rows.subarray(0, 7)))), ImageError);
});

/** A BMP of one pixel of 32 bits. */
function bmp(headerBytes: number, compression: number, stated: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(14 + headerBytes + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(latin1("BM"));
  view.setUint32(2, stated, true);
  view.setUint32(10, 14 + headerBytes, true);
  view.setUint32(14, headerBytes, true);
  view.setInt32(18, 1, true);
  view.setInt32(22, 1, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 32, true);
  view.setUint32(30, compression, true);
  if (headerBytes > 40) {
    [0xff0000, 0xff00, 0xff, 0xff000000].forEach((mask, index) =>
      view.setUint32(54 + 4 * index, mask, true)
    );
  }
  bytes.set([30, 20, 10, 77], 14 + headerBytes);
  return bytes;
}

Deno.test("the fourth byte of a BMP's pixel is opacity only where a mask says so", async () => {
  const plain = bmp(40, 0, 58);
  assert.deepEqual([...(await decodeImage(plain)).data], [10, 20, 30, 255]);
  assert.equal((await readHeader(plain)).alpha, false);
  const masked = bmp(108, 3, 126);
  assert.deepEqual([...(await decodeImage(masked)).data], [10, 20, 30, 77]);
  assert.equal((await readHeader(masked)).alpha, true);
});

/** What a BMP of Windows is made of. */
interface BmpParts {
  width: number;
  /** Negative where the first row is the upper one. */
  height: number;
  bits: number;
  compression?: number;
  /** Masks or a palette, as bytes. */
  behind?: number[];
  stored: number[];
  colors?: number;
}

function windowsBmp(parts: BmpParts): Uint8Array {
  const { width, height, bits, compression = 0, behind = [], stored, colors = 0 } = parts;
  const bytes = new Uint8Array(54 + behind.length + stored.length);
  const view = new DataView(bytes.buffer);
  bytes.set(latin1("BM"));
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, 54 + behind.length, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, bits, true);
  view.setUint32(30, compression, true);
  view.setUint32(46, colors, true);
  bytes.set(behind, 54);
  bytes.set(stored, 54 + behind.length);
  return bytes;
}

Deno.test("a BMP of any kind is read: bits, runs, masks, rows from the top or the bottom", async () => {
  const palette = [0, 0, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0]; // Black, red, green, blue.
  const size = { width: 3, height: 2, behind: palette, colors: 4 };
  const right = [3, 2, 1, 1, 2, 3]; // The upper row first.
  const files: Record<string, Uint8Array> = {
    "2 bits": windowsBmp({ ...size, bits: 2, stored: [0b01101100, 0, 0, 0, 0b11100100, 0, 0, 0] }),
    "4 bits": windowsBmp({ ...size, bits: 4, stored: [0x12, 0x30, 0, 0, 0x32, 0x10, 0, 0] }),
    "8 bits": windowsBmp({ ...size, bits: 8, stored: [1, 2, 3, 0, 3, 2, 1, 0] }),
    "from the top": windowsBmp({ ...size, height: -2, bits: 8, stored: [3, 2, 1, 0, 1, 2, 3, 0] }),
    "a row that is not filled up": windowsBmp({ ...size, bits: 8, stored: [1, 2, 3, 0, 3, 2, 1] }),
    "runs of 8 bits": windowsBmp({
      ...{ ...size, bits: 8, compression: 1 },
      stored: [1, 1, 1, 2, 1, 3, 0, 0, 0, 3, 3, 2, 1, 0, 0, 1],
    }),
    "runs of 4 bits": windowsBmp({
      ...{ ...size, bits: 4, compression: 2 },
      stored: [2, 0x12, 1, 0x30, 0, 0, 0, 3, 0x32, 0x10],
    }),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const { data } = await decodeImage(bytes);
    const found = right.map((_, pixel) => [...data.slice(4 * pixel, 4 * pixel + 4)]);
    const colors = [[0, 0, 0, 255], [255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]];
    assert.deepEqual(found, right.map((index) => colors[index]), name);
  }
  const moved = windowsBmp({
    ...{ ...size, bits: 8, compression: 1 },
    stored: [1, 1, 0, 2, 1, 1, 1, 3, 0, 1],
  });
  const { data } = await decodeImage(moved);
  assert.deepEqual([...data.slice(8, 11), ...data.slice(12, 15)], [0, 0, 255, 255, 0, 0]);

  const one = { width: 1, height: 1 };
  const deep = windowsBmp({ ...one, bits: 16, stored: [0b00100001, 0b01111100, 0, 0] });
  assert.deepEqual([...(await decodeImage(deep)).data], [255, 8, 8, 255]);
  const masks = [0, 0xf8, 0, 0, 0xe0, 7, 0, 0, 0x1f, 0, 0, 0];
  const masked = windowsBmp({
    ...{ ...one, bits: 16, compression: 3, behind: masks },
    stored: [0xe0, 0x07, 0, 0],
  });
  assert.deepEqual([...(await decodeImage(masked)).data], [0, 255, 0, 255]);
  await assert.rejects(
    decodeImage(windowsBmp({ ...size, bits: 8, stored: [1, 2, 3, 0] })),
    /^ImageError: The (header of the )?BMP file is damaged or cut off$/,
  );
});

Deno.test("a BMP that states another length is read", async () => {
  for (const stated of [0, 54, 1_000_000]) {
    assert.deepEqual([...(await decodeImage(bmp(40, 0, stated))).data], [10, 20, 30, 255]);
  }
});

Deno.test("an AVIF that does not list its channels is read, upright too", async () => {
  const whole = await encodeImage(picture, "avif");
  const loose = replace(whole, "pixi", "free");
  assert.deepEqual((await readHeader(loose)).bits, 8);
  assert.ok(largestDifference(await decodeImage(loose), await decodeImage(whole)) <= 3);
});

/** An AVIF of our encoder with a crop box: its width, height and offsets, as fractions. */
function cropped(bytes: Uint8Array, fractions: number[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const box = (type: string) => letters.indexOf(type) - 4;
  const [meta, iloc, iprp, ipco, ipma] = ["meta", "iloc", "iprp", "ipco", "ipma"].map(box) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const clap = new Uint8Array(40);
  const numbers = new DataView(clap.buffer);
  numbers.setUint32(0, clap.length);
  clap.set(latin1("clap"), 4);
  fractions.forEach((value, index) => numbers.setInt32(8 + 4 * index, value));
  const added = clap.length + 1;
  const copy = bytes.slice();
  const target = new DataView(copy.buffer);
  const grow = (at: number, by: number) => target.setUint32(at, view.getUint32(at) + by);
  for (const at of [meta, iprp]) grow(at, added);
  grow(ipco, clap.length);
  grow(ipma, 1);
  // One item, the primary one; identifiers of 16 bits, places of 32.
  assert.deepEqual([view.getUint32(ipma + 12), bytes[iloc + 8]], [1, 0]);
  grow(iloc + 14 + 2 + 2 + 2, added);
  const last = ipma + 12 + 4 + 2 + 1 + bytes[ipma + 18]!;
  copy[ipma + 18]!++;
  const end = ipco + view.getUint32(ipco);
  let count = 1;
  for (let at = ipco + 8; at < end; at += view.getUint32(at)) count++;
  const essential = Uint8Array.of(0x80 | count);
  return concatenate([
    ...[copy.subarray(0, end), clap, copy.subarray(end, last), essential, copy.subarray(last)],
  ]);
}

Deno.test("an AVIF is shown whole where its crop box is senseless", async () => {
  const whole = await encodeImage(picture, "avif");
  const right = await decodeImage(whole);
  for (const fractions of [[300, 1, 200, 1, 0, 1, 0, 1], [35, 1, 20, 1, 1, 3, 0, 1]]) {
    const found = await decodeImage(cropped(whole, fractions));
    assert.deepEqual(found, right);
  }
});

/** Writes an animation with opacity, whose major brand is that of sequences. */
const SEQUENCE = `
import sys
from PIL import Image
frames = [Image.new("RGBA", (16, 8), (200, 100, shade, 60)) for shade in (0, 255)]
frames[0].save(sys.argv[1], save_all=True, append_images=frames[1:], quality=100, speed=9)
`;

Deno.test({
  name: "the depth of an AVIF is not its opacity, in a sequence neither",
  ignore: withoutPillow,
  async fn() {
    await using folder = await temporaryFolder();
    const file = `${folder.path}/moving.avif`;
    const { code, stderr } = await spawn("python3", ["-c", SEQUENCE, file]);
    assert.equal(code, 0, stderr);
    const bytes = await Deno.readFile(file);
    assert.equal((await decodeImage(bytes)).data[3], 60);
    const deep = replace(bytes, "auxiliary:alpha", "auxiliary:depth");
    assert.equal((await decodeImage(deep)).data[3], 255);
    assert.equal((await readHeader(deep)).alpha, false);
  },
});

Deno.test("what cannot be read is called by its name", async () => {
  const jpeg = await encodeImage(flat(16, 16, [9, 9, 9, 255]), "jpeg");
  const frame = jpeg.findIndex((byte, at) => byte === 0xff && [0xc0, 0xc2].includes(jpeg[at + 1]!));
  const kinds = { 0xc3: "lossless", 0xc5: "hierarchical", 0xc9: "arithmetically coded" };
  for (const [marker, name] of Object.entries(kinds)) {
    const bytes = jpeg.slice();
    bytes[frame + 1] = Number(marker);
    await assert.rejects(
      decodeImage(bytes),
      new ImageError(
        `The JPEG file is ${name}, which cannot be read: export it as baseline JPEG`,
        { code: "unsupported-format" },
      ),
    );
  }
  const deep = jpeg.slice();
  deep[frame + 4] = 12;
  await assert.rejects(
    decodeImage(deep),
    new ImageError("The JPEG file has 12 bits a channel, of which 8 can be read", {
      code: "unsupported-format",
    }),
  );
  const sequence = concatenate([
    latin1("\0\0\0\x14ftypavis\0\0\0\0avis"),
    latin1("\0\0\0\x08moov"),
  ]);
  await assert.rejects(
    decodeImage(sequence),
    new ImageError("The AVIF file is a sequence without a still image, and cannot be read", {
      code: "unsupported-format",
    }),
  );
});

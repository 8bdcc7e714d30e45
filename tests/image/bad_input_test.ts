import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { concatenate } from "../../src/util/bytes.ts";
import { chunk } from "../../src/image/formats/png/container.ts";
import { decodeImage, encodeImage, ImageError } from "../../src/mod.ts";
import { examplePicture } from "../helpers/pictures.ts";
import { example, PROJECT, spawn, text } from "../helpers/program.ts";

const FORMATS = ["png", "jpeg", "webp", "avif", "tiff"] as const;
const picture = await examplePicture("island.jpg", 90, 60);
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Numbers of 32 bits, the first byte the highest. */
function big(...numbers: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((value, index) => view.setUint32(4 * index, value));
  return new Uint8Array(view.buffer);
}

/** A PNG of 8 bits of grey whose pixels are as given, whatever its size is said to be. */
function png(width: number, height: number, pixels: Uint8Array): Uint8Array {
  return concatenate([
    latin1("\x89PNG\r\n\x1a\n"),
    chunk("IHDR", concatenate([big(width, height), Uint8Array.of(8, 0, 0, 0, 0)])),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", new Uint8Array()),
  ]);
}

async function refuses(bytes: Uint8Array, message: RegExp): Promise<void> {
  const started = performance.now();
  await assert.rejects(decodeImage(bytes), (error: Error) => {
    assert.ok(error instanceof ImageError, `${error}`);
    assert.match(error.message, message);
    return true;
  });
  assert.ok(performance.now() - started < 5000);
}

Deno.test("files that are cut off are refused, wherever that is", async (t) => {
  for (const format of FORMATS) {
    await t.step(format, async () => {
      const whole = await encodeImage(picture, format);
      for (const share of [0.02, 0.2, 0.5, 0.9]) {
        const bytes = whole.slice(0, whole.length * share);
        await refuses(bytes, /damaged or cut off|Not an image that can be read/);
      }
    });
  }
});

Deno.test("a JPEG without its last bytes is refused, not painted grey", async () => {
  const whole = await Deno.readFile(example("island.jpg"));
  await refuses(whole.slice(0, -2), /^The JPEG file is damaged or cut off$/);
});

Deno.test("what follows a picture does not matter", async () => {
  for (const format of FORMATS) {
    const whole = await encodeImage(picture, format);
    const longer = concatenate([whole, latin1("and so on\n".repeat(50))]);
    assert.deepEqual(await decodeImage(longer), await decodeImage(whole), format);
  }
});

Deno.test("a PNG with a wrong checksum is refused", async () => {
  const bytes = await encodeImage(picture, "png");
  bytes[bytes.length - 20]! ^= 1; // In the last bytes of its pixels.
  await refuses(bytes, /^The PNG file is damaged or cut off$/);
});

Deno.test("sizes that a file is far too short for are refused before they are made room for", async () => {
  const jpeg = await encodeImage(picture, "jpeg");
  const frame = jpeg.findIndex((byte, at) => byte === 0xff && [0xc0, 0xc2].includes(jpeg[at + 1]!));
  jpeg.set([0x4e, 0x20, 0x4e, 0x20], frame + 5); // 20,000 × 20,000 px.
  await refuses(jpeg, /^The header of the JPEG file is damaged or cut off$/);
  jpeg.set([0xff, 0xff, 0xff, 0xff], frame + 5);
  await refuses(jpeg.slice(0, 200), /^The header of the JPEG file is damaged or cut off$/);
  await refuses(png(65535, 65535, new Uint8Array(9)), /^The header of the PNG file is damaged/);
  const bmp = concatenate([latin1("BM"), new Uint8Array(52)]);
  new DataView(bmp.buffer).setUint32(14, 40, true);
  new DataView(bmp.buffer).setInt32(18, 20000, true);
  new DataView(bmp.buffer).setInt32(22, 20000, true);
  new DataView(bmp.buffer).setUint16(28, 24, true);
  await refuses(bmp, /^The header of the BMP file is damaged/);
});

Deno.test("more pixels than the limit are refused, as many as it are not", async () => {
  const bytes = await encodeImage(picture, "png");
  await decodeImage(bytes, { maxPixels: 90 * 60 });
  await assert.rejects(
    decodeImage(bytes, { maxPixels: 5000 }),
    new ImageError("The picture has 90×60 px, more than the limit of 0.005 MP", {
      code: "too-many-pixels",
    }),
  );
  const gif = latin1("GIF89a\xff\xff\xff\xff\0\0\0;");
  await refuses(gif, /^The picture has 65535×65535 px, more than the limit of 400 MP/);
});

/** By how many bytes a process grows that decodes a file; this one runs other tests, too. */
async function growthBy(file: Uint8Array): Promise<number> {
  const script = `${PROJECT}tests/image/decode_memory.ts`;
  const { code, stdout, stderr } = await spawn(
    Deno.execPath(),
    ["run", "--quiet", "--allow-read", "--allow-env", script],
    { stdin: Uint8Array.from(file) },
  );
  assert.equal(code, 0, stderr);
  return Number(text(stdout));
}

Deno.test("a PNG that unpacks to far more than its picture is no matter", async () => {
  const bomb = png(8, 8, new Uint8Array(300 * 2 ** 20)); // 300 MB of zeros for 72 bytes.
  assert.ok(bomb.length < 400_000);
  assert.ok(await growthBy(bomb) < 150 * 2 ** 20);
});

Deno.test("a PNG whose profile unpacks to far more than a profile is refused, or goes without", async () => {
  const bomb = deflateSync(new Uint8Array(300 * 2 ** 20));
  const whole = await encodeImage(picture, "png");
  const profile = chunk("iCCP", concatenate([latin1("x\0\0"), bomb]));
  const bytes = concatenate([whole.subarray(0, 33), profile, whole.subarray(33)]);
  assert.ok(await growthBy(bytes) < 150 * 2 ** 20);
});

Deno.test("HEIC and RAW are named, with what to do", async () => {
  const heic = latin1("\0\0\0\x18ftypheic\0\0\0\0mif1heic");
  await refuses(heic, /^The file is a HEIC picture: export it as JPEG, PNG or AVIF first$/);
  const raw = /^The file is a camera's RAW file: develop it to TIFF, PNG or JPEG first$/;
  await refuses(latin1("II*\0\x10\0\0\0CR\x02\0"), raw); // CR2
  await refuses(latin1("\0\0\0\x18ftypcrx \0\0\0\x01crx isom"), raw); // CR3
  await refuses(latin1("FUJIFILMCCD-RAW 0201FF"), raw); // RAF
  await refuses(latin1("IIU\0\x18\0\0\0"), raw); // RW2
  // NEF, ARW and DNG are TIFF files: a preview in the first directory, the rest in others.
  await refuses(tiff([[0x00fe, 4, 1], [0x0100, 4, 160], [0x0101, 4, 120], [0x014a, 4, 8]]), raw);
  await refuses(tiff([[0x0100, 4, 160], [0x0101, 4, 120], [0xc612, 1, 0x01040000]]), raw);
  await refuses(tiff([[0x0100, 4, 160], [0x0101, 4, 120], [0x0106, 3, 32803 << 16]]), raw);
});

Deno.test("a TIFF that is far too short for its size is refused before it is made room for", async () => {
  // 20,000 × 20,000 px of 8 bits, packed by LZW.
  const lying = tiff([
    ...[[0x0100, 4, 20000], [0x0101, 4, 20000], [0x0102, 3, 8 << 16]] as const,
    ...[[0x0103, 3, 5 << 16], [0x0106, 3, 1 << 16]] as const,
  ]);
  await refuses(lying, /^The header of the TIFF file is damaged or cut off$/);
});

/** The head of a TIFF with one value for each tag. */
function tiff(tags: (readonly [tag: number, type: number, value: number])[]): Uint8Array {
  const entries = tags.map(([tag, type, value]) => big(tag << 16 | type, 1, value));
  return concatenate([
    ...[latin1("MM\0*"), big(8), Uint8Array.of(0, tags.length)],
    ...[...entries, big(0)],
  ]);
}

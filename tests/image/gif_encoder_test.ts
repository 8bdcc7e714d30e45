import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeImage, ImageError, type Pixels } from "../../src/mod.ts";
import { type AnimationFrame, encodeAnimation, readAnimation } from "../../src/image/mod.ts";
import { examplePicture, flat, psnr } from "../helpers/pictures.ts";
import { spawn } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";

/** A frame of a GIF as it is in the file: a rectangle of one colour. */
interface Rectangle {
  at: [left: number, top: number, width: number, height: number];
  /** Index of black, red, green or blue. */
  colour: number;
  /** Pixels on its diagonal are transparent. */
  holes?: boolean;
  /** 1: stays, 2: is cleared, 3: what was there before comes back. */
  disposal: number;
  delay: number;
}

/** A GIF of 6 × 4 px, by the specification. */
function assemble(rectangles: Rectangle[], loops?: number): Uint8Array<ArrayBuffer> {
  const bytes = [...new TextEncoder().encode("GIF89a"), 6, 0, 4, 0, 0x81, 0, 0];
  bytes.push(0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255);
  if (loops !== undefined) {
    bytes.push(0x21, 0xff, 11, ...new TextEncoder().encode("NETSCAPE2.0"), 3, 1);
    bytes.push(loops & 255, loops >> 8, 0);
  }
  for (const { at: [left, top, width, height], colour, holes, disposal, delay } of rectangles) {
    bytes.push(0x21, 0xf9, 4, (disposal << 2) | (holes ? 1 : 0), delay & 255, delay >> 8, 0, 0);
    bytes.push(0x2c, left, 0, top, 0, width, 0, height, 0, 0, 2);
    // Codes of 3 bits; the table is cleared so often that they never get longer.
    const codes: number[] = [];
    for (let at = 0; at < width * height; at++) {
      const hole = holes && at % width === Math.floor(at / width);
      codes.push(4, hole ? 0 : colour);
    }
    const bits = [...codes, 5].map((code) => [code & 1, (code >> 1) & 1, code >> 2]).flat();
    const data = [];
    for (let at = 0; at < bits.length; at += 8) {
      data.push(bits.slice(at, at + 8).reduce((sum, bit, index) => sum + (bit << index), 0));
    }
    bytes.push(data.length, ...data, 0);
  }
  return Uint8Array.from([...bytes, 0x3b]);
}

async function frames(bytes: Uint8Array): Promise<AnimationFrame[]> {
  return await Array.fromAsync((await readAnimation(bytes)).frames());
}

/** A picture in letters, a line a row: k, r, g, b, and dots where it is transparent. */
function letters({ data, width }: Pixels): string {
  let text = "";
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b, a] = data.subarray(at, at + 4);
    text += a === 0 ? "." : r ? "r" : g ? "g" : b ? "b" : "k";
    if ((at / 4 + 1) % width === 0) text += " ";
  }
  return text.trim();
}

const MOVING: Rectangle[] = [
  { at: [0, 0, 6, 4], colour: 1, disposal: 1, delay: 7 },
  { at: [1, 1, 3, 2], colour: 2, holes: true, disposal: 3, delay: 0 },
  { at: [0, 0, 2, 2], colour: 3, disposal: 2, delay: 300 },
  { at: [4, 3, 2, 1], colour: 0, disposal: 0, delay: 65535 },
];

Deno.test("frames are laid over each other as their disposal says", async () => {
  const bytes = assemble(MOVING, 3);
  const found = await frames(bytes);
  assert.deepEqual(found.map(({ pixels }) => letters(pixels)), [
    "rrrrrr rrrrrr rrrrrr rrrrrr",
    "rrrrrr rrggrr rgrgrr rrrrrr",
    "bbrrrr bbrrrr rrrrrr rrrrrr",
    "..rrrr ..rrrr rrrrrr rrrrkk",
  ]);
  assert.deepEqual(found.map(({ delay }) => delay), [7, 0, 300, 65535]);
  assert.equal((await readAnimation(bytes)).loops, 3);
  assert.equal((await readAnimation(assemble(MOVING))).loops, undefined);
  assert.equal(letters(await decodeImage(bytes)), "rrrrrr rrrrrr rrrrrr rrrrrr");
});

Deno.test({
  name: "ffmpeg composes the same frames",
  ignore: missing(hasFfmpeg),
  async fn() {
    const bytes = assemble(MOVING);
    const args = ["-v", "error", "-f", "gif", "-i", "-", "-fps_mode", "passthrough"];
    const { stdout, stderr } = await spawn("ffmpeg", [
      ...[...args, "-f", "rawvideo", "-pix_fmt", "rgba", "-"],
    ], { stdin: bytes });
    for (const [index, { pixels }] of (await frames(bytes)).entries()) {
      const size = pixels.data.length;
      const other = stdout.subarray(index * size, (index + 1) * size);
      // What is cleared ffmpeg fills with a colour.
      const same = pixels.data.every((value, i) => !pixels.data[i | 3] || value === other[i]);
      assert.ok(same && other.length === size, `frame ${index} ${stderr}`);
    }
  },
});

Deno.test("a GIF comes back with its frames, delays and loops", async () => {
  const pictures = await Promise.all(
    ["island.jpg", "mosaic.jpg"].map((name) => examplePicture(name, 75, 50)),
  );
  for (const loops of [undefined, 0, 1, 65535]) {
    const given = [0, 7, 65535].map((delay, i) => ({ pixels: pictures[i % 2]!, delay }));
    const bytes = await encodeAnimation(given, "gif", { loops });
    const found = await frames(bytes);
    assert.deepEqual(found.map(({ delay }) => delay), [0, 7, 65535]);
    assert.equal((await readAnimation(bytes)).loops, loops);
    for (const [index, { pixels }] of found.entries()) {
      const likeness = psnr(pixels, given[index]!.pixels);
      assert.ok(likeness > 26, `frame ${index}: ${likeness} dB`);
    }
  }
});

Deno.test("what does not change in the frames does not change in the GIF, and takes no room", async () => {
  const still = await examplePicture("island.jpg", 96, 64);
  const moved: Pixels = { ...still, data: still.data.slice() };
  for (let y = 0; y < 16; y++) moved.data.fill(255, 4 * 96 * y, 4 * 96 * y + 64);
  const [one, two, all] = await Promise.all([[still], [still, still], [still, moved, still]].map(
    (pictures) => encodeAnimation(pictures.map((pixels) => ({ pixels, delay: 4 })), "gif"),
  ));
  assert.ok(two!.length < one!.length + 150, `${one!.length} and ${two!.length} bytes`);
  const [first, second, third] = (await frames(all!)).map(({ pixels }) => pixels.data);
  assert.deepEqual(third, first);
  const below = 4 * 96 * 16;
  assert.deepEqual(second!.subarray(below), first!.subarray(below));
  assert.notDeepEqual(second, first);
});

Deno.test("flat colours stay flat, and few colours exact", async () => {
  const colours = [[255, 0, 0, 255], [0, 0, 255, 255], [250, 250, 250, 255]];
  const given = colours.map((colour) => ({ pixels: flat(16, 16, colour), delay: 1 }));
  const found = await frames(await encodeAnimation(given, "gif"));
  for (const [index, { pixels }] of found.entries()) {
    const [r, g, b] = pixels.data;
    assert.ok(pixels.data.every((value, i) => value === [r, g, b, 255][i % 4]), `frame ${index}`);
    const gap = Math.max(...[r!, g!, b!].map((v, i) => Math.abs(v - colours[index]![i]!)));
    assert.ok(gap <= 8, `frame ${index}: ${gap}`);
  }
});

Deno.test("transparency is kept where it is, frame by frame", async () => {
  const clear = flat(8, 8, [0, 0, 0, 0]);
  const half: Pixels = { ...clear, data: clear.data.map((_, i) => i < 128 ? 255 : 0) };
  const other: Pixels = { ...clear, data: clear.data.map((_, i) => i < 128 ? 0 : 255) };
  const given = [half, other, clear].map((pixels) => ({ pixels, delay: 1 }));
  const found = await frames(await encodeAnimation(given, "gif"));
  for (const [index, { pixels }] of found.entries()) {
    const opaque = (data: Uint8ClampedArray) => data.filter((_, i) => i % 4 === 3);
    assert.deepEqual(opaque(pixels.data), opaque(given[index]!.pixels.data), `frame ${index}`);
  }
});

Deno.test("no bytes make the reader hang, or fail but with an ImageError", async () => {
  const whole = assemble(MOVING, 3);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 10, max: whole.length - 1 }), fc.nat(255)), {
        maxLength: 5,
      }),
      fc.integer({ min: 6, max: whole.length }),
      async (changes, length) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const error = await decodeImage(bytes.subarray(0, length)).catch((error) => error);
        assert.ok(!(error instanceof Error) || error instanceof ImageError, `${error}`);
        await frames(bytes.subarray(0, length)).catch(() => {});
      },
    ),
    { seed: 5, numRuns: 400 },
  );
  const huge = whole.slice();
  huge.set([255, 255, 255, 255], 6);
  await assert.rejects(decodeImage(huge), ImageError);
});

Deno.test("encodeAnimation() refuses to write no frame", async () => {
  await assert.rejects(
    encodeAnimation([], "gif"),
    new RangeError("An animation needs at least one frame"),
  );
});

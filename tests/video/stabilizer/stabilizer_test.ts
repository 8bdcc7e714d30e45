import assert from "node:assert/strict";
import type { Pixels } from "../../../src/mod.ts";
import { Kernel } from "../../../src/video/stabilizer/kernel.ts";
import { Stabilizer } from "../../../src/video/mod.ts";
import { crop } from "../../../src/image/pixels.ts";
import {
  colourMoments,
  examplePicture,
  flat,
  grain,
  largestDifference,
} from "../../helpers/pictures.ts";

const [WIDTH, HEIGHT] = [120, 80];
const island = await examplePicture("island.jpg", 192, 128);
const mosaic = await examplePicture("mosaic.jpg", WIDTH, HEIGHT);

/** A part of the island, seen through a camera that has moved. */
function view(left: number, top: number): Pixels {
  return crop(island, { left, top, width: WIDTH, height: HEIGHT });
}

/** A picture with noise of its own, up to some levels up or down. */
function noisy({ data, ...size }: Pixels, levels: number, seed: number): Pixels {
  const noise = grain(WIDTH, HEIGHT + seed).data.subarray(4 * WIDTH * seed);
  return {
    ...size,
    data: data.map((value, i) => i % 4 === 3 ? 255 : value + (noise[i]! / 255 - 0.5) * 2 * levels),
  };
}

/** What might be painted after a picture: its negative. */
function paint({ data, ...size }: Pixels): Pixels {
  return { ...size, data: data.map((value, i) => i % 4 === 3 ? value : 255 - value) };
}

/** Mean difference of two pictures, 0..255. */
function meanDifference(a: Pixels, b: Pixels): number {
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;
}

/** Stabilizes painted pictures of contents. */
async function stabilizeAll(contents: Pixels[], painted: Pixels[]): Promise<Pixels[]> {
  const stabilizer = await Stabilizer.load(0.9);
  return contents.map((content, index) => {
    stabilizer.analyze(content);
    return stabilizer.stabilize({ ...painted[index]!, data: painted[index]!.data.slice() });
  });
}

Deno.test("a scene that stands still becomes steadier, and stays what it is", async () => {
  const contents = Array.from({ length: 12 }, (_, index) => noisy(view(0, 0), 4, index));
  const painted = contents.map((_, index) => noisy(paint(view(0, 0)), 30, index));
  const stabilized = await stabilizeAll(contents, painted);
  const [before, after] = [painted, stabilized].map((clip) => meanDifference(clip[10]!, clip[11]!));
  assert.ok(after! < before! / 5, `${before} became ${after}`);
  assert.ok(meanDifference(stabilized[11]!, paint(view(0, 0))) < 5);
});

Deno.test("strokes move with what they are painted on", async () => {
  const at = Array.from({ length: 12 }, (_, index) => [5 * index, 3 * index] as const);
  const contents = at.map(([left, top]) => view(left, top));
  const painted = contents.map((content, index) => noisy(paint(content), 30, index));
  const stabilized = await stabilizeAll(contents, painted);
  // Where frame 11 shows what frame 10 did, one may be laid on the other.
  const shared = { left: 8, top: 8, width: WIDTH - 24, height: HEIGHT - 20 };
  const moved = { ...shared, left: shared.left + 5, top: shared.top + 3 };
  const change = (clip: Pixels[]) =>
    meanDifference(crop(clip[11]!, shared), crop(clip[10]!, moved));
  const [before, after] = [change(painted), change(stabilized)];
  assert.ok(after < before / 4, `${before} became ${after}`);
  const entering = { left: WIDTH - 8, top: 0, width: 8, height: HEIGHT };
  const [is, was] = [stabilized, painted].map((clip) => crop(clip[11]!, entering));
  assert.ok(largestDifference(is!, was!) <= 20, "what comes into view has no past");
});

Deno.test("optical flow is exact to a fraction of a pixel", async () => {
  // At half the size, the same motion is half as many pixels.
  const half = ({ data, width, height }: Pixels): Pixels => ({
    ...flat(width / 2, height / 2, [0, 0, 0, 255]),
    data: new Uint8ClampedArray(width * height).map((_, at) => {
      const [pixel, channel] = [at >> 2, at & 3];
      const from = 4 * (2 * Math.floor(pixel / (width / 2)) * width + 2 * (pixel % (width / 2)));
      const sum = data[from + channel]! + data[from + channel + 4]! +
        data[from + channel + 4 * width]! + data[from + channel + 4 * width + 4]!;
      return sum / 4;
    }),
  });
  const [columns, rows] = [WIDTH / 2, HEIGHT / 2];
  const kernel = await Kernel.load();
  for (const picture of [view(20, 10), view(27, 13)]) {
    kernel.pixels(columns, rows).set(half(picture).data);
    assert.equal(kernel.analyze(), false);
  }
  const motion = Array.from(
    { length: columns * rows / 4 },
    (_, at) => kernel.flow(at % (columns / 2), Math.floor(at / (columns / 2))),
  );
  const median = (values: number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const [across, down] = [0, 1].map((axis) => median(motion.map((vector) => vector[axis]!)));
  assert.ok(Math.abs(across! - 7 / 4) < 0.15, `${across}`);
  assert.ok(Math.abs(down! - 3 / 4) < 0.15, `${down}`);
});

Deno.test("what moves or goes leaves nothing behind", async () => {
  const square = { left: 10, top: 20, width: 24, height: 32 };
  const contents = Array.from({ length: 8 }, (_, index): Pixels => {
    const data = view(0, 0).data.slice();
    const left = square.left + 9 * index;
    for (let y = square.top; y < square.top + square.height && index < 7; y++) {
      for (let x = left; x < left + square.width; x++) {
        data.set([250, 40 + 4 * (x % 5), 60, 255], 4 * (y * WIDTH + x));
      }
    }
    return { data, width: WIDTH, height: HEIGHT };
  });
  const painted = contents.map(paint);
  const stabilized = await stabilizeAll(contents, painted);
  const left = stabilized.map((picture, index) => {
    // Where it was a frame ago, and no longer is.
    const before = { ...square, left: square.left + 9 * (index - 1) };
    const trail = index < 7 ? { ...before, width: 9 } : before;
    return meanDifference(crop(picture, trail), crop(painted[index]!, trail));
  });
  assert.ok(Math.max(...left) < 10, `${left}`);
});

Deno.test("the mean colors are those of a changing style at once", async () => {
  const [from, to] = [paint(view(0, 0)), view(0, 0)];
  const painted = Array.from({ length: 12 }, (_, index) => {
    const fade = from.data.map((value, i) => value + (to.data[i]! - value) * index / 11);
    return noisy({ ...from, data: fade }, 30, index);
  });
  const lag = async (changing: boolean) => {
    const stabilizer = await Stabilizer.load(0.95);
    const stabilized = painted.map((picture) => {
      stabilizer.analyze(view(0, 0));
      return stabilizer.stabilize({ ...picture, data: picture.data.slice() }, changing);
    });
    const areas = [0, 40, 80].map((left) => ({ left, top: 0, width: 40, height: 80 }));
    const means = (picture: Pixels) =>
      areas.flatMap((area) => colourMoments(crop(picture, area)).mean);
    const [is, was] = [means(stabilized[11]!), means(painted[11]!)];
    return Math.max(...is.map((mean, at) => Math.abs(mean - was[at]!)));
  };
  const [following, lagging] = [await lag(true), await lag(false)];
  assert.ok(following < 4 && lagging > 12, `${following} and ${lagging}`);
});

Deno.test("another scene is not mixed with the one before it", async () => {
  const stabilizer = await Stabilizer.load(0.9);
  const results = [view(0, 0), view(2, 1), mosaic, mosaic].map((content) => ({
    cut: stabilizer.analyze(content),
    result: stabilizer.stabilize(paint(content)),
  }));
  assert.deepEqual(results.map(({ cut }) => cut), [false, false, true, false]);
  assert.equal(largestDifference(results[2]!.result, paint(mosaic)), 0);
});

Deno.test("a share of none changes nothing, and small frames are frames", async () => {
  const stabilizer = await Stabilizer.load(0);
  for (const seed of [1, 2]) {
    const picture = noisy(view(0, 0), 30, seed);
    stabilizer.analyze(view(0, 0));
    assert.equal(largestDifference(stabilizer.stabilize(paint(picture)), paint(picture)), 0);
  }
  for (const [width, height] of [[8, 8], [9, 31], [33, 8]] as const) {
    const small = crop(view(0, 0), { left: 0, top: 0, width, height });
    const alike = await stabilizeAll([small, small, small], [
      paint(small),
      paint(small),
      paint(small),
    ]);
    assert.equal(largestDifference(alike[2]!, paint(small)), 0);
  }
});

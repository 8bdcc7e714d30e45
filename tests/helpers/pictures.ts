import { formatOfName } from "../../src/image/mod.ts";
import { decodeImage, encodeImage, type Pixels, resize, resizeShortSide } from "../../src/mod.ts";
import { example, list } from "./program.ts";

/** A picture of `examples/`, at a size. */
export async function examplePicture(
  name: string,
  width: number,
  height: number,
): Promise<Pixels> {
  return await resize(await decodeImage(await Deno.readFile(example(name))), width, height);
}

/** Shrinks the pictures in `examples/` of a copy of the project, so that commands end soon. */
export async function shrinkExamples(copy: string, shortSide: number): Promise<void> {
  for (const name of list(`${copy}/examples`)) {
    const format = formatOfName(name);
    if (!format) continue;
    const path = `${copy}/examples/${name}`;
    const pixels = await resizeShortSide(await decodeImage(await Deno.readFile(path)), shortSide);
    await Deno.writeFile(path, await encodeImage(pixels, format));
  }
}

/** A picture of one colour, RGBA. */
export function flat(width: number, height: number, colour: number[]): Pixels {
  const data = new Uint8ClampedArray(4 * width * height).map((_, index) => colour[index % 4]!);
  return { data, width, height };
}

/** A picture of random colours, the same on every run. */
export function grain(width: number, height: number): Pixels {
  let state = 1;
  const data = new Uint8ClampedArray(4 * width * height).map((_, index) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return index % 4 === 3 ? 255 : state >>> 24;
  });
  return { data, width, height };
}

/** Largest difference of two pictures of one size, in any channel of any pixel, 0..255. */
export function largestDifference(a: Pixels, b: Pixels): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity;
  return a.data.reduce((most, value, index) => Math.max(most, Math.abs(value - b.data[index]!)), 0);
}

/** Peak signal to noise ratio of two pictures, in dB: 30 is hard to tell apart at a glance. */
export function psnr(a: Pixels, b: Pixels): number {
  const squares = a.data.reduce((sum, value, index) => sum + (value - b.data[index]!) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / (a.data.length * 3 / 4)));
}

/** Mean and standard deviation of each colour channel, 0..255. */
export function colourMoments({ data }: Pixels): { mean: number[]; deviation: number[] } {
  const pixels = data.length / 4;
  const sums = [0, 1, 2].map((channel) => {
    let [sum, squares] = [0, 0];
    for (let index = channel; index < data.length; index += 4) {
      sum += data[index]!;
      squares += data[index]! ** 2;
    }
    return { mean: sum / pixels, variance: squares / pixels - (sum / pixels) ** 2 };
  });
  return {
    mean: sums.map(({ mean }) => mean),
    deviation: sums.map(({ variance }) => Math.sqrt(Math.max(0, variance))),
  };
}

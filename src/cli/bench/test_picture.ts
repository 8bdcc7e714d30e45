import type { Pixels } from "../../image/mod.ts";

/** Waves of color with some noise, so that no shortcut for flat pictures helps. */
export function testPicture(size: number, seed: number): Pixels {
  const data = new Uint8ClampedArray(4 * size * size).fill(255);
  let random = seed;
  for (let pixel = 0; pixel < size * size; pixel++) {
    const [x, y] = [pixel % size, Math.floor(pixel / size)];
    for (let channel = 0; channel < 3; channel++) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const wave = Math.sin((x * (channel + seed) + y * (3 - channel)) * 0.05);
      data[4 * pixel + channel] = 128 + 90 * wave + 30 * (random / 2 ** 32 - 0.5);
    }
  }
  return { data, width: size, height: size };
}

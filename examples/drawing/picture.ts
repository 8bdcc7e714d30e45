import type { Pixels } from "../../src/mod.ts";

/** Red, green and blue, each 0..1. */
export type Color = readonly [number, number, number];

/** Mix of two colors; 0 is the first. */
export function mix(a: Color, b: Color, share: number): Color {
  const t = Math.min(1, Math.max(0, share));
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** A color made lighter or darker. */
export function scale(color: Color, factor: number): Color {
  return [color[0] * factor, color[1] * factor, color[2] * factor];
}

/** Draws each pixel as the mean of `samples` × `samples` points within it. */
export function draw(
  width: number,
  height: number,
  samples: number,
  colorAt: (x: number, y: number) => Color,
): Pixels {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [left, top] = [pixel % width, Math.floor(pixel / width)];
    const sum = [0, 0, 0];
    for (let sample = 0; sample < samples * samples; sample++) {
      const x = left + (sample % samples + 0.5) / samples;
      const y = top + (Math.floor(sample / samples) + 0.5) / samples;
      colorAt(x, y).forEach((value, channel) => sum[channel]! += Math.min(1, Math.max(0, value)));
    }
    sum.forEach((value, channel) => data[4 * pixel + channel] = 255 * value / samples ** 2);
  }
  return { data, width, height };
}

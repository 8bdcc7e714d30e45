import { fractal, randomNumbers } from "./noise.ts";
import type { Colour } from "./picture.ts";
import { mix, scale } from "./picture.ts";

/** Thick strokes of a brush that swirl over a night sky and a wheat field. */
export function strokes(width: number, height: number) {
  const random = randomNumbers(3);
  const paint = new Float64Array(3 * width * height).fill(0.1);
  const eddies = [[0.3, 0.3, 1], [0.66, 0.22, -0.8], [0.86, 0.5, 0.7]] as const;

  const direction = (x: number, y: number) => {
    let [dx, dy] = [1, 0.5 * (fractal(x / 160, y / 160, 3) - 0.5)];
    for (const [column, row, turn] of eddies) {
      const [ex, ey] = [(x - column * width) / height, (y - row * height) / height];
      const pull = 3.4 * turn * Math.exp(-14 * (ex * ex + ey * ey));
      [dx, dy] = [dx - pull * ey * 6, dy + pull * ex * 6];
    }
    if (y > 0.72 * height) [dx, dy] = [0.35, -1 + 0.4 * (fractal(x / 70, y / 70, 2) - 0.5)];
    return Math.atan2(dy, dx);
  };

  const colourAt = (x: number, y: number): Colour => {
    if (y > 0.72 * height) {
      return mix([0.78, 0.55, 0.1], [0.35, 0.42, 0.12], fractal(x / 50, y / 90, 3) * 2.2 - 0.5);
    }
    let colour = mix([0.05, 0.12, 0.38], [0.2, 0.5, 0.72], fractal(x / 120, y / 120, 4) * 2 - 0.5);
    for (const [column, row] of eddies) {
      const distance = Math.hypot(x - column * width, y - row * height) / height;
      const halo = Math.max(0, 1 - distance / 0.2) * (0.7 + 0.3 * Math.cos(distance * 90));
      colour = mix(colour, [0.98, 0.87, 0.42], halo * 1.3);
    }
    return colour;
  };

  for (let stroke = 0; stroke < width * height / 22; stroke++) {
    let [x, y] = [random() * (width + 60) - 30, random() * (height + 60) - 30];
    const colour = scale(colourAt(x, y), 0.72 + 0.55 * random());
    const [breadth, length] = [2.2 + 2.2 * random(), 16 + 26 * random()];
    for (let along = 0; along < length; along++) {
      const angle = direction(x, y);
      x += Math.cos(angle);
      y += Math.sin(angle);
      const taper = breadth * Math.sin(Math.PI * (0.12 + 0.83 * along / length));
      for (let across = -taper; across <= taper; across += 0.5) {
        const column = Math.round(x - Math.sin(angle) * across);
        const row = Math.round(y + Math.cos(angle) * across);
        if (column < 0 || column >= width || row < 0 || row >= height) continue;
        // Bristles leave ridges, lit from one side.
        const ridge = 1 + 0.16 * Math.sin(across * 2.4 + stroke) + 0.09 * across / breadth;
        for (let channel = 0; channel < 3; channel++) {
          paint[3 * (row * width + column) + channel] = colour[channel]! * ridge;
        }
      }
    }
  }
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      data[4 * pixel + channel] = 255 * paint[3 * pixel + channel]!;
    }
  }
  return { data, width, height };
}

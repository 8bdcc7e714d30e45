import { fractal, randomNumbers } from "./noise.ts";
import { type Color, draw, mix } from "./picture.ts";
import { luminance, type Raster, valueAt } from "./raster.ts";
import { drawLines } from "./streamlines.ts";
import { assign, moveToCentroids, scatter, type Tile } from "./tessellation.ts";

const PAPER: Color = [0.97, 0.94, 0.88];
const INK: Color = [0.12, 0.1, 0.2];

/**
 * A picture in dots of ink, closer where it is dark: each is in the middle of what is nearest to it,
 * weighed by darkness.
 *
 * @see Secord: Weighted Voronoi Stippling, NPAR 2002
 */
export function stipple(picture: Raster, count = 9000) {
  const { width, height } = picture;
  const random = randomNumbers(31);
  const light = luminance(picture);
  const weight = (pixel: number) => 0.015 + (1 - light.data[pixel]!) ** 1.9;
  const dots = begin(width, height, count, weight, random);
  const size = 10;
  for (let round = 0; round < 14; round++) {
    moveToCentroids(dots, assign(width, height, size, dots), width, weight);
  }
  const lines = dots.map(({ x, y }) => ({
    points: [{ x, y }],
    breadths: [1.5 + 2.6 * (1 - valueAt(light, x, y)) * (0.85 + 0.3 * random())],
  }));
  const black = drawLines(lines, width, height);
  return draw(width, height, 1, (x, y) => {
    const fiber = fractal(x / 2.2, y / 2.2, 3) - 0.5;
    return mix(mix(PAPER, [0.86, 0.8, 0.7], 0.2 + 0.3 * fiber), INK, 0.96 * valueAt(black, x, y));
  });
}

/** Dots by chance, as many as their weights say. */
function begin(
  width: number,
  height: number,
  count: number,
  weight: (pixel: number) => number,
  random: () => number,
): Tile[] {
  let total = 0;
  for (let pixel = 0; pixel < width * height; pixel++) total += weight(pixel);
  const dots: Tile[] = [];
  for (const dot of scatter(width, height, 1, random)) {
    if (random() < weight(Math.floor(dot.y) * width + Math.floor(dot.x)) * count / total) {
      dots.push(dot);
    }
  }
  return dots;
}

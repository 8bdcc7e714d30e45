import { island } from "./island.ts";
import { fractal, randomNumbers } from "./noise.ts";
import { type Color, draw, mix } from "./picture.ts";
import { blurPlane, blurRaster, edgeDirections, fromPixels, luminance, valueAt } from "./raster.ts";
import { drawLines, streamlines, tapered } from "./streamlines.ts";

const PAPER: Color = [0.95, 0.9, 0.78];
const INK: Color = [0.07, 0.08, 0.13];
const BLUE: Color = [0.2, 0.42, 0.52];
const RED: Color = [0.8, 0.27, 0.16];

/** The island as a print of three blocks: red and blue in flat areas, and carved lines in black. */
export function woodcut(width: number, height: number) {
  const random = randomNumbers(11);
  const picture = blurRaster(fromPixels(island(width, height)), 1);
  const light = luminance(picture);
  const soft = blurPlane(light, 2.5);
  const field = edgeDirections(blurPlane(light, 3), 9);
  const direction = (x: number, y: number) => {
    // Where nothing shows a direction, lines lie level.
    const share = Math.min(1, 1.4 * valueAt({ ...field, data: field.coherence }, x, y));
    const along = valueAt(field, x, y);
    return Math.atan2(share * Math.sin(2 * along), share * Math.cos(2 * along) + 1 - share) / 2 +
      0.12 * (fractal(x / 60, y / 60, 2) - 0.5);
  };
  const separation = 7;
  const lines = streamlines(width, height, { direction, separation, shortest: 18 }, random);
  const black = drawLines(
    lines.map((line) =>
      tapered(line, 14, ({ x, y }) => {
        const dark = 1 - valueAt(soft, x, y);
        const cut = 0.9 + 0.35 * fractal(x / 9, y / 9, 2);
        return (1 - sun(x / height, y / height, height)) * separation * cut *
          Math.min(1.25, Math.max(0, 1.75 * dark - 0.42));
      })
    ),
    width,
    height,
  );
  return draw(width, height, 1, (x, y) => {
    const grain = fractal(x / 46, y / 2.2, 4) - 0.5;
    const paper = mix(PAPER, [1, 0.98, 0.92], 0.5 + grain);
    const at = 3 * (Math.floor(y) * width + Math.floor(x));
    const [red, , blue] = picture.data.subarray(at, at + 3) as unknown as [number, number, number];
    const bright = valueAt(soft, x, y);
    // Blocks are a little off the lines, as in prints; ink is thinner where the grain is open.
    let color: Color = paper;
    const cold = 2.6 * (blue - red) + 0.35 * (0.75 - bright);
    color = mix(color, BLUE, Math.min(0.9, Math.max(0, cold * 1.6)) * (0.85 + 0.5 * grain));
    const warm = red - blue > 0.2 && bright > 0.32;
    color = mix(
      color,
      RED,
      warm ? Math.min(0.85, 1.7 * (red - blue) - 0.2) * (0.9 + 0.5 * grain) : 0,
    );
    color = mix(color, mix(paper, RED, 0.9 + 0.35 * grain), sun(x / height, y / height, height));
    const worn = 0.97 - 0.25 * Math.max(0, fractal(x / 2.5, y / 2.5, 2) - 0.68);
    return mix(color, INK, valueAt(black, x, y) * worn);
  });
}

/** How much of a pixel the sun covers, 0..1; the point is in heights of the picture. */
function sun(u: number, v: number, height: number): number {
  const inside = 0.12 - Math.hypot(u - 1.04, v - 0.21);
  return Math.min(1, Math.max(0, inside * height + 0.5));
}

import { fractal, noise } from "./noise.ts";
import { type Color, draw, mix, scale } from "./picture.ts";
import { paint } from "./painting.ts";
import { fromPixels, toPixels } from "./raster.ts";

const HORIZON = 0.44;

/** A field of poppies under summer clouds, in oil. */
export function poppies(width: number, height: number) {
  const picture = fromPixels(draw(width, height, 2, (x, y) => field(x / height, y / height)));
  return toPixels(paint(picture, {
    brushes: [15, 8, 4],
    direction: (x, y) => course(x / height, y / height),
    ground: [0.62, 0.46, 0.28],
    length: [2.5, 7],
    jitter: [0.14, 0.07],
    tolerance: 0.09,
    relief: 1.2,
    seed: 9,
  }));
}

/** How high trees stand before the sky: three poplars, a hedge, a round tree at the right. */
function treetop(u: number): number {
  let top = HORIZON - 0.02 - 0.03 * fractal(u * 9, 3.3, 3);
  for (
    const [middle, breadth, tall] of [[0.2, 0.035, 0.3], [0.3, 0.03, 0.24], [
      0.11,
      0.028,
      0.2,
    ]] as const
  ) {
    const off = Math.abs(u - middle) / breadth;
    if (off < 1) {
      top = Math.min(top, HORIZON - tall * (1 - off ** 3) * (0.92 + 0.12 * noise(u * 60, middle)));
    }
  }
  const off = Math.hypot(u - 1.04, 0) / 0.17;
  if (off < 1) {
    top = Math.min(
      top,
      HORIZON - 0.05 - 0.2 * Math.sqrt(1 - off * off) * (0.9 + 0.2 * noise(u * 30, 5)),
    );
  }
  return top;
}

function field(u: number, v: number): Color {
  const top = treetop(u);
  if (v < top) {
    const hills = HORIZON - 0.05 - 0.05 * fractal(u * 2 + 4, 1, 3);
    if (v > hills) return mix([0.42, 0.5, 0.72], [0.6, 0.62, 0.72], (v - hills) * 12);
    const clouds = fractal(u * 3.1 + 1.7, v * 5.2 + 0.6, 5);
    const blue = mix([0.2, 0.44, 0.82], [0.66, 0.82, 0.92], v / HORIZON);
    const lit = mix([0.66, 0.68, 0.82], [1, 0.96, 0.88], (clouds - 0.56) * 6);
    return mix(blue, lit, (clouds - 0.5) * 7);
  }
  if (v < HORIZON) {
    const light = fractal(u * 22, v * 22, 3) + (u > 1 ? -0.6 * (u - 1.04) : 0) -
      0.4 * (v - top) / 0.2;
    return mix([0.05, 0.17, 0.12], [0.44, 0.52, 0.14], light * 1.5 - 0.1);
  }
  const depth = (v - HORIZON) / (1 - HORIZON);
  const away = 1 / (depth + 0.06);
  const [x, z] = [(u - 0.62) * away, away];
  const grass = mix(
    [0.36, 0.48, 0.12],
    [0.82, 0.74, 0.28],
    fractal(x * 2.2, z * 1.3, 3) * 1.9 - 0.45,
  );
  let color = scale(grass, 0.82 + 0.3 * fractal(x * 14, z * 4, 2));
  const path = Math.abs(u - 0.66 + 0.12 * Math.sin(depth * 5)) - 0.02 - 0.11 * depth;
  if (path < 0) return scale([0.86, 0.72, 0.5], 0.85 + 0.3 * noise(x * 9, z * 3));
  const drift = fractal(x * 0.8 + 9, z * 0.7, 3);
  // Poppies grow in drifts, and each one larger the nearer it is.
  const grain = noise(u * (20 + 26 / (0.25 + depth)), v * (34 + 40 / (0.25 + depth)));
  if (grain + 0.9 * (drift - 0.5) > 0.66 && depth > 0.04) {
    color = mix([0.74, 0.08, 0.06], [0.98, 0.32, 0.14], noise(u * 70, v * 70));
  } else if (grain < 0.13 && drift < 0.5) color = [0.94, 0.9, 0.84];
  return mix(color, [0.6, 0.62, 0.56], 0.3 * (1 - depth) ** 4);
}

/** Direction of the strokes: along clouds, up the trees, and up the grass, which fans out. */
function course(u: number, v: number): number {
  const waver = fractal(u * 5, v * 5, 2) - 0.5;
  if (v < treetop(u)) return 0.5 * waver + 1.6 * (fractal(u * 2.2, v * 3.4, 2) - 0.5);
  if (v < HORIZON) return Math.PI / 2 + 1.6 * waver;
  // Far away the grass lies level, nearer it stands.
  const depth = (v - HORIZON) / (1 - HORIZON) + 0.5 * waver;
  const upright = Math.min(1, Math.max(0, (depth - 0.05) / 0.4));
  return upright * (Math.PI / 2 - 0.7 * (u - 0.62)) + 1.2 * waver;
}

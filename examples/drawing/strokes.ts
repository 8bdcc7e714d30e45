import { fractal } from "./noise.ts";
import { type Color, draw, mix, scale } from "./picture.ts";
import { paint } from "./painting.ts";
import { fromPixels, toPixels } from "./raster.ts";

/** Where the sky turns, by width and height: place, sense and strength, radius. */
const EDDIES = [
  [0.36, 0.33, 1, 0.2],
  [0.6, 0.27, -0.9, 0.15],
  [0.13, 0.17, 1.8, 0.07],
  [0.87, 0.17, 0.9, 0.14],
  [0.9, 0.5, -0.6, 0.1],
] as const;

const MOON = [0.87, 0.17] as const;
/** Stars with no eddy of their own, as eddies. */
const STARS = [[0.27, 0.1], [0.44, 0.09], [0.73, 0.11], [0.07, 0.42]].map(
  ([column, row]) => [column!, row!, 2.4, 0.055] as const,
);

const LIGHTS = [...STARS, ...EDDIES.slice(0, 3)];

/** A night over a village, in thick strokes that follow the wind. */
export function strokes(width: number, height: number) {
  const picture = fromPixels(
    draw(width, height, 2, (x, y) => view(x / width, y / height, width / height)),
  );
  return toPixels(paint(picture, {
    brushes: [13, 7, 4],
    direction: (x, y) => course(x / width, y / height, width / height),
    ground: [0.16, 0.13, 0.1],
    length: [4, 11],
    jitter: [0.16, 0.05],
    tolerance: 0.07,
    relief: 1.1,
    seed: 5,
  }));
}

const hills = (u: number) => 0.7 - 0.1 * Math.sin(u * 3.1 + 0.4) - 0.035 * Math.sin(u * 9 + 1);
const village = (u: number) => 0.77 - 0.03 * Math.sin(u * 4 + 2);

/** Whether a point is in the cypress at the left. */
function tree(u: number, v: number): number {
  const up = (0.98 - v) / 0.78;
  if (up < 0) return 1;
  if (up > 1) return 0;
  const breadth = 0.062 * Math.sin(Math.PI * Math.min(1, 0.25 + 0.78 * up)) * (1 - up) ** 0.35 +
    0.002;
  const middle = 0.17 + 0.018 * Math.sin(up * 7) - 0.02 * up;
  const flame = 0.018 * Math.sin(v * 46 + u * 30) * (1 - up);
  return Math.abs(u - middle + flame) < breadth ? 1 : 0;
}

function view(u: number, v: number, aspect: number): Color {
  if (tree(u, v)) {
    return mix([0.03, 0.09, 0.08], [0.16, 0.25, 0.1], fractal(u * 26, v * 9, 3) * 1.8 - 0.5);
  }
  if (v > village(u)) return town(u, v);
  if (v > hills(u)) {
    const ridge = 0.5 + 0.5 * Math.sin((v - hills(u)) * 60 + fractal(u * 6, v * 6, 2) * 5);
    return mix([0.05, 0.16, 0.36], [0.2, 0.48, 0.5], ridge * 1.1 * fractal(u * 5, v * 8, 2) + 0.2);
  }
  let color = mix(
    [0.04, 0.1, 0.36],
    [0.16, 0.42, 0.72],
    1.7 * v - 0.15 + 0.6 * (fractal(u * 7, v * 9, 3) - 0.5),
  );
  for (const [column, row, turn, radius] of EDDIES) {
    const [dx, dy] = [(u - column) * aspect, v - row];
    const distance = Math.hypot(dx, dy) / radius;
    // Arms of a spiral, that fade outwards.
    const arm = 0.5 + 0.5 * Math.cos(2 * Math.atan2(dy, dx) - Math.sign(turn) * distance * 7);
    color = mix(color, [0.74, 0.86, 0.86], 0.75 * arm * Math.exp(-1.1 * distance * distance));
  }
  const band = Math.exp(-(((v - 0.56 - 0.05 * Math.sin(u * 7)) / 0.035) ** 2));
  color = mix(color, [0.82, 0.88, 0.74], 0.5 * band);
  for (const [column, row] of LIGHTS) {
    const distance = Math.hypot((u - column) * aspect, v - row);
    const rings = 0.75 + 0.25 * Math.cos(distance * 190);
    color = mix(color, [0.98, 0.82, 0.3], 1.5 * rings * Math.exp(-((distance / 0.045) ** 2)));
    if (distance < 0.014) color = [1, 0.96, 0.78];
  }
  const toMoon = Math.hypot((u - MOON[0]) * aspect, v - MOON[1]);
  color = mix(color, [0.99, 0.76, 0.22], 1.3 * Math.exp(-((toMoon / 0.12) ** 2)));
  if (toMoon < 0.06 && Math.hypot((u - MOON[0] + 0.022) * aspect, v - MOON[1] - 0.006) > 0.048) {
    color = [1, 0.94, 0.6];
  }
  return color;
}

/** Houses with lit windows, a church, and fields before them. */
function town(u: number, v: number): Color {
  const field = mix([0.1, 0.2, 0.26], [0.24, 0.4, 0.28], fractal(u * 12, v * 16, 3) * 1.6 - 0.3);
  const column = Math.floor(u * 13);
  const inside = u * 13 - column;
  const tall = 0.82 + 0.05 * fractal(column * 3.7, 2.3, 1);
  if (column % 7 === 3 || v < tall) return field;
  const roof = tall + 0.045 * Math.abs(inside - 0.5) * 2;
  if (v < roof) return field;
  if (v < roof + 0.03) return scale([0.5, 0.22, 0.17], 0.7 + 0.8 * fractal(column * 5.1, 1, 1));
  const wall = scale([0.34, 0.4, 0.5], 0.7 + 0.7 * fractal(column * 2.1, 7, 1));
  if (v > 0.965) return field;
  const isWindow = Math.abs(inside - 0.5) < 0.17 && Math.abs(v - 0.92) < 0.018;
  return isWindow ? [1, 0.78, 0.25] : wall;
}

/** Direction of the strokes: the wind's in the sky, that of things below it. */
function course(u: number, v: number, aspect: number): number {
  if (tree(u, v)) return Math.PI / 2 + 0.5 * Math.sin(v * 30 + u * 20);
  if (v > village(u)) return 0.25 * Math.sin(u * 30) + (v > 0.965 ? 0.2 : 0);
  if (v > hills(u)) return 0.35 * Math.cos(u * 3.1 + 0.4) * -0.6 + 0.3 * Math.sin(u * 14 + v * 20);
  let [dx, dy] = [1, 0.35 * Math.cos(u * 7) + 0.8 * (fractal(u * 3, v * 3, 2) - 0.5)];
  for (const [column, row, turn, radius] of [...EDDIES, ...STARS]) {
    const [x, y] = [(u - column) * aspect / radius, (v - row) / radius];
    const pull = 5 * turn * Math.exp(-0.9 * (x * x + y * y));
    [dx, dy] = [dx - pull * y, dy + pull * x];
  }
  return Math.atan2(dy, dx);
}

import { fractal, randomNumbers } from "./noise.ts";
import { type Color, draw, mix, scale } from "./picture.ts";
import { assign, moveToCentroids, scatter } from "./tessellation.ts";

const SUN = [0.4, 0.43] as const;

/** What is at a point: a number for each part of the picture, and the color of its glass. */
interface Part {
  id: number;
  color: Color;
}

/** A sunrise over hills and a river: panes of glass in lead, cut along the lines of the picture. */
export function stainedGlass(width: number, height: number) {
  const random = randomNumbers(17);
  // Twice as fine as the result: lines of lead have no stairs.
  const [columns, rows] = [2 * width, 2 * height];
  const panes = scatter(columns, rows, 84, random);
  let nearest = assign(columns, rows, 84, panes);
  for (let round = 0; round < 3; round++) {
    moveToCentroids(panes, nearest, columns);
    nearest = assign(columns, rows, 84, panes);
  }
  const looks = panes.map(() => ({
    light: 0.72 + 0.5 * random(),
    hue: [random() - 0.5, random() - 0.5, random() - 0.5] as const,
    streak: Math.PI * random(),
  }));
  const parts = Array.from(
    { length: columns * rows },
    (_, at) => part(at % columns / rows, Math.floor(at / columns) / rows, width / height),
  );
  // In the border, panes are its own; elsewhere they are cut by the Voronoi cells as well.
  const labels = parts.map(({ id }, at) => id >= 1000 ? id : id * 10_000 + nearest[at]!);
  const off = distanceToOthers(labels, columns, rows, 9);
  return draw(width, height, 2, (x, y) => {
    const at = Math.floor(2 * y) * columns + Math.floor(2 * x);
    const distance = off[at]!;
    if (distance < 4.6) {
      // Lead is round, and lit from above.
      const round = Math.sqrt(Math.max(0, 1 - (distance / 4.6) ** 2));
      return scale([0.13, 0.13, 0.15], 0.45 + 0.9 * round * (0.7 + 0.6 * fractal(x / 3, y / 3, 2)));
    }
    const { color, id } = parts[at]!;
    const { light, hue, streak } = looks[nearest[at]! % looks.length]!;
    const own = color.map((value, channel) => value + 0.1 * hue[channel]!) as unknown as Color;
    const along = x * Math.cos(streak) + y * Math.sin(streak);
    const across = y * Math.cos(streak) - x * Math.sin(streak);
    const streaks = fractal(along / 60 + id, across / 9, 4) - 0.5;
    const ripples = fractal(x / 14, y / 14 + id, 3) - 0.5;
    // Towards the lead the glass is darker: dirt, and the shadow of the lead.
    const rim = Math.min(1, (distance - 4.6) / 9);
    const lit = light * (0.7 + 0.3 * rim) * (1 + 0.65 * streaks + 0.35 * ripples);
    return mix(scale(own, lit), [1, 1, 0.96], 0.34 * Math.max(0, lit - 0.9));
  });
}

/** The picture: a border, a sun with rays, hills and a river. */
function part(u: number, v: number, aspect: number): Part {
  const edge = Math.min(u, v, aspect - u, 1 - v);
  if (edge < 0.06) {
    const isUpright = Math.min(u, aspect - u) < Math.min(v, 1 - v);
    const step = Math.floor((isUpright ? v : u) / 0.08);
    const side = isUpright ? (u < 0.5 * aspect ? 0 : 1) : (v < 0.5 ? 2 : 3);
    const id = 1000 + 100 * side + step;
    return { id, color: (step + side) % 2 === 0 ? [0.72, 0.06, 0.12] : [0.1, 0.16, 0.56] };
  }
  const front = 0.8 + 0.05 * Math.sin(u * 7 + 0.6);
  const middle = 0.7 - 0.06 * Math.sin(u * 6.2 + 2.4);
  const far = 0.58 - 0.09 * Math.abs(Math.sin(u * 4.6 + 0.5)) ** 1.5;
  const bend = SUN[0] + 0.12 * Math.sin((v - 0.55) * 11) + 0.05;
  if (v > far && Math.abs(u - bend) < 0.012 + 0.32 * (v - 0.56) ** 1.4) {
    return { id: 1, color: mix([0.86, 0.9, 0.86], [0.2, 0.55, 0.8], (v - 0.55) * 2.4) };
  }
  if (v > front) return { id: u < bend ? 2 : 3, color: [0.1, 0.42, 0.16] };
  if (v > middle) return { id: u < bend ? 4 : 5, color: [0.42, 0.62, 0.14] };
  if (v > far) return { id: u < bend ? 6 : 7, color: [0.36, 0.2, 0.52] };
  const [dx, dy] = [u - SUN[0], v - SUN[1]];
  const distance = Math.hypot(dx, dy);
  if (distance < 0.085) return { id: 8, color: [1, 0.9, 0.42] };
  const turn = Math.atan2(dy, dx) + Math.PI + (distance > 0.3 ? 0.9 * (distance - 0.3) : 0);
  const ray = Math.floor(turn / (2 * Math.PI) * 22);
  const isLight = ray % 2 === 0;
  const ring = distance < 0.17 ? 0 : distance < 0.26 ? 1 : distance < 0.35 ? 2 : 3;
  const colors: [Color, Color][] = [
    [[1, 0.72, 0.1], [0.96, 0.42, 0.06]],
    [[0.98, 0.5, 0.12], [0.84, 0.16, 0.1]],
    [[0.9, 0.34, 0.36], [0.5, 0.14, 0.46]],
    [[0.2, 0.5, 0.8], [0.08, 0.22, 0.6]],
  ];
  return { id: 20 + 30 * ring + ray, color: colors[ring]![isLight ? 0 : 1] };
}

/** How far each point is from the nearest one of another label, up to a distance. */
function distanceToOthers(
  labels: number[],
  width: number,
  height: number,
  reach: number,
): Float32Array {
  const result = new Float32Array(labels.length).fill(2 * reach);
  // Only where labels meet is there anything to spread.
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const meets = x + 1 < width && labels[at] !== labels[at + 1] ||
        y + 1 < height && labels[at] !== labels[at + width];
      if (!meets) continue;
      for (
        let row = Math.max(0, y - 2 * reach);
        row <= Math.min(height - 1, y + 2 * reach);
        row++
      ) {
        for (
          let column = Math.max(0, x - 2 * reach);
          column <= Math.min(width - 1, x + 2 * reach);
          column++
        ) {
          const off = Math.hypot(column - x - 0.5, row - y - 0.5);
          const place = row * width + column;
          if (off < result[place]!) result[place] = off;
        }
      }
    }
  }
  return result;
}

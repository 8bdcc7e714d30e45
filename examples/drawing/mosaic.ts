import { fractal, randomNumbers } from "./noise.ts";
import { type Color, draw, mix, scale } from "./picture.ts";
import { type Tile, tileCentroids } from "./tessellation.ts";

/** A fish of Roman kind, of tesserae that are set along its outlines. */
export function mosaic(width: number, height: number) {
  const random = randomNumbers(7);
  const size = 12;
  const field = (x: number, y: number) => shape(x / height, y / height, width / height);
  const direction = (x: number, y: number) => {
    const step = 2;
    const [dx, dy] = [
      field(x + step, y).distance - field(x - step, y).distance,
      field(x, y + step).distance - field(x, y - step).distance,
    ];
    return Math.atan2(dy, dx);
  };
  const { tiles, nearest } = tileCentroids(width, height, size, direction, random);
  const looks = tiles.map((tile) => ({
    color: stone(field(tile.x, tile.y), tile, height, random),
    turn: tile.angle + 0.14 * (random() - 0.5),
    half: size * (0.42 + 0.05 * random()),
    tilt: [0.25 * (random() - 0.5), 0.25 * (random() - 0.5)] as const,
  }));
  return draw(width, height, 3, (x, y) => {
    const mortar = scale([0.34, 0.31, 0.27], 0.75 + 0.5 * fractal(x / 3, y / 3, 3));
    const index = nearest[Math.floor(y) * width + Math.floor(x)]!;
    const { x: cx, y: cy } = tiles[index]!;
    const { color, turn, half, tilt } = looks[index]!;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const across = ((x - cx) * cos + (y - cy) * sin) / half;
    const along = ((y - cy) * cos - (x - cx) * sin) / half;
    const chipped = 0.12 * (fractal(x / 5, y / 5, 2) - 0.5);
    const edge = Math.max(Math.abs(across), Math.abs(along)) + chipped;
    // A chamfer at the upper left is lit, the one at the lower right is in shadow.
    const bevel = edge > 0.8
      ? 0.16 *
        -Math.sign(
          Math.abs(across) > Math.abs(along)
            ? (x - cx) * cos * across < 0 ? 1 : across * cos
            : along * cos,
        )
      : 0;
    const light = 1 + bevel + tilt[0] * across + tilt[1] * along +
      0.14 * (fractal(x / 4, y / 4, 3) - 0.5);
    return mix(scale(color, light), mortar, (edge - 0.97) * 6);
  });
}

/** What is at a point: the part of the picture, and how far its nearest outline is, in heights. */
interface Place {
  part: "water" | "body" | "belly" | "fin" | "eye" | "pupil" | "gill" | "weed" | "border";
  distance: number;
  u: number;
  v: number;
}

/** The picture as signed distances; of several shapes the uppermost one counts. */
function shape(left: number, top: number, aspect: number): Place {
  const border = Math.min(left, top, aspect - left, 1 - top);
  // The fish fills the breadth of the picture, whatever its height.
  const [u, v] = [0.625 + (left - aspect / 2) * 1.25 / aspect, 0.5 + (top - 0.5) * 1.25 / aspect];
  if (border < 0.075) return { part: "border", distance: border, u, v };
  const [x, y] = turned(u - 0.6, v - 0.5, -0.16);
  const eye = Math.hypot(x + 0.27, y + 0.035);
  if (eye < 0.045) return { part: eye < 0.02 ? "pupil" : "eye", distance: eye, u, v };
  // The body is what two circles have in common.
  const body = Math.max(Math.hypot(x, y - 0.24), Math.hypot(x, y + 0.24)) - 0.46;
  const gill = Math.abs(Math.hypot(x + 0.36, y) - 0.2);
  if (body < 0) {
    if (gill < 0.014 && Math.abs(y) < 0.13) return { part: "gill", distance: body, u, v };
    return { part: y > 0.055 ? "belly" : "body", distance: body, u, v };
  }
  const tail = x > 0.3 && x < 0.56 && Math.abs(y) < 0.03 + 0.85 * (x - 0.33) &&
    Math.abs(y) > 0.55 * (x - 0.46);
  const upper = y < 0 && Math.abs(x + 0.02 - 0.25 * (y + 0.2)) < 0.16 + 0.55 * (y + 0.2) &&
    y > -0.34;
  const lower = y > 0 && Math.abs(x - 0.03) < 0.07 && y < 0.31;
  if (tail || upper || lower) return { part: "fin", distance: body, u, v };
  const sway = 0.03 * Math.sin(v * 14);
  for (const [foot, head] of [[0.2, 0.62], [0.28, 0.74], [1.02, 0.56], [1.1, 0.7]] as const) {
    const off = Math.abs(u - foot - sway * (1 - v) * 3);
    if (v > head && off < 0.02 + 0.012 * Math.sin(v * 60 + foot * 9)) {
      return { part: "weed", distance: body, u, v };
    }
  }
  return { part: "water", distance: body, u, v };
}

function turned(x: number, y: number, angle: number): [number, number] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos * x - sin * y, sin * x + cos * y];
}

/** The color of a tessera. */
function stone(
  { part, distance, u, v }: Place,
  { x, y }: Tile,
  height: number,
  random: () => number,
): Color {
  const shade = 0.78 + 0.4 * random();
  const row = Math.floor(Math.abs(distance) * height / 12);
  switch (part) {
    case "border":
      return scale(
        row % 3 === 1 ? [0.7, 0.24, 0.16] : row % 3 === 2 ? [0.9, 0.84, 0.7] : [0.16, 0.16, 0.2],
        shade,
      );
    case "eye":
      return scale([0.96, 0.9, 0.72], shade);
    case "pupil":
      return [0.08, 0.08, 0.1];
    case "gill":
      return scale([0.36, 0.12, 0.1], shade);
    case "belly":
      return scale(mix([0.98, 0.88, 0.62], [0.96, 0.7, 0.36], random()), shade);
    case "body": {
      if (row === 0) return scale([0.3, 0.12, 0.1], shade);
      const band = Math.sin(u * 42 + v * 8) + 0.6 * (random() - 0.5);
      return scale(
        band > 0.3 ? [0.8, 0.26, 0.12] : mix([0.95, 0.56, 0.16], [0.9, 0.7, 0.3], random()),
        shade,
      );
    }
    case "fin":
      return scale(mix([0.72, 0.2, 0.14], [0.92, 0.5, 0.2], random()), shade);
    case "weed":
      return scale(mix([0.2, 0.38, 0.16], [0.5, 0.6, 0.24], random()), shade);
    case "water": {
      if (row === 0) return scale([0.92, 0.94, 0.86], shade);
      const wave = fractal(x / 70, y / 40, 3) + 0.35 * (random() - 0.5);
      const deep: Color = mix([0.1, 0.34, 0.5], [0.05, 0.22, 0.4], v);
      return scale(wave > 0.52 ? mix([0.36, 0.66, 0.66], [0.2, 0.52, 0.6], random()) : deep, shade);
    }
  }
}

import { randomNumbers } from "./noise.ts";
import type { Color } from "./picture.ts";
import { blurRaster, colorAt, flat, type Raster } from "./raster.ts";

/** How a picture is painted. */
export interface PaintingOptions {
  /** Radii of the brushes in pixels, from the broadest to the finest. */
  brushes: readonly number[];
  /** Direction of strokes at a point, in radians. */
  direction: (x: number, y: number) => number;
  /** What the canvas looks like where no paint is. */
  ground: Color;
  /** How far the paint may be from the picture before a stroke is made, 0..1. Default: 0.06. */
  tolerance?: number;
  /** Greatest and least length of a stroke, in radii of its brush. Default: 12 and 3. */
  length?: readonly [least: number, greatest: number];
  /** How much colors vary from stroke to stroke: brightness, and each channel. Default: 0.1, 0.05. */
  jitter?: readonly [brightness: number, channel: number];
  /** How strongly ridges of the paint are lit, Default: 1. */
  relief?: number;
  /** Default: 1. */
  seed?: number;
}

/** A curved stroke of one color. */
interface Stroke {
  points: { x: number; y: number; angle: number }[];
  color: Color;
}

/**
 * Paints a picture by strokes of a brush, in layers from coarse to fine: a layer repaints what the
 * layers before it are too far from. Paint has a height, and is lit from the upper left.
 *
 * @see Hertzmann: Painterly Rendering with Curved Brush Strokes of Multiple Sizes, SIGGRAPH 1998
 * @see Hertzmann: Fast Paint Texture, NPAR 2002
 */
export function paint(picture: Raster, options: PaintingOptions): Raster {
  const { width, height } = picture;
  const random = randomNumbers(options.seed ?? 1);
  const canvas = new Canvas(width, height, options.ground);
  for (const radius of options.brushes) {
    const reference = blurRaster(picture, 0.6 * radius);
    const strokes = planLayer(reference, canvas, radius, options, random);
    for (const stroke of strokes) canvas.paint(stroke, radius, random);
  }
  return canvas.lit(options.relief ?? 1);
}

/** The strokes of a layer, in random order. */
function planLayer(
  reference: Raster,
  canvas: Canvas,
  radius: number,
  options: PaintingOptions,
  random: () => number,
): Stroke[] {
  const { width, height } = reference;
  const { tolerance = 0.06, jitter: [brightness, channel] = [0.1, 0.05] } = options;
  const step = Math.max(1, Math.round(radius));
  const strokes: Stroke[] = [];
  for (let top = 0; top < height; top += step) {
    for (let left = 0; left < width; left += step) {
      let [worst, sum, count] = [-1, 0, 0];
      let start = { x: left, y: top };
      for (let y = top; y < Math.min(height, top + step); y++) {
        for (let x = left; x < Math.min(width, left + step); x++) {
          const difference = distance(colorAt(reference, x, y), colorAt(canvas.colors, x, y));
          sum += difference;
          count++;
          if (difference + 0.02 * random() > worst) [worst, start] = [difference, { x, y }];
        }
      }
      if (sum / count < tolerance) continue;
      const light = 1 + brightness * (2 * random() - 1);
      const own = colorAt(reference, start.x, start.y);
      const color = own.map((value) => value * light + channel * (2 * random() - 1));
      const points = follow(reference, canvas, own, start, radius, options, random);
      strokes.push({ points, color: color as unknown as Color });
    }
  }
  return shuffle(strokes, random);
}

/** The course of a stroke: along the direction, until its color is no longer the right one. */
function follow(
  reference: Raster,
  canvas: Canvas,
  color: Color,
  start: { x: number; y: number },
  radius: number,
  { direction, length: [least, greatest] = [3, 12] }: PaintingOptions,
  random: () => number,
): Stroke["points"] {
  let { x, y } = start;
  let angle = direction(x, y) + (random() < 0.5 ? Math.PI : 0);
  const points = [{ x, y, angle }];
  const [shortest, longest] = [least * radius, greatest * radius * (0.6 + 0.4 * random())];
  for (let gone = 0; gone < longest; gone++) {
    const wanted = colorAt(reference, x, y);
    const isWorse = distance(wanted, colorAt(canvas.colors, x, y)) < distance(wanted, color);
    if (gone > shortest && isWorse) break;
    const turn = direction(x, y);
    // A direction has no sign: the nearer of both is followed, not all at once.
    const change = Math.atan2(Math.sin(2 * (turn - angle)), Math.cos(2 * (turn - angle))) / 2;
    angle += 0.5 * change;
    x += Math.cos(angle);
    y += Math.sin(angle);
    points.push({ x, y, angle });
  }
  return points;
}

function distance(a: Color, b: Color): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function shuffle<T>(items: T[], random: () => number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}

/** Colors and the height of the paint. */
class Canvas {
  readonly colors: Raster;
  readonly #heights: Float32Array;
  /** Of the stroke that is laid, at each pixel: how far off its course, across it and along it. */
  readonly #off: Float32Array;
  readonly #across: Float32Array;
  readonly #along: Float32Array;

  constructor(private readonly width: number, private readonly height: number, ground: Color) {
    this.colors = flat(width, height, ground);
    this.#heights = new Float32Array(width * height);
    this.#off = new Float32Array(width * height).fill(Infinity);
    this.#across = new Float32Array(width * height);
    this.#along = new Float32Array(width * height);
  }

  /** Lays a stroke; its bristles leave ridges and streaks of lighter and darker paint. */
  paint({ points, color }: Stroke, radius: number, random: () => number): void {
    const { width, height, colors: { data } } = this;
    const bristles = Array.from({ length: Math.max(5, Math.round(4 * radius)) }, random);
    const last = points.length - 1;
    // Each pixel is painted once a stroke, where its nearest point of the course is.
    const touched: number[] = [];
    points.forEach(({ x, y, angle }, along) => {
      const taper = Math.min(
        1,
        0.55 + along / (2 * radius),
        0.35 + (last - along) / (1.6 * radius),
      );
      const reach = radius * taper;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let row = Math.ceil(y - reach); row <= y + reach; row++) {
        if (row < 0 || row >= height) continue;
        for (let column = Math.ceil(x - reach); column <= x + reach; column++) {
          if (column < 0 || column >= width) continue;
          const [dx, dy] = [column - x, row - y];
          const off = Math.hypot(dx, dy) / reach;
          if (off > 1) continue;
          const pixel = row * width + column;
          if (this.#off[pixel]! <= off) continue;
          if (this.#off[pixel] === Infinity) touched.push(pixel);
          this.#off[pixel] = off;
          this.#across[pixel] = (-sin * dx + cos * dy) / radius;
          this.#along[pixel] = along / Math.max(1, last);
        }
      }
    });
    for (const pixel of touched) {
      const off = this.#off[pixel]!;
      this.#off[pixel] = Infinity;
      const place = (Math.min(1, Math.max(-1, this.#across[pixel]!)) + 1) / 2 *
        (bristles.length - 1);
      const [below, share] = [Math.floor(place), place % 1];
      const bristle = bristles[below]! * (1 - share) + (bristles[below + 1] ?? 0.5) * share;
      const dryness = this.#along[pixel]!;
      // Where the brush runs dry, only its bristles leave paint.
      const cover = Math.min(1, 2.2 * (1 - off)) *
        (bristle + 0.9 - 0.75 * dryness ** 3 > 0.62 ? 1 : 0.25);
      const light = 1 + 0.16 * (bristle - 0.5);
      for (let channel = 0; channel < 3; channel++) {
        const at = 3 * pixel + channel;
        data[at] = data[at]! * (1 - cover) + color[channel]! * light * cover;
      }
      const edge = Math.min(1, 2.5 * (1 - off));
      const ridge = radius ** 0.5 * (0.35 + 0.65 * bristle) * edge;
      this.#heights[pixel] = this.#heights[pixel]! * (1 - cover) + cover * ridge;
    }
  }

  /** The painting, with its ridges in the light. */
  lit(relief: number): Raster {
    const { width, height, colors } = this;
    const data = new Float32Array(colors.data.length);
    const at = (x: number, y: number) =>
      this
        .#heights[
          Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))
        ]!;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const slope = at(x + 1, y) - at(x - 1, y) + at(x, y + 1) - at(x, y - 1);
        const light = 1 + relief * Math.min(0.35, Math.max(-0.3, 0.12 * slope));
        const gleam = relief * 0.06 * Math.max(0, slope - 1.2);
        for (let channel = 0; channel < 3; channel++) {
          const index = 3 * (y * width + x) + channel;
          data[index] = Math.min(1, Math.max(0, colors.data[index]! * light + gleam));
        }
      }
    }
    return { width, height, data };
  }
}

import type { Plane } from "./raster.ts";

/** A point of a line. */
export interface Point {
  x: number;
  y: number;
}

/** A line, and how broad it is at each of its points, in pixels. */
export interface Line {
  points: Point[];
  breadths: number[];
}

/** How lines are laid. */
export interface StreamlineOptions {
  /** Direction at a point, in radians; its sign does not matter. */
  direction: (x: number, y: number) => number;
  /** How far lines are apart, in pixels. */
  separation: number;
  /** Where lines go on. Default: everywhere. */
  isWanted?: (x: number, y: number) => boolean;
  /** Least length of a line, in pixels. Default: two separations. */
  shortest?: number;
  /** Greatest length of a line, in pixels. Default: none. */
  longest?: number;
}

/**
 * Lines that follow a direction, at even distances.
 *
 * @see Jobard, Lefer: Creating Evenly-Spaced Streamlines of Arbitrary Density, 1997
 */
export function streamlines(
  width: number,
  height: number,
  options: StreamlineOptions,
  random: () => number,
): Point[][] {
  const { separation } = options;
  const laid = new Neighborhood(width, height, separation);
  const lines: Point[][] = [];
  const queue: Point[][] = [];
  const lay = (x: number, y: number) => {
    if (laid.hasWithin(x, y, separation)) return;
    const line = trace(x, y, width, height, options, laid);
    if (line.length < (options.shortest ?? 2 * separation)) return;
    line.forEach((point) => laid.add(point));
    lines.push(line);
    queue.push(line);
  };
  const seeds = Array.from({ length: Math.ceil(4 * width * height / separation ** 2) }, () =>
    [
      random() * width,
      random() * height,
    ] as const);
  for (const [x, y] of seeds) {
    lay(x, y);
    // Beside a line there is room for another: neighbors first, so that lines run in parallel.
    for (let line = queue.shift(); line; line = queue.shift()) {
      for (let at = 0; at < line.length; at += Math.ceil(separation)) {
        const { x, y } = line[at]!;
        const angle = options.direction(x, y) + Math.PI / 2;
        for (const side of [1.02, -1.02]) {
          lay(x + side * separation * Math.cos(angle), y + side * separation * Math.sin(angle));
        }
      }
    }
  }
  return lines;
}

function trace(
  x: number,
  y: number,
  width: number,
  height: number,
  { direction, separation, isWanted = () => true, longest = Infinity }: StreamlineOptions,
  laid: Neighborhood,
): Point[] {
  if (!isWanted(x, y)) return [];
  const half = (sense: number) => {
    const points: Point[] = [];
    let at = { x, y };
    let angle = direction(x, y) + (sense < 0 ? Math.PI : 0);
    let turned = 0;
    while (points.length < longest / 2) {
      const turn = direction(at.x, at.y) - angle;
      const change = Math.atan2(Math.sin(2 * turn), Math.cos(2 * turn)) / 2;
      turned += Math.abs(change);
      // At a corner, and around a whirl, a line ends.
      if (Math.abs(change) > 0.7 || turned > 2.2 * Math.PI) break;
      angle += change;
      at = { x: at.x + Math.cos(angle), y: at.y + Math.sin(angle) };
      if (at.x < 0 || at.y < 0 || at.x >= width || at.y >= height) break;
      if (!isWanted(at.x, at.y) || laid.hasWithin(at.x, at.y, 0.62 * separation)) break;
      points.push(at);
    }
    return points;
  };
  return [...half(-1).reverse(), { x, y }, ...half(1)];
}

/** Points, to be found by where they are. */
class Neighborhood {
  readonly #columns: number;
  readonly #rows: number;
  readonly #cells: Point[][];

  constructor(width: number, height: number, private readonly size: number) {
    this.#columns = Math.ceil(width / size);
    this.#rows = Math.ceil(height / size);
    this.#cells = Array.from({ length: this.#columns * this.#rows }, () => []);
  }

  add(point: Point): void {
    const [column, row] = [Math.floor(point.x / this.size), Math.floor(point.y / this.size)];
    this.#cells[row * this.#columns + column]?.push(point);
  }

  /** Whether there is a point within a distance of at most the size of a cell. */
  hasWithin(x: number, y: number, distance: number): boolean {
    const [column, row] = [Math.floor(x / this.size), Math.floor(y / this.size)];
    for (let i = Math.max(0, row - 1); i <= Math.min(this.#rows - 1, row + 1); i++) {
      for (let j = Math.max(0, column - 1); j <= Math.min(this.#columns - 1, column + 1); j++) {
        for (const point of this.#cells[i * this.#columns + j]!) {
          if ((point.x - x) ** 2 + (point.y - y) ** 2 < distance * distance) return true;
        }
      }
    }
    return false;
  }
}

/** How much of each pixel lines cover, 0..1. */
export function drawLines(lines: readonly Line[], width: number, height: number): Plane {
  const data = new Float32Array(width * height);
  for (const { points, breadths } of lines) {
    points.forEach(({ x, y }, index) => {
      const half = breadths[index]! / 2;
      if (half <= 0.05) return;
      for (let row = Math.floor(y - half - 1); row <= y + half + 1; row++) {
        if (row < 0 || row >= height) continue;
        for (let column = Math.floor(x - half - 1); column <= x + half + 1; column++) {
          if (column < 0 || column >= width) continue;
          const off = Math.hypot(column + 0.5 - x, row + 0.5 - y);
          const cover = Math.min(1, Math.max(0, half + 0.5 - off)) * Math.min(1, 2 * half);
          const at = row * width + column;
          if (cover > data[at]!) data[at] = cover;
        }
      }
    });
  }
  return { data, width, height };
}

/** Breadths along a line that begins and ends in a point. */
export function tapered(
  points: readonly Point[],
  reach: number,
  breadth: (point: Point) => number,
): Line {
  const breadths = points.map((point, index) => {
    const toEnd = Math.min(index, points.length - 1 - index);
    return breadth(point) * Math.min(1, 0.25 + 0.75 * toEnd / reach);
  });
  return { points: [...points], breadths };
}

/** A cell of a tessellation: its center and the direction in which it is set, in radians. */
export interface Tile {
  x: number;
  y: number;
  angle: number;
}

/** How far a point is from a tile; of two tiles, a point belongs to the nearer one. */
type Metric = (dx: number, dy: number, tile: Tile) => number;

/** Square cells: the greater of the distances along both sides of the tile. */
const square: Metric = (dx, dy, { angle }) => {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return Math.max(Math.abs(dx * cos + dy * sin), Math.abs(dy * cos - dx * sin));
};

/**
 * Square tiles that fill a plane, set along a direction: a centroidal Voronoi tessellation by the
 * greater of the distances along both sides.
 *
 * @param size side of a tile, in pixels
 * @returns the tiles, and for each pixel the index of the tile that it belongs to
 * @see Hausner: Simulating Decorative Mosaics, SIGGRAPH 2001
 */
export function tileCentroids(
  width: number,
  height: number,
  size: number,
  direction: (x: number, y: number) => number,
  random: () => number,
): { tiles: Tile[]; nearest: Int32Array } {
  const tiles = scatter(width, height, size, random);
  const aim = (tile: Tile) => tile.angle = direction(tile.x, tile.y);
  tiles.forEach(aim);
  let nearest = assign(width, height, size, tiles, square);
  for (let round = 0; round < 24; round++) {
    moveToCentroids(tiles, nearest, width);
    tiles.forEach(aim);
    nearest = assign(width, height, size, tiles, square);
  }
  return { tiles, nearest };
}

/** One tile in each cell of a grid, somewhere in it. */
export function scatter(width: number, height: number, size: number, random: () => number): Tile[] {
  const tiles: Tile[] = [];
  for (let top = 0; top < height; top += size) {
    for (let left = 0; left < width; left += size) {
      tiles.push({ x: left + size * random(), y: top + size * random(), angle: 0 });
    }
  }
  return tiles;
}

/** Moves each tile to the middle of the pixels that belong to it; by weights, if there are any. */
export function moveToCentroids(
  tiles: Tile[],
  nearest: Int32Array,
  width: number,
  weight: (pixel: number) => number = () => 1,
): void {
  const sums = new Float64Array(3 * tiles.length);
  nearest.forEach((tile, pixel) => {
    const share = weight(pixel);
    sums[3 * tile]! += share * (pixel % width + 0.5);
    sums[3 * tile + 1]! += share * (Math.floor(pixel / width) + 0.5);
    sums[3 * tile + 2]! += share;
  });
  tiles.forEach((tile, index) => {
    const total = sums[3 * index + 2]!;
    if (total === 0) return;
    tile.x = sums[3 * index]! / total;
    tile.y = sums[3 * index + 1]! / total;
  });
}

/** For each pixel the index of the nearest tile, looked for in a grid of buckets. */
export function assign(
  width: number,
  height: number,
  size: number,
  tiles: readonly Tile[],
  metric: Metric = (dx, dy) => dx * dx + dy * dy,
): Int32Array {
  const [columns, rows] = [Math.ceil(width / size), Math.ceil(height / size)];
  const buckets: number[][] = Array.from({ length: columns * rows }, () => []);
  const clamp = (value: number, count: number) =>
    Math.min(count - 1, Math.max(0, Math.floor(value / size)));
  tiles.forEach(({ x, y }, index) =>
    buckets[clamp(y, rows) * columns + clamp(x, columns)]!.push(index)
  );
  const nearest = new Int32Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y] = [column + 0.5, row + 0.5];
      let [best, index] = [Infinity, -1];
      // Wider and wider around the pixel, until one is found and a ring more is looked through.
      for (let ring = 2; index < 0 || ring === 2; ring += 2) {
        const [left, right] = [clamp(x - ring * size, columns), clamp(x + ring * size, columns)];
        const [top, bottom] = [clamp(y - ring * size, rows), clamp(y + ring * size, rows)];
        for (let bucket = top; bucket <= bottom; bucket++) {
          for (let at = left; at <= right; at++) {
            for (const tile of buckets[bucket * columns + at]!) {
              const off = metric(x - tiles[tile]!.x, y - tiles[tile]!.y, tiles[tile]!);
              if (off < best) [best, index] = [off, tile];
            }
          }
        }
      }
      nearest[row * width + column] = index;
    }
  }
  return nearest;
}

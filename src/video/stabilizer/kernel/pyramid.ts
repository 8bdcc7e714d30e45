import { Plane, sumOfLanes } from "./plane.ts";
import { loadPixel } from "./pixels.ts";

/** Short side, in pixels, from which on a level is halved again. */
const SMALLEST = 16;

/** Image pyramid of luminance, 0..255: at half the size of a frame, a quarter, and so on. */
export class Pyramid {
  readonly levels: Plane[] = [];

  constructor(private readonly width: i32, private readonly height: i32) {
    do {
      width = (width + 1) >> 1;
      height = (height + 1) >> 1;
      this.levels.push(new Plane(width, height));
    } while (min(width, height) >= SMALLEST);
  }

  /** Copies another pyramid of the same size. */
  copy(other: Pyramid): void {
    for (let level = 0; level < this.levels.length; level++) {
      this.levels[level].copy(other.levels[level]);
    }
  }

  /** Computes the levels of a frame, RGBA of 8 bits a channel. */
  fill(pixels: usize): void {
    halveToLuminance(pixels, this.width, this.height, this.levels[0]);
    for (let level = 1; level < this.levels.length; level++) {
      halve(this.levels[level - 1], this.levels[level]);
    }
  }
}

function halveToLuminance(pixels: usize, width: i32, height: i32, plane: Plane): void {
  // Luminance weights (BT.601), for the mean of four pixels.
  const weights = f32x4(0.299 / 4, 0.587 / 4, 0.114 / 4, 0);
  for (let y = 0; y < plane.height; y++) {
    const upper = pixels + ((2 * y * width) << 2);
    const lower = pixels + ((min(2 * y + 1, height - 1) * width) << 2);
    for (let x = 0; x < plane.width; x++) {
      const left = (2 * x) << 2;
      const right = min(2 * x + 1, width - 1) << 2;
      const sum = f32x4.add(
        f32x4.add(loadPixel(upper + left), loadPixel(upper + right)),
        f32x4.add(loadPixel(lower + left), loadPixel(lower + right)),
      );
      store<f32>(plane.at(x, y), sumOfLanes(f32x4.mul(sum, weights)));
    }
  }
  plane.pad();
}

/** Means of four pixels. The padding stands in beyond a border of odd length. */
function halve(plane: Plane, smaller: Plane): void {
  const quarter = f32x4.splat(0.25);
  for (let y = 0; y < smaller.height; y++) {
    for (let x = 0; x < smaller.width; x += 4) {
      const upper = plane.at(2 * x, 2 * y);
      const lower = upper + plane.pitch;
      const left = f32x4.add(v128.load(upper), v128.load(lower));
      const right = f32x4.add(v128.load(upper, 16), v128.load(lower, 16));
      const even = v128.shuffle<f32>(left, right, 0, 2, 4, 6);
      const odd = v128.shuffle<f32>(left, right, 1, 3, 5, 7);
      v128.store(smaller.at(x, y), f32x4.mul(f32x4.add(even, odd), quarter));
    }
  }
  smaller.pad();
}

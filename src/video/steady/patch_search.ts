import { PAD, type Plane } from "./pyramid.ts";

/** Side of a patch, in pixels. It may lie outside as a whole, and is interpolated to a pixel more. */
export const PATCH = PAD - 1;

const AREA = PATCH * PATCH;

/** Searches end after so many steps, or with one of so few pixels. */
const STEPS = 8;
const SHORTEST = 0.03;

/** Holds patches without structure where they are: a level of noise, squared, for each pixel. */
const DAMPING = AREA;

/** A place that fits so much better than another may still be an effect of noise. */
const BETTER = 1.2;

/** Places so near to each other, in pixels, lead to the same one. */
const SAME_PLACE = 0.25;

/** Motion that may be an effect of noise, in pixels. */
const SLIGHT = 0.5;

/** Looks for patches of a picture in the one before it, one after another. */
export class PatchSearch {
  /** Where the patch was, as far as found. */
  across = 0;
  down = 0;
  /** Squares of what is different there but for brightness, and where nothing moves. */
  #error = 0;
  #still = 0;
  /** How the error changes there along the gradients. */
  #slopeX = 0;
  #slopeY = 0;

  #patch = new Float32Array(AREA);
  #gradientX = new Float32Array(AREA);
  #gradientY = new Float32Array(AREA);
  #left = 0;
  #top = 0;
  /** Sums over the patch: of its gradients, and of their products as they differ from their mean. */
  #sumX = 0;
  #sumY = 0;
  #xx = 0;
  #xy = 0;
  #yy = 0;
  /** Sums of the last comparison: error, and how that changes along the gradients. */
  #compared = 0;
  #alongX = 0;
  #alongY = 0;

  constructor(private readonly current: Plane, private readonly before: Plane) {}

  /** Begins with a patch, where it stands. */
  begin(left: number, top: number): void {
    const { values, pitch } = this.current;
    const patch = this.#patch;
    const [gx, gy] = [this.#gradientX, this.#gradientY];
    let [sumX, sumY, xx, xy, yy] = [0, 0, 0, 0, 0];
    for (let y = 0, at = 0; y < PATCH; y++) {
      let from = (top + y + PAD) * pitch + left + PAD;
      for (let x = 0; x < PATCH; x++, at++, from++) {
        const dx = (values[from + 1]! - values[from - 1]!) / 2;
        const dy = (values[from + pitch]! - values[from - pitch]!) / 2;
        patch[at] = values[from]!;
        gx[at] = dx;
        gy[at] = dy;
        sumX += dx;
        sumY += dy;
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
      }
    }
    this.#left = left;
    this.#top = top;
    this.#sumX = sumX;
    this.#sumY = sumY;
    this.#xx = xx - sumX * sumX / AREA + DAMPING;
    this.#xy = xy - sumX * sumY / AREA;
    this.#yy = yy - sumY * sumY / AREA + DAMPING;
    this.#compare(0, 0);
    this.#take(0, 0);
    this.#still = this.#compared;
  }

  /** Begins at a place, which a patch without structure keeps. */
  startFrom(across: number, down: number): void {
    if (across === 0 && down === 0) return;
    this.#compare(across, down);
    this.#take(across, down);
  }

  /** Begins somewhere else, if that is clearly a better place. */
  tryFrom(across: number, down: number): void {
    if (Math.abs(across - this.across) + Math.abs(down - this.down) < SAME_PLACE) return;
    // How well standing still fits is known, and most places ask to try it.
    if (across === 0 && down === 0 && BETTER * this.#still + AREA >= this.#error) return;
    this.#compare(across, down);
    if (BETTER * this.#compared + AREA < this.#error) this.#take(across, down);
  }

  /** Goes on to a better place, by the method of Gauss and Newton. */
  descend(): void {
    const determinant = this.#xx * this.#yy - this.#xy * this.#xy;
    for (let step = 0; step < STEPS; step++) {
      const x = (this.#yy * this.#slopeX - this.#xy * this.#slopeY) / determinant;
      const y = (this.#xx * this.#slopeY - this.#xy * this.#slopeX) / determinant;
      const [across, down] = [this.across - x, this.down - y];
      this.#compare(across, down);
      if (this.#compared >= this.#error) break;
      this.#take(across, down);
      if (x * x + y * y < SHORTEST * SHORTEST) break;
    }
    const slight = this.across ** 2 + this.down ** 2 < SLIGHT ** 2;
    if (slight && this.#still <= BETTER * this.#error) this.across = this.down = 0;
  }

  #take(across: number, down: number): void {
    this.across = across;
    this.down = down;
    this.#error = this.#compared;
    this.#slopeX = this.#alongX;
    this.#slopeY = this.#alongY;
  }

  #compare(across: number, down: number): void {
    const { values, pitch } = this.before;
    const { first, a, b, c, d } = place(this.before, this.#left + across, this.#top + down);
    const patch = this.#patch;
    const [gx, gy] = [this.#gradientX, this.#gradientY];
    let [sum, squares, alongX, alongY] = [0, 0, 0, 0];
    for (let line = 0, at = 0; line < PATCH; line++) {
      let from = first + line * pitch;
      for (const end = at + PATCH; at < end; at++, from++) {
        const there = a * values[from]! + b * values[from + 1]! +
          c * values[from + pitch]! + d * values[from + pitch + 1]!;
        const difference = there - patch[at]!;
        sum += difference;
        squares += difference * difference;
        alongX += gx[at]! * difference;
        alongY += gy[at]! * difference;
      }
    }
    // Without the mean, so that light which changes is no motion.
    const mean = sum / AREA;
    this.#compared = squares - sum * mean;
    this.#alongX = alongX - this.#sumX * mean;
    this.#alongY = alongY - this.#sumY * mean;
  }
}

/**
 * Where a patch begins that may stand between pixels: the first of the four that its first value is
 * from, and the weights of these, in the order of rows.
 */
export function place({ width, height, pitch }: Plane, left: number, top: number) {
  const x = Math.min(Math.max(left, -PATCH), width);
  const y = Math.min(Math.max(top, -PATCH), height);
  const column = Math.floor(x);
  const row = Math.floor(y);
  const right = x - column;
  const below = y - row;
  return {
    first: (row + PAD) * pitch + column + PAD,
    a: (1 - right) * (1 - below),
    b: right * (1 - below),
    c: (1 - right) * below,
    d: right * below,
  };
}

import { Place } from "./bilinear.ts";
import { PAD, Plane, sumOfLanes } from "./plane.ts";

/** Side of a patch, in pixels. It may lie outside as a whole, and is interpolated to a pixel more. */
export const PATCH: i32 = PAD - 1;

const AREA: f32 = <f32> (PATCH * PATCH);

/** Searches end after so many steps, or with one of so few pixels. */
const STEPS = 8;
const SHORTEST: f32 = 0.03;

/** Holds patches without structure where they are: a level of noise, squared, for each pixel. */
const DAMPING: f32 = AREA;

/** A place that fits so much better than another may still be an effect of noise. */
const BETTER: f32 = 1.2;

/** Places so near to each other, in pixels, lead to the same one. */
const SAME_PLACE: f32 = 0.25;

/** Motion that may be an effect of noise, in pixels. */
const SLIGHT: f32 = 0.5;

/** The patch, and its gradients to the right and down: two rows of four values a line. */
const patch = memory.data(PATCH * PATCH * 4, 16);
const gradientX = memory.data(PATCH * PATCH * 4, 16);
const gradientY = memory.data(PATCH * PATCH * 4, 16);

/** Looks for patches of a picture in the one before it, one after another. */
export class PatchSearch {
  /** Where the patch was, as far as found. */
  across: f32 = 0;
  down: f32 = 0;
  /** Squares of what is different there but for brightness, and where nothing moves. */
  private error: f32 = 0;
  private still: f32 = 0;
  /** How the error changes there along the gradients. */
  private slopeX: f32 = 0;
  private slopeY: f32 = 0;

  private readonly place: Place = new Place();
  private left: i32 = 0;
  private top: i32 = 0;
  /** Sums over the patch: of its gradients, and of their products as they differ from their mean. */
  private sumX: f32 = 0;
  private sumY: f32 = 0;
  private xx: f32 = 0;
  private xy: f32 = 0;
  private yy: f32 = 0;
  /** Sums of the last comparison: error, and how that changes along the gradients. */
  private compared: f32 = 0;
  private alongX: f32 = 0;
  private alongY: f32 = 0;

  constructor(private readonly current: Plane, private readonly before: Plane) {}

  /** Begins with a patch, where it stands. */
  begin(left: i32, top: i32): void {
    const pitch = this.current.pitch;
    const half = f32x4.splat(0.5);
    let sumX = f32x4.splat(0), sumY = sumX, xx = sumX, xy = sumX, yy = sumX;
    for (let part = 0; part < 2; part++) {
      let from = this.current.at(left + 4 * part, top);
      for (let line = 0; line < PATCH; line++, from += pitch) {
        const dx = f32x4.mul(f32x4.sub(v128.load(from + 4), v128.load(from - 4)), half);
        const dy = f32x4.mul(f32x4.sub(v128.load(from + pitch), v128.load(from - pitch)), half);
        const to = (2 * line + part) << 4;
        v128.store(patch + to, v128.load(from));
        v128.store(gradientX + to, dx);
        v128.store(gradientY + to, dy);
        sumX = f32x4.add(sumX, dx);
        sumY = f32x4.add(sumY, dy);
        xx = f32x4.add(xx, f32x4.mul(dx, dx));
        xy = f32x4.add(xy, f32x4.mul(dx, dy));
        yy = f32x4.add(yy, f32x4.mul(dy, dy));
      }
    }
    this.left = left;
    this.top = top;
    this.sumX = sumOfLanes(sumX);
    this.sumY = sumOfLanes(sumY);
    this.xx = sumOfLanes(xx) - this.sumX * this.sumX / AREA + DAMPING;
    this.xy = sumOfLanes(xy) - this.sumX * this.sumY / AREA;
    this.yy = sumOfLanes(yy) - this.sumY * this.sumY / AREA + DAMPING;
    this.compare(0, 0);
    this.take(0, 0);
    this.still = this.compared;
  }

  /** Begins at a place, which a patch without structure keeps. */
  startFrom(across: f32, down: f32): void {
    if (across === 0 && down === 0) return;
    this.compare(across, down);
    this.take(across, down);
  }

  /** Begins somewhere else, if that is clearly a better place. */
  tryFrom(across: f32, down: f32): void {
    if (abs(across - this.across) + abs(down - this.down) < SAME_PLACE) return;
    // How well standing still fits is known, and most places ask to try it.
    if (across === 0 && down === 0 && BETTER * this.still + AREA >= this.error) return;
    this.compare(across, down);
    if (BETTER * this.compared + AREA < this.error) this.take(across, down);
  }

  /** Goes on to a better place, by the method of Gauss and Newton. */
  descend(): void {
    const determinant = this.xx * this.yy - this.xy * this.xy;
    for (let step = 0; step < STEPS; step++) {
      const x = (this.yy * this.slopeX - this.xy * this.slopeY) / determinant;
      const y = (this.xx * this.slopeY - this.xy * this.slopeX) / determinant;
      const across = this.across - x;
      const down = this.down - y;
      this.compare(across, down);
      if (this.compared >= this.error) break;
      this.take(across, down);
      if (x * x + y * y < SHORTEST * SHORTEST) break;
    }
    const slight = this.across * this.across + this.down * this.down < SLIGHT * SLIGHT;
    if (slight && this.still <= BETTER * this.error) this.across = this.down = 0;
  }

  private take(across: f32, down: f32): void {
    this.across = across;
    this.down = down;
    this.error = this.compared;
    this.slopeX = this.alongX;
    this.slopeY = this.alongY;
  }

  private compare(across: f32, down: f32): void {
    const place = this.place;
    place.set(this.before, <f32> this.left + across, <f32> this.top + down);
    let sums = f32x4.splat(0), squares = sums, alongX = sums, alongY = sums;
    for (let part = 0; part < 2; part++) {
      let from = place.first + (part << 4);
      let upper = place.between(from);
      for (let line = 0; line < PATCH; line++) {
        from += this.before.pitch;
        const lower = place.between(from);
        const there = place.among(upper, lower);
        const at = (2 * line + part) << 4;
        const difference = f32x4.sub(there, v128.load(patch + at));
        sums = f32x4.add(sums, difference);
        squares = f32x4.add(squares, f32x4.mul(difference, difference));
        alongX = f32x4.add(alongX, f32x4.mul(difference, v128.load(gradientX + at)));
        alongY = f32x4.add(alongY, f32x4.mul(difference, v128.load(gradientY + at)));
        upper = lower;
      }
    }
    // Without the mean, so that light which changes is no motion.
    const sum = sumOfLanes(sums);
    const mean = sum / AREA;
    this.compared = sumOfLanes(squares) - sum * mean;
    this.alongX = sumOfLanes(alongX) - this.sumX * mean;
    this.alongY = sumOfLanes(alongY) - this.sumY * mean;
  }
}

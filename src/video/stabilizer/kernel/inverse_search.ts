import { BilinearSampler } from "./bilinear_sampler.ts";
import { PAD, Plane, sumOfLanes } from "./plane.ts";

/** Side of a patch, in pixels: it may lie outside as a whole, and interpolation needs one more. */
export const PATCH: i32 = PAD - 1;

const AREA: f32 = <f32> (PATCH * PATCH);

/** A search ends after so many steps, or with a step of so few pixels. */
const STEPS = 8;
const SHORTEST_STEP: f32 = 0.03;

/** Keeps patches without structure in place: one level of noise, squared, for each pixel. */
const DAMPING: f32 = AREA;

/** Ratio of errors up to which the better one may be an effect of noise. */
const NOISE_RATIO: f32 = 1.2;

/** Starting points so close to each other, in pixels, lead to the same end. */
const SAME_START: f32 = 0.25;

/** Shorter flow may be an effect of noise, in pixels. */
const SHORTEST_FLOW: f32 = 0.5;

/** The patch, and its gradients to the right and down: eight values a line. */
const patch = memory.data(PATCH * PATCH * 4, 16);
const gradientX = memory.data(PATCH * PATCH * 4, 16);
const gradientY = memory.data(PATCH * PATCH * 4, 16);

/** Inverse search: finds patches of the current picture in the previous one, one at a time. */
export class InverseSearch {
  /** Flow of the patch, as far as found, in pixels. */
  u: f32 = 0;
  v: f32 = 0;
  /** Squared error there, less the mean difference; and the same without motion. */
  private error: f32 = 0;
  private still: f32 = 0;
  /** Derivatives of the error there, along the gradients. */
  private slopeX: f32 = 0;
  private slopeY: f32 = 0;

  private readonly sampler: BilinearSampler = new BilinearSampler();
  private left: i32 = 0;
  private top: i32 = 0;
  /** Sums over the patch: of its gradients, and of products of their deviations. */
  private sumX: f32 = 0;
  private sumY: f32 = 0;
  private xx: f32 = 0;
  private xy: f32 = 0;
  private yy: f32 = 0;
  /** The last comparison: error, and its derivatives along the gradients. */
  private compared: f32 = 0;
  private alongX: f32 = 0;
  private alongY: f32 = 0;

  constructor(private readonly current: Plane, private readonly before: Plane) {}

  /** Starts with a patch of the current picture, without motion. */
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

  /** Starts from a flow, which a patch without structure keeps. */
  startFrom(u: f32, v: f32): void {
    if (u === 0 && v === 0) return;
    this.compare(u, v);
    this.take(u, v);
  }

  /** Starts from another flow if that fits clearly better. */
  tryFrom(u: f32, v: f32): void {
    if (abs(u - this.u) + abs(v - this.v) < SAME_START) return;
    // The error without motion is known, and most patches are asked to try it.
    if (u === 0 && v === 0 && NOISE_RATIO * this.still + AREA >= this.error) return;
    this.compare(u, v);
    if (NOISE_RATIO * this.compared + AREA < this.error) this.take(u, v);
  }

  /** Minimizes the error by Gauss-Newton steps. */
  descend(): void {
    const determinant = this.xx * this.yy - this.xy * this.xy;
    for (let step = 0; step < STEPS; step++) {
      const x = (this.yy * this.slopeX - this.xy * this.slopeY) / determinant;
      const y = (this.xx * this.slopeY - this.xy * this.slopeX) / determinant;
      const u = this.u - x;
      const v = this.v - y;
      this.compare(u, v);
      if (this.compared >= this.error) break;
      this.take(u, v);
      if (x * x + y * y < SHORTEST_STEP * SHORTEST_STEP) break;
    }
    const slight = this.u * this.u + this.v * this.v < SHORTEST_FLOW * SHORTEST_FLOW;
    if (slight && this.still <= NOISE_RATIO * this.error) this.u = this.v = 0;
  }

  private take(u: f32, v: f32): void {
    this.u = u;
    this.v = v;
    this.error = this.compared;
    this.slopeX = this.alongX;
    this.slopeY = this.alongY;
  }

  private compare(u: f32, v: f32): void {
    const sampler = this.sampler;
    sampler.moveTo(this.before, <f32> this.left + u, <f32> this.top + v);
    let sums = f32x4.splat(0), squares = sums, alongX = sums, alongY = sums;
    for (let part = 0; part < 2; part++) {
      let from = sampler.first + (part << 4);
      let upper = sampler.acrossRow(from);
      for (let line = 0; line < PATCH; line++) {
        from += this.before.pitch;
        const lower = sampler.acrossRow(from);
        const sampled = sampler.betweenRows(upper, lower);
        const at = (2 * line + part) << 4;
        const difference = f32x4.sub(sampled, v128.load(patch + at));
        sums = f32x4.add(sums, difference);
        squares = f32x4.add(squares, f32x4.mul(difference, difference));
        alongX = f32x4.add(alongX, f32x4.mul(difference, v128.load(gradientX + at)));
        alongY = f32x4.add(alongY, f32x4.mul(difference, v128.load(gradientY + at)));
        upper = lower;
      }
    }
    // Less the mean, so that a change of light is no motion.
    const sum = sumOfLanes(sums);
    const mean = sum / AREA;
    this.compared = sumOfLanes(squares) - sum * mean;
    this.alongX = sumOfLanes(alongX) - this.sumX * mean;
    this.alongY = sumOfLanes(alongY) - this.sumY * mean;
  }
}

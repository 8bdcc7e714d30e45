/**
 * Variational refinement: flow that is smooth where the picture does not say otherwise. It minimizes
 *
 *     Σ ψ((I_t + I_x du + I_y dv)² / (I_x² + I_y² + ε²)) + α ψ(|∇u|² + |∇v|²)
 *
 * with ψ(s²) = √(s² + δ²), as linear equations with the weights that ψ has at the start (Brox et al.,
 * "High Accuracy Optical Flow Estimation Based on a Theory for Warping", ECCV 2004; the last step of
 * dense inverse search in Kroeger et al., ECCV 2016).
 *
 * @module
 */

import { Plane } from "./plane.ts";
import { warpPlane } from "./warp.ts";

/** Weight of smoothness, α. */
const ALPHA: f32 = 3;

/** Gradient that noise makes, ε, in levels of luminance a pixel. */
const GRADIENT_NOISE: f32 = 2;

/** δ of the data term, and of the smoothness term in pixels of flow a pixel. */
const DATA_DELTA: f32 = 0.1;
const SMOOTHNESS_DELTA: f32 = 0.3;

/** Shorter flow may be an effect of noise, in pixels. */
const SHORTEST_FLOW: f32 = 0.1;

const ITERATIONS = 6;

/** Keeps the equations solvable where there is no gradient. */
const REGULARIZATION: f32 = 1e-6;

/** Refines the flow at one level of a pyramid. */
export class VariationalRefinement {
  /** The mean of the current and the warped previous picture; the previous minus the current. */
  private readonly mean: Plane;
  private readonly change: Plane;
  /** For each pixel the equations [xx xy; xy yy] [u; v] = [x; y] of the data term. */
  private readonly xx: Plane;
  private readonly xy: Plane;
  private readonly yy: Plane;
  private readonly x: Plane;
  private readonly y: Plane;
  /** Smoothness weights between a pixel and its neighbor to the right, and the one below. */
  private readonly rightward: Plane;
  private readonly downward: Plane;

  private readonly width: i32;
  private readonly height: i32;

  /**
   * @param u where a pixel of `current` is in `before`, to the right, in pixels
   * @param v the same, down
   */
  constructor(
    private readonly current: Plane,
    private readonly before: Plane,
    private readonly u: Plane,
    private readonly v: Plane,
  ) {
    const width = current.width;
    const height = current.height;
    this.width = width;
    this.height = height;
    this.mean = new Plane(width, height);
    this.change = new Plane(width, height);
    this.xx = new Plane(width, height);
    this.xy = new Plane(width, height);
    this.yy = new Plane(width, height);
    this.x = new Plane(width, height);
    this.y = new Plane(width, height);
    this.rightward = new Plane(width, height);
    this.downward = new Plane(width, height);
  }

  /** Refines the flow in place. */
  run(): void {
    this.warpBefore();
    this.addDataTerm();
    this.addSmoothness();
    for (let iteration = 0; iteration < ITERATIONS; iteration++) this.relax();
    this.suppressNoise();
  }

  /** Warps the previous picture, and takes mean and difference. */
  private warpBefore(): void {
    warpPlane(this.before, this.u, this.v, this.change);
    const half = f32x4.splat(0.5);
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column += 4) {
        const own = v128.load(this.current.at(column, row));
        const change = f32x4.sub(v128.load(this.change.at(column, row)), own);
        v128.store(this.change.at(column, row), change);
        v128.store(this.mean.at(column, row), f32x4.add(own, f32x4.mul(change, half)));
      }
    }
    this.mean.pad();
  }

  /** Sets up the equations of the data term. */
  private addDataTerm(): void {
    const half = f32x4.splat(0.5);
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column += 4) {
        const at = this.mean.at(column, row);
        const pitch = this.mean.pitch;
        const dx = f32x4.mul(half, f32x4.sub(v128.load(at + 4), v128.load(at - 4)));
        const dy = f32x4.mul(half, f32x4.sub(v128.load(at + pitch), v128.load(at - pitch)));
        const change = v128.load(this.change.at(column, row));
        const structure = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
        const norm = f32x4.add(structure, f32x4.splat(GRADIENT_NOISE * GRADIENT_NOISE));
        const error = f32x4.div(f32x4.mul(change, change), norm);
        const slight = f32x4.splat(DATA_DELTA * DATA_DELTA);
        const weight = f32x4.div(
          f32x4.splat(1),
          f32x4.mul(norm, f32x4.sqrt(f32x4.add(error, slight))),
        );
        const xx = f32x4.mul(weight, f32x4.mul(dx, dx));
        const xy = f32x4.mul(weight, f32x4.mul(dx, dy));
        const yy = f32x4.mul(weight, f32x4.mul(dy, dy));
        const u = v128.load(this.u.at(column, row));
        const v = v128.load(this.v.at(column, row));
        const seen = f32x4.mul(weight, change);
        v128.store(this.xx.at(column, row), f32x4.add(xx, f32x4.splat(REGULARIZATION)));
        v128.store(this.xy.at(column, row), xy);
        v128.store(this.yy.at(column, row), f32x4.add(yy, f32x4.splat(REGULARIZATION)));
        const x = f32x4.add(f32x4.mul(xx, u), f32x4.mul(xy, v));
        const y = f32x4.add(f32x4.mul(xy, u), f32x4.mul(yy, v));
        v128.store(this.x.at(column, row), f32x4.sub(x, f32x4.mul(seen, dx)));
        v128.store(this.y.at(column, row), f32x4.sub(y, f32x4.mul(seen, dy)));
      }
    }
  }

  /** Computes the smoothness weights; none across borders. */
  private addSmoothness(): void {
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column += 4) {
        const u = this.u.at(column, row);
        const v = this.v.at(column, row);
        v128.store(this.rightward.at(column, row), smoothness(u, v, 4));
        v128.store(this.downward.at(column, row), smoothness(u, v, this.u.pitch));
      }
      store<f32>(this.rightward.at(this.width - 1, row), 0);
    }
    memory.fill(this.downward.at(0, this.height - 1), 0, this.width << 2);
  }

  /** Solves each pixel's equations once, with the current flow of its neighbors. */
  private relax(): void {
    const pitch = this.u.pitch;
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column += 4) {
        const u = this.u.at(column, row);
        const v = this.v.at(column, row);
        const right = this.rightward.at(column, row);
        const below = this.downward.at(column, row);
        const toRight = v128.load(right);
        const toLeft = v128.load(right - 4);
        const toBelow = v128.load(below);
        const toAbove = v128.load(below - pitch);
        const weights = f32x4.add(f32x4.add(toRight, toLeft), f32x4.add(toBelow, toAbove));
        const xx = f32x4.add(v128.load(this.xx.at(column, row)), weights);
        const yy = f32x4.add(v128.load(this.yy.at(column, row)), weights);
        const xy = v128.load(this.xy.at(column, row));
        const x = f32x4.add(
          v128.load(this.x.at(column, row)),
          sumOfNeighbors(u, pitch, toRight, toLeft, toBelow, toAbove),
        );
        const y = f32x4.add(
          v128.load(this.y.at(column, row)),
          sumOfNeighbors(v, pitch, toRight, toLeft, toBelow, toAbove),
        );
        const determinant = f32x4.sub(f32x4.mul(xx, yy), f32x4.mul(xy, xy));
        const scale = f32x4.div(f32x4.splat(1), determinant);
        const uu = f32x4.sub(f32x4.mul(yy, x), f32x4.mul(xy, y));
        const vv = f32x4.sub(f32x4.mul(xx, y), f32x4.mul(xy, x));
        v128.store(u, f32x4.mul(uu, scale));
        v128.store(v, f32x4.mul(vv, scale));
      }
    }
  }

  /** Sets flow that may be noise to 0. */
  private suppressNoise(): void {
    const slight = f32x4.splat(SHORTEST_FLOW * SHORTEST_FLOW);
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column += 4) {
        const uAt = this.u.at(column, row);
        const vAt = this.v.at(column, row);
        const u = v128.load(uAt);
        const v = v128.load(vAt);
        const moves = f32x4.ge(f32x4.add(f32x4.mul(u, u), f32x4.mul(v, v)), slight);
        v128.store(uAt, v128.and(u, moves));
        v128.store(vAt, v128.and(v, moves));
      }
    }
  }
}

/** Smoothness weights of four flow vectors and those at an offset. */
function smoothness(u: usize, v: usize, offset: usize): v128 {
  const du = f32x4.sub(v128.load(u + offset), v128.load(u));
  const dv = f32x4.sub(v128.load(v + offset), v128.load(v));
  const squares = f32x4.add(f32x4.mul(du, du), f32x4.mul(dv, dv));
  const slight = f32x4.splat(SMOOTHNESS_DELTA * SMOOTHNESS_DELTA);
  return f32x4.div(f32x4.splat(ALPHA), f32x4.sqrt(f32x4.add(squares, slight)));
}

/** Weighted sum of the neighbors of four values. */
function sumOfNeighbors(
  at: usize,
  pitch: usize,
  right: v128,
  left: v128,
  below: v128,
  above: v128,
): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(right, v128.load(at + 4)), f32x4.mul(left, v128.load(at - 4))),
    f32x4.add(f32x4.mul(below, v128.load(at + pitch)), f32x4.mul(above, v128.load(at - pitch))),
  );
}

/**
 * Motion made smooth where the picture does not say otherwise: what minimises
 *
 *     Σ ψ((I_t + I_x du + I_y dv)² / (I_x² + I_y² + ε²)) + α ψ(|∇u|² + |∇v|²)
 *
 * with ψ(s²) = √(s² + δ²), by its linear equations for the weights that ψ has at the start (Brox et
 * al., "High Accuracy Optical Flow Estimation Based on a Theory for Warping", ECCV 2004; as a last
 * step of dense inverse search by Kroeger et al., ECCV 2016).
 *
 * @module
 */

import { Plane } from "./plane.ts";
import { warp } from "./warp.ts";

/** How much smoothness counts. */
const ALPHA: f32 = 3;

/** Gradients, in levels of brightness a pixel, that noise makes. */
const NOISE: f32 = 2;

/** Distances between what is observed and expected, and of motion a pixel, that are slight. */
const SLIGHT_ERROR: f32 = 0.1;
const SLIGHT_CHANGE: f32 = 0.3;

/** Motion that may be an effect of noise, in pixels. */
const SLIGHT_MOTION: f32 = 0.1;

const ITERATIONS = 6;

/** Keeps equations solvable where nothing is known. */
const LEAST: f32 = 1e-6;

/** Refines the motion at a level. */
export class Refinement {
  /** The mean of a picture and the one before it, moved; and what that one is brighter by. */
  private readonly mean: Plane;
  private readonly change: Plane;
  /** For each pixel the equations [xx xy; xy yy] [u; v] = [x; y], without their smoothness. */
  private readonly xx: Plane;
  private readonly xy: Plane;
  private readonly yy: Plane;
  private readonly x: Plane;
  private readonly y: Plane;
  /** How much a pixel's motion is to be that of the one to the right, and of the one below. */
  private readonly rightward: Plane;
  private readonly downward: Plane;

  private readonly width: i32;
  private readonly height: i32;

  /**
   * @param across distance to where a pixel of `current` is in `before`, to the right, in pixels
   * @param down the same, down
   */
  constructor(
    private readonly current: Plane,
    private readonly before: Plane,
    private readonly across: Plane,
    private readonly down: Plane,
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

  /** Refines what was found, in place. */
  run(): void {
    this.compare();
    this.observe();
    this.bind();
    for (let iteration = 0; iteration < ITERATIONS; iteration++) this.relax();
    this.settle();
  }

  /** Moves the picture before, and looks at what is different. */
  private compare(): void {
    warp(this.before, this.across, this.down, this.change);
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

  /** The equations of what is seen. */
  private observe(): void {
    const half = f32x4.splat(0.5);
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column += 4) {
        const at = this.mean.at(column, row);
        const pitch = this.mean.pitch;
        const dx = f32x4.mul(half, f32x4.sub(v128.load(at + 4), v128.load(at - 4)));
        const dy = f32x4.mul(half, f32x4.sub(v128.load(at + pitch), v128.load(at - pitch)));
        const change = v128.load(this.change.at(column, row));
        const structure = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
        const norm = f32x4.add(structure, f32x4.splat(NOISE * NOISE));
        const error = f32x4.div(f32x4.mul(change, change), norm);
        const slight = f32x4.splat(SLIGHT_ERROR * SLIGHT_ERROR);
        const weight = f32x4.div(
          f32x4.splat(1),
          f32x4.mul(norm, f32x4.sqrt(f32x4.add(error, slight))),
        );
        const xx = f32x4.mul(weight, f32x4.mul(dx, dx));
        const xy = f32x4.mul(weight, f32x4.mul(dx, dy));
        const yy = f32x4.mul(weight, f32x4.mul(dy, dy));
        const u = v128.load(this.across.at(column, row));
        const v = v128.load(this.down.at(column, row));
        const seen = f32x4.mul(weight, change);
        v128.store(this.xx.at(column, row), f32x4.add(xx, f32x4.splat(LEAST)));
        v128.store(this.xy.at(column, row), xy);
        v128.store(this.yy.at(column, row), f32x4.add(yy, f32x4.splat(LEAST)));
        const x = f32x4.add(f32x4.mul(xx, u), f32x4.mul(xy, v));
        const y = f32x4.add(f32x4.mul(xy, u), f32x4.mul(yy, v));
        v128.store(this.x.at(column, row), f32x4.sub(x, f32x4.mul(seen, dx)));
        v128.store(this.y.at(column, row), f32x4.sub(y, f32x4.mul(seen, dy)));
      }
    }
  }

  /** How strongly neighbours are bound to each other, but across borders. */
  private bind(): void {
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column += 4) {
        const u = this.across.at(column, row);
        const v = this.down.at(column, row);
        v128.store(this.rightward.at(column, row), bond(u, v, 4));
        v128.store(this.downward.at(column, row), bond(u, v, this.across.pitch));
      }
      store<f32>(this.rightward.at(this.width - 1, row), 0);
    }
    memory.fill(this.downward.at(0, this.height - 1), 0, this.width << 2);
  }

  /** Solves each pixel's equations once, with what its neighbours have by now. */
  private relax(): void {
    const pitch = this.across.pitch;
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column += 4) {
        const u = this.across.at(column, row);
        const v = this.down.at(column, row);
        const right = this.rightward.at(column, row);
        const below = this.downward.at(column, row);
        const toRight = v128.load(right);
        const toLeft = v128.load(right - 4);
        const toBelow = v128.load(below);
        const toAbove = v128.load(below - pitch);
        const bonds = f32x4.add(f32x4.add(toRight, toLeft), f32x4.add(toBelow, toAbove));
        const xx = f32x4.add(v128.load(this.xx.at(column, row)), bonds);
        const yy = f32x4.add(v128.load(this.yy.at(column, row)), bonds);
        const xy = v128.load(this.xy.at(column, row));
        const x = f32x4.add(
          v128.load(this.x.at(column, row)),
          around(u, pitch, toRight, toLeft, toBelow, toAbove),
        );
        const y = f32x4.add(
          v128.load(this.y.at(column, row)),
          around(v, pitch, toRight, toLeft, toBelow, toAbove),
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

  /** Takes slight motion for none. */
  private settle(): void {
    const slight = f32x4.splat(SLIGHT_MOTION * SLIGHT_MOTION);
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column += 4) {
        const across = this.across.at(column, row);
        const down = this.down.at(column, row);
        const u = v128.load(across);
        const v = v128.load(down);
        const moves = f32x4.ge(f32x4.add(f32x4.mul(u, u), f32x4.mul(v, v)), slight);
        v128.store(across, v128.and(u, moves));
        v128.store(down, v128.and(v, moves));
      }
    }
  }
}

/** What binds four motions to those at an offset. */
function bond(u: usize, v: usize, offset: usize): v128 {
  const du = f32x4.sub(v128.load(u + offset), v128.load(u));
  const dv = f32x4.sub(v128.load(v + offset), v128.load(v));
  const squares = f32x4.add(f32x4.mul(du, du), f32x4.mul(dv, dv));
  const slight = f32x4.splat(SLIGHT_CHANGE * SLIGHT_CHANGE);
  return f32x4.div(f32x4.splat(ALPHA), f32x4.sqrt(f32x4.add(squares, slight)));
}

/** The sum of what is around four values, by their bonds. */
function around(at: usize, pitch: usize, right: v128, left: v128, below: v128, above: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(right, v128.load(at + 4)), f32x4.mul(left, v128.load(at - 4))),
    f32x4.add(f32x4.mul(below, v128.load(at + pitch)), f32x4.mul(above, v128.load(at - pitch))),
  );
}

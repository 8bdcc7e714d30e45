/**
 * Optical flow from a frame to the one before it, at half its size, by dense inverse search (Kroeger
 * et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016): from coarse to fine, patches
 * are searched for, their flow is averaged for each pixel, and refined.
 *
 * @module
 */

import { PatchFlow } from "./patch_flow.ts";
import { Plane } from "./plane.ts";
import { Pyramid } from "./pyramid.ts";
import { VariationalRefinement } from "./variational_refinement.ts";
import { warpPlane } from "./warp.ts";

/**
 * Residual over contrast that means another scene. Within a scene it is up to 0.3, with every third
 * frame alone up to 0.7, and between pictures that have nothing in common 0.7 and more.
 */
const SCENE_CUT = 0.65;

/** Difference of luminance that noise makes, 0..255. */
const NOISE = 2;

/** Optical flow from the current frame to the previous one. */
export class OpticalFlow {
  private readonly levels: Level[] = [];
  /** Absolute difference of luminance between a pixel and where it was, 0..255. */
  readonly residual: Plane;

  constructor(private readonly current: Pyramid, private readonly before: Pyramid) {
    const finest = current.levels[0];
    this.residual = new Plane(finest.width, finest.height);
    for (let level = 0; level < current.levels.length; level++) {
      this.levels.push(new Level(current.levels[level], before.levels[level]));
    }
  }

  /** Where a pixel was relative to here, to the right, in pixels of half the size. */
  get u(): Plane {
    return this.levels[0].patches.u;
  }

  /** The same, down. */
  get v(): Plane {
    return this.levels[0].patches.v;
  }

  /** Estimates the flow from the pyramids. */
  estimate(): void {
    let coarse: Level | null = null;
    for (let level = this.levels.length - 1; level >= 0; level--) {
      this.levels[level].estimate(coarse);
      coarse = this.levels[level];
    }
    warpPlane(this.before.levels[0], this.u, this.v, this.residual);
    const finest = this.current.levels[0];
    for (let row = 0; row < finest.height; row++) {
      for (let column = 0; column < finest.width; column += 4) {
        const at = this.residual.at(column, row);
        const own = v128.load(finest.at(column, row));
        v128.store(at, f32x4.abs(f32x4.sub(v128.load(at), own)));
      }
    }
  }

  /** Whether the frame begins another scene: the flow does not explain it. */
  isSceneCut(): bool {
    const finest = this.current.levels[0];
    const area = <f64> (finest.width * finest.height);
    const contrast = sumOfDistances(finest, <f32> (sumOfDistances(finest, 0) / area));
    const residual = sumOfDistances(this.residual, 0);
    return residual > SCENE_CUT * contrast && residual > 3 * NOISE * area;
  }
}

/** Flow at one level of the pyramids. */
class Level {
  readonly patches: PatchFlow;
  private readonly refinement: VariationalRefinement;

  constructor(current: Plane, before: Plane) {
    const patches = new PatchFlow(current, before);
    this.patches = patches;
    this.refinement = new VariationalRefinement(current, before, patches.u, patches.v);
  }

  estimate(coarse: Level | null): void {
    this.patches.estimate(coarse ? coarse.patches : null);
    this.refinement.run();
  }
}

/** Sum of absolute differences between the values of a plane and a value. */
function sumOfDistances(plane: Plane, value: f32): f64 {
  let sum: f64 = 0;
  for (let row = 0; row < plane.height; row++) {
    let ofRow: f32 = 0;
    for (let column = 0; column < plane.width; column++) {
      ofRow += abs(load<f32>(plane.at(column, row)) - value);
    }
    sum += ofRow;
  }
  return sum;
}

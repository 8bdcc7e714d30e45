/**
 * How a picture has moved since the one before it, by dense inverse search (Kroeger et al., "Fast
 * Optical Flow using Dense Inverse Search", ECCV 2016) at half of its size: from coarse to fine,
 * patches are searched for, each pixel moves as the patches that it is in, and that is made smooth.
 *
 * @module
 */

import { PatchMotion } from "./patch_flow.ts";
import { Plane } from "./plane.ts";
import { Pyramid } from "./pyramid.ts";
import { Refinement } from "./refinement.ts";
import { warp } from "./warp.ts";

/**
 * What is left when motion is taken away, by what the picture is made of: in a scene up to 0.3, in
 * one of every third frame up to 0.7, between pictures that have nothing in common from 0.7.
 */
const OTHER_SCENE = 0.65;

/** Difference of brightness, 0..255, as noise makes it. */
const NOISE = 2;

/** How a picture has moved since the one before it. */
export class Motion {
  private readonly levels: Level[] = [];
  /** How much brighter or darker a pixel is than where it was, 0..255. */
  readonly mismatch: Plane;

  constructor(private readonly current: Pyramid, private readonly before: Pyramid) {
    const finest = current.levels[0];
    this.mismatch = new Plane(finest.width, finest.height);
    for (let level = 0; level < current.levels.length; level++) {
      this.levels.push(new Level(current.levels[level], before.levels[level]));
    }
  }

  /** Distance to where a pixel was, in pixels of half the size: to the right. */
  get across(): Plane {
    return this.levels[0].patches.across;
  }

  /** The same, down. */
  get down(): Plane {
    return this.levels[0].patches.down;
  }

  /** Looks for it. */
  estimate(): void {
    let coarse: Level | null = null;
    for (let level = this.levels.length - 1; level >= 0; level--) {
      this.levels[level].estimate(coarse);
      coarse = this.levels[level];
    }
    warp(this.before.levels[0], this.across, this.down, this.mismatch);
    const finest = this.current.levels[0];
    for (let row = 0; row < finest.height; row++) {
      for (let column = 0; column < finest.width; column += 4) {
        const at = this.mismatch.at(column, row);
        const own = v128.load(finest.at(column, row));
        v128.store(at, f32x4.abs(f32x4.sub(v128.load(at), own)));
      }
    }
  }

  /** Whether the picture shows another scene than the one before: no motion makes it of that. */
  isOtherScene(): bool {
    const finest = this.current.levels[0];
    const area = <f64> (finest.width * finest.height);
    const contrast = sumOfDistances(finest, <f32> (sumOfDistances(finest, 0) / area));
    const mismatch = sumOfDistances(this.mismatch, 0);
    return mismatch > OTHER_SCENE * contrast && mismatch > 3 * NOISE * area;
  }
}

/** Motion at a level of a pyramid. */
class Level {
  readonly patches: PatchMotion;
  private readonly refinement: Refinement;

  constructor(current: Plane, before: Plane) {
    const patches = new PatchMotion(current, before);
    this.patches = patches;
    this.refinement = new Refinement(current, before, patches.across, patches.down);
  }

  estimate(coarse: Level | null): void {
    this.patches.find(coarse ? coarse.patches : null);
    this.refinement.run();
  }
}

/** The sum of how far the values of a plane are from another value. */
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

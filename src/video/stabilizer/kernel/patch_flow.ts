import { BilinearSampler } from "./bilinear_sampler.ts";
import { InverseSearch, PATCH } from "./inverse_search.ts";
import { Plane } from "./plane.ts";

/** Distance from a patch to the next, in pixels. */
const STEP = 4;

/** Difference of luminance that noise makes, 0..255. */
const NOISE: f32 = 2;

/** Flow at one level: for each pixel the mean of its patches, weighted by how well they fit. */
export class PatchFlow {
  /** Where a pixel was in the previous picture, relative to here, in pixels: to the right, down. */
  readonly u: Plane;
  readonly v: Plane;
  private readonly weights: Plane;
  private readonly search: InverseSearch;
  private readonly sampler: BilinearSampler = new BilinearSampler();
  /** Flow of the patches to the left in this row, and of those of the row above from here on. */
  private readonly rowU: StaticArray<f32>;
  private readonly rowV: StaticArray<f32>;

  constructor(private readonly current: Plane, private readonly before: Plane) {
    const width = current.width;
    const height = current.height;
    this.u = new Plane(width, height);
    this.v = new Plane(width, height);
    this.weights = new Plane(width, height);
    this.search = new InverseSearch(current, before);
    this.rowU = new StaticArray<f32>(count(width));
    this.rowV = new StaticArray<f32>(count(width));
  }

  /**
   * Estimates the flow.
   *
   * @param coarse the flow at the next coarser level, if there is one
   */
  estimate(coarse: PatchFlow | null): void {
    const search = this.search;
    const width = this.current.width;
    const height = this.current.height;
    this.u.clear();
    this.v.clear();
    this.weights.clear();
    const columns = count(width);
    const rows = count(height);
    for (let row = 0; row < rows; row++) {
      const top = min(row * STEP, max(0, height - PATCH));
      for (let column = 0; column < columns; column++) {
        const left = min(column * STEP, max(0, width - PATCH));
        search.begin(left, top);
        if (coarse) {
          const x = min((left + PATCH / 2) >> 1, coarse.current.width - 1);
          const y = min((top + PATCH / 2) >> 1, coarse.current.height - 1);
          search.startFrom(
            2 * load<f32>(coarse.u.at(x, y)),
            2 * load<f32>(coarse.v.at(x, y)),
          );
          search.tryFrom(0, 0);
        }
        if (column > 0) search.tryFrom(this.rowU[column - 1], this.rowV[column - 1]);
        if (row > 0) search.tryFrom(this.rowU[column], this.rowV[column]);
        search.descend();
        this.rowU[column] = search.u;
        this.rowV[column] = search.v;
        this.add(left, top, search.u, search.v);
      }
    }
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column += 4) {
        // Nothing was added past the end of a row.
        const weights = f32x4.max(v128.load(this.weights.at(column, row)), f32x4.splat(1e-9));
        const u = this.u.at(column, row);
        const v = this.v.at(column, row);
        v128.store(u, f32x4.div(v128.load(u), weights));
        v128.store(v, f32x4.div(v128.load(v), weights));
      }
    }
  }

  /** Adds the flow of a patch to that of its pixels. */
  private add(left: i32, top: i32, u: f32, v: f32): void {
    const before = this.before;
    const sampler = this.sampler;
    sampler.moveTo(before, <f32> left + u, <f32> top + v);
    const noise = f32x4.splat(NOISE * NOISE);
    for (let part = 0; part < PATCH; part += 4) {
      let from = sampler.first + (part << 2);
      let upper = sampler.acrossRow(from);
      for (let line = 0; line < PATCH; line++) {
        from += before.pitch;
        const lower = sampler.acrossRow(from);
        const sampled = sampler.betweenRows(upper, lower);
        const own = v128.load(this.current.at(left + part, top + line));
        const difference = f32x4.sub(sampled, own);
        const squares = f32x4.add(noise, f32x4.mul(difference, difference));
        const weights = f32x4.div(f32x4.splat(1), squares);
        accumulate(this.u.at(left + part, top + line), weights, u);
        accumulate(this.v.at(left + part, top + line), weights, v);
        accumulate(this.weights.at(left + part, top + line), weights, 1);
        upper = lower;
      }
    }
  }
}

function accumulate(at: usize, weights: v128, value: f32): void {
  v128.store(at, f32x4.add(v128.load(at), f32x4.mul(weights, f32x4.splat(value))));
}

/** Patches along a side. */
function count(side: i32): i32 {
  return (max(0, side - PATCH) + STEP - 1) / STEP + 1;
}

import { PATCH, PatchSearch } from "./inverse_search.ts";
import { Place } from "./bilinear.ts";
import { Plane } from "./plane.ts";

/** From a patch to the next, in pixels. */
const STEP = 4;

/** Difference of brightness, 0..255, as noise makes it. */
const NOISE: f32 = 2;

/** Motion of the pixels of a level as that of the patches they are in, by how well those fit. */
export class PatchMotion {
  /** Distance to where a pixel was before, in pixels: to the right, and down. */
  readonly across: Plane;
  readonly down: Plane;
  private readonly weights: Plane;
  private readonly search: PatchSearch;
  private readonly place: Place = new Place();
  /** What was found for the patches of a row and, from the next one on, of the row above it. */
  private readonly foundAcross: StaticArray<f32>;
  private readonly foundDown: StaticArray<f32>;

  constructor(private readonly current: Plane, private readonly before: Plane) {
    const width = current.width;
    const height = current.height;
    this.across = new Plane(width, height);
    this.down = new Plane(width, height);
    this.weights = new Plane(width, height);
    this.search = new PatchSearch(current, before);
    this.foundAcross = new StaticArray<f32>(count(width));
    this.foundDown = new StaticArray<f32>(count(width));
  }

  /**
   * Looks for it.
   *
   * @param coarse what was found at the level above, if there is one
   */
  find(coarse: PatchMotion | null): void {
    const search = this.search;
    const width = this.current.width;
    const height = this.current.height;
    this.across.clear();
    this.down.clear();
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
            2 * load<f32>(coarse.across.at(x, y)),
            2 * load<f32>(coarse.down.at(x, y)),
          );
          search.tryFrom(0, 0);
        }
        if (column > 0) search.tryFrom(this.foundAcross[column - 1], this.foundDown[column - 1]);
        if (row > 0) search.tryFrom(this.foundAcross[column], this.foundDown[column]);
        search.descend();
        this.foundAcross[column] = search.across;
        this.foundDown[column] = search.down;
        this.add(left, top, search.across, search.down);
      }
    }
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column += 4) {
        // Past the end of a row nothing was added.
        const weights = f32x4.max(v128.load(this.weights.at(column, row)), f32x4.splat(1e-9));
        const across = this.across.at(column, row);
        const down = this.down.at(column, row);
        v128.store(across, f32x4.div(v128.load(across), weights));
        v128.store(down, f32x4.div(v128.load(down), weights));
      }
    }
  }

  /** Adds the motion of a patch to that of its pixels. */
  private add(left: i32, top: i32, across: f32, down: f32): void {
    const before = this.before;
    const place = this.place;
    place.set(before, <f32> left + across, <f32> top + down);
    const noise = f32x4.splat(NOISE * NOISE);
    for (let part = 0; part < PATCH; part += 4) {
      let from = place.first + (part << 2);
      let upper = place.between(from);
      for (let line = 0; line < PATCH; line++) {
        from += before.pitch;
        const lower = place.between(from);
        const there = place.among(upper, lower);
        const own = v128.load(this.current.at(left + part, top + line));
        const difference = f32x4.sub(there, own);
        const squares = f32x4.add(noise, f32x4.mul(difference, difference));
        const weights = f32x4.div(f32x4.splat(1), squares);
        accumulate(this.across.at(left + part, top + line), weights, across);
        accumulate(this.down.at(left + part, top + line), weights, down);
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

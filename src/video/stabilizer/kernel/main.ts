/**
 * What a steadier does to every pixel, in AssemblyScript: TypeScript for WebAssembly, which has
 * instructions for four values at once. `deno task compile` in this folder makes `stabilizer.wasm` of
 * it. An instance is for one clip, and takes its frames by the memory at `pixels()`.
 *
 * @module
 */

import { blend, keep } from "./blend.ts";
import { Ground } from "./color_shift.ts";
import { Motion } from "./optical_flow.ts";
import { move } from "./warp_frame.ts";
import { Pyramid } from "./pyramid.ts";
import { Trust } from "./confidence.ts";

/** The most that is taken from a frame of another style: strokes change, too. */
const OTHER_STYLE: f32 = 0.75;

/** Memory for frames of one size, and what is known of the last. */
class Clip {
  /** RGBA, 8 bits a channel. */
  readonly pixels: usize;
  /** The last result, RGBA, four values of float32 a pixel, and memory for the next. */
  private result: usize;
  private spare: usize;
  private readonly current: Pyramid;
  private readonly before: Pyramid;
  readonly motion: Motion;
  private readonly trust: Trust;
  private readonly ground: Ground;
  private hasContent: bool = false;
  private hasMotion: bool = false;
  private hasResult: bool = false;

  constructor(private readonly width: i32, private readonly height: i32) {
    this.pixels = heap.alloc((width * height) << 2);
    this.result = heap.alloc((width * height) << 4);
    this.spare = heap.alloc((width * height) << 4);
    const current = new Pyramid(width, height);
    const before = new Pyramid(width, height);
    this.current = current;
    this.before = before;
    this.motion = new Motion(current, before);
    this.trust = new Trust(width, height);
    this.ground = new Ground(width, height);
  }

  look(): bool {
    this.before.copy(this.current);
    this.current.fill(this.pixels);
    const isFirst = !this.hasContent;
    this.hasContent = true;
    if (isFirst) return false;
    this.motion.estimate();
    const isOther = this.motion.isOtherScene();
    this.hasMotion = !isOther;
    return isOther;
  }

  steady(wanted: f32, changing: bool): void {
    const frame = this.pixels;
    const result = this.spare;
    if (this.hasResult && this.hasMotion) {
      this.trust.inContent(this.motion, changing ? min(wanted, OTHER_STYLE) : wanted);
      move(this.result, result, frame, this.width, this.height, this.motion, this.trust);
      if (changing) this.ground.take(result, frame);
      this.trust.inColours(result, frame);
      blend(result, frame, this.width, this.height, this.trust);
    } else keep(result, frame, this.width * this.height);
    this.hasResult = true;
    this.spare = this.result;
    this.result = result;
  }
}

let clip: Clip | null = null;

/** Begins a clip, once. */
export function begin(width: i32, height: i32): void {
  clip = new Clip(width, height);
}

/** Where frames are put, and steadied ones taken from: RGBA, 8 bits a channel. */
export function pixels(): usize {
  return clip!.pixels;
}

/** Looks at the content of the next frame. Returns whether another scene begins with it. */
export function look(): bool {
  return clip!.look();
}

/** Steadies the painted frame of that content, by a share of the one before it. */
export function steady(share: f32, changing: bool): void {
  clip!.steady(share, changing);
}

/** How far to the right a pixel of half the size was before, in such pixels. */
export function across(column: i32, row: i32): f32 {
  return load<f32>(clip!.motion.across.at(column, row));
}

/** The same, down. */
export function down(column: i32, row: i32): f32 {
  return load<f32>(clip!.motion.down.at(column, row));
}

/**
 * The stabilizer's work on every pixel, in AssemblyScript: TypeScript that compiles to WebAssembly,
 * which has instructions for four values at once. `deno task compile` in this folder makes
 * `stabilizer.wasm` of it. An instance is for one clip; frames are exchanged in the memory at
 * `pixels()`.
 *
 * @module
 */

import { blend, copyFrame } from "./blend.ts";
import { ColorShift } from "./color_shift.ts";
import { Confidence } from "./confidence.ts";
import { OpticalFlow } from "./optical_flow.ts";
import { Pyramid } from "./pyramid.ts";
import { warpFrame } from "./warp_frame.ts";

/** The largest share of a frame in another style: strokes change, too. */
const LARGEST_CHANGING_SHARE: f32 = 0.75;

/** Buffers for frames of one size, and the state after the last frame. */
class Stabilizer {
  /** RGBA, 8 bits a channel. */
  readonly pixels: usize;
  /** The last result, RGBA, four float32 values a pixel, and a buffer for the next. */
  private result: usize;
  private spare: usize;
  private readonly current: Pyramid;
  private readonly before: Pyramid;
  readonly flow: OpticalFlow;
  private readonly confidence: Confidence;
  private readonly colorShift: ColorShift;
  private hasContent: bool = false;
  private hasFlow: bool = false;
  private hasResult: bool = false;

  constructor(private readonly width: i32, private readonly height: i32) {
    this.pixels = heap.alloc((width * height) << 2);
    this.result = heap.alloc((width * height) << 4);
    this.spare = heap.alloc((width * height) << 4);
    const current = new Pyramid(width, height);
    const before = new Pyramid(width, height);
    this.current = current;
    this.before = before;
    this.flow = new OpticalFlow(current, before);
    this.confidence = new Confidence(width, height);
    this.colorShift = new ColorShift(width, height);
  }

  analyze(): bool {
    this.before.copy(this.current);
    this.current.fill(this.pixels);
    const isFirst = !this.hasContent;
    this.hasContent = true;
    if (isFirst) return false;
    this.flow.estimate();
    const isCut = this.flow.isSceneCut();
    this.hasFlow = !isCut;
    return isCut;
  }

  stabilize(share: f32, changing: bool): void {
    const frame = this.pixels;
    const result = this.spare;
    if (this.hasResult && this.hasFlow) {
      const confidence = this.confidence;
      confidence.fromFlow(this.flow, changing ? min(share, LARGEST_CHANGING_SHARE) : share);
      warpFrame(this.result, result, frame, this.width, this.height, this.flow, confidence);
      if (changing) this.colorShift.apply(result, frame);
      confidence.limitByColor(result, frame);
      blend(result, frame, this.width, this.height, confidence);
    } else copyFrame(result, frame, this.width * this.height);
    this.hasResult = true;
    this.spare = this.result;
    this.result = result;
  }
}

let stabilizer: Stabilizer | null = null;

/** Allocates everything for a clip of frames of one size. To be called once, first. */
export function begin(width: i32, height: i32): void {
  stabilizer = new Stabilizer(width, height);
}

/** Address where frames are put, and stabilized ones are taken from: RGBA, 8 bits a channel. */
export function pixels(): usize {
  return stabilizer!.pixels;
}

/** Analyzes the content of the next frame. Returns whether another scene begins with it. */
export function analyze(): bool {
  return stabilizer!.analyze();
}

/**
 * Stabilizes the stylized frame of that content.
 *
 * @param share how much of the previous result is blended in at most, 0..1
 * @param changing whether the style changes from frame to frame
 */
export function stabilize(share: f32, changing: bool): void {
  stabilizer!.stabilize(share, changing);
}

/** Where a pixel of half the size was before, relative to it, to the right, in such pixels. */
export function flowU(column: i32, row: i32): f32 {
  return load<f32>(stabilizer!.flow.u.at(column, row));
}

/** The same, down. */
export function flowV(column: i32, row: i32): f32 {
  return load<f32>(stabilizer!.flow.v.at(column, row));
}

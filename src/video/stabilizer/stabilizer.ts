/**
 * Temporal stabilization of stylized frames.
 *
 * The networks paint each frame anew, and make large changes out of small ones, such as noise. So a
 * share of the previous result, warped by the optical flow of the content, is blended into a frame,
 * where both show the same: where the flow explains the content, and where, averaged over a few
 * strokes, the colors agree.
 *
 * @module
 */

import type { Pixels } from "../../image/pixels.ts";
import { Kernel } from "./kernel.ts";

/** Stabilizes the stylized frames of a clip, in the order in which they are shown. */
export interface FrameStabilizer {
  /**
   * Analyzes the content of the next frame, which is as large as the last.
   *
   * @returns whether another scene begins with it
   * @throws {ImageError} if there is not the memory for frames of that size.
   */
  analyze(content: Pixels): boolean | Promise<boolean>;
  /**
   * Stabilizes the stylized frame of that content. Its pixels may be reused for the result.
   *
   * @param changing whether its style differs from that of the frame before, as in a fade
   */
  stabilize(stylized: Pixels, changing?: boolean): Pixels | Promise<Pixels>;
}

/**
 * Stabilizes frames on the calling thread.
 *
 * @example
 * ```ts ignore
 * const stabilizer = await Stabilizer.load(0.95);
 * for await (const frame of frames) {
 *   stabilizer.analyze(frame);
 *   show(stabilizer.stabilize(await stylizer.stylize(frame, style)));
 * }
 * ```
 */
export class Stabilizer implements FrameStabilizer {
  private constructor(private readonly kernel: Kernel, private readonly share: number) {}

  /**
   * Loads the stabilizer for one clip.
   *
   * @param share how much of the previous result is blended into a frame at most, 0..1
   * @throws {RangeError} if the share is not in 0..1.
   */
  static async load(share: number): Promise<Stabilizer> {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`The share of the previous frame must be in 0..1: ${share}`);
    }
    return new Stabilizer(await Kernel.load(), share);
  }

  /** See {@linkcode FrameStabilizer.analyze}. */
  analyze({ data, width, height }: Pixels): boolean {
    this.kernel.pixels(width, height).set(data);
    return this.kernel.analyze();
  }

  /** See {@linkcode FrameStabilizer.stabilize}. */
  stabilize(stylized: Pixels, changing = false): Pixels {
    const pixels = this.kernel.pixels(stylized.width, stylized.height);
    pixels.set(stylized.data);
    this.kernel.stabilize(this.share, changing);
    stylized.data.set(pixels);
    return stylized;
  }
}

/**
 * Restyled frames that hold still where their contents do.
 *
 * The networks paint each frame anew, and make large changes out of small ones, such as noise. So a
 * frame takes over a share of the one before it, moved as the content has moved, where it shows the
 * same: where the content fits, and where, a few strokes taken together, the colours do.
 *
 * @module
 */

import type { Pixels } from "../../image/pixels.ts";
import { Kernel } from "./wasm.ts";

/** What steadies the restyled frames of a clip, in the order in which they are shown. */
export interface Steadying {
  /**
   * Looks at the content of the next frame, of the size of the last.
   *
   * @returns whether another scene begins with it
   */
  look(content: Pixels): boolean | Promise<boolean>;
  /**
   * The restyled frame of that content, steadied; what is given may be lost.
   *
   * @param changing whether it is in another style than the frame before it, as in a fade
   */
  steady(stylized: Pixels, changing?: boolean): Pixels | Promise<Pixels>;
}

/** Steadies frames on the thread that asks for it. */
export class Steadier implements Steadying {
  #kernel: Kernel | undefined;

  /** @param share how much of a frame is taken from the one before it, 0..1, where that fits */
  constructor(private readonly share: number) {}

  look(content: Pixels): boolean {
    const kernel = this.#begin(content);
    kernel.pixels.set(content.data);
    return kernel.look();
  }

  steady(stylized: Pixels, changing = false): Pixels {
    const kernel = this.#begin(stylized);
    kernel.pixels.set(stylized.data);
    kernel.steady(this.share, changing);
    stylized.data.set(kernel.pixels);
    return stylized;
  }

  #begin({ width, height }: Pixels): Kernel {
    return this.#kernel ??= new Kernel(width, height);
  }
}

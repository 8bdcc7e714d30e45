/**
 * Clips that stay as they were filmed: one color map a scene.
 *
 * A map by place and color has nothing to flicker but itself. It is fitted to some frames of a scene,
 * fewer and fewer, whose sums add up, so that it comes to rest; until then it moves slowly.
 *
 * @module
 */

import type { Pixels } from "../image/pixels.ts";
import { PhotoFit } from "../photo/fit_photo_map.ts";
import type { PhotoMap } from "../photo/photo_map.ts";
import { smallCopy } from "../photo/small_copy.ts";
import { photoRegions, type Region, type StylizeOptions, type Stylizer } from "../stylizer.ts";

/** Part of the way to the newest map that a frame's map goes from that of the frame before. */
const PACE = 0.1;

/** The same where the style changes all the time. */
const CHANGING_PACE = 0.3;

/** Frames from one that is fitted to the next at most. */
const LONGEST_STEP = 64;

/** The same where the style changes all the time. */
const CHANGING_STEP = 8;

/** Stylizes the frames of a clip as photographs, in the order in which they are shown. */
export class PhotoClip {
  #fit: PhotoFit | undefined;
  #map: PhotoMap | undefined;
  #target: PhotoMap | undefined;
  /** Frames since the scene began. */
  #count = 0;

  /** @param changing whether each frame has a style of its own */
  constructor(
    private readonly stylizer: Stylizer,
    private readonly settings: StylizeOptions,
    private readonly changing: boolean,
  ) {}

  /**
   * Stylizes the next frame.
   *
   * @param isCut whether another scene begins with it
   */
  async stylize(frame: Pixels, regions: readonly Region[], isCut: boolean): Promise<Pixels> {
    const { signal } = this.settings;
    if (isCut) {
      this.#fit = this.#map = this.#target = undefined;
      this.#count = 0;
    }
    if (this.#isDue()) this.#target = await this.#refit(frame, regions);
    this.#count++;
    const pace = this.changing ? CHANGING_PACE : PACE;
    this.#map = this.#map ? this.#map.blend(this.#target!, pace) : this.#target!;
    return await this.#map.apply(frame, signal ? { signal } : {});
  }

  /** Whether the map is to be fitted to the next frame: 0, 1, 2, 4, 8 and so on of a scene. */
  #isDue(): boolean {
    const count = this.#count;
    if (this.changing) return count % CHANGING_STEP === 0;
    return count < LONGEST_STEP ? (count & (count - 1)) === 0 : count % LONGEST_STEP === 0;
  }

  async #refit(frame: Pixels, regions: readonly Region[]): Promise<PhotoMap> {
    const { stylizer, settings } = this;
    const copy = await smallCopy(frame, stylizer.model.minimumSize);
    if (!this.#fit || this.changing) {
      this.#fit = new PhotoFit(await photoRegions(copy, regions), copy.width, copy.height);
    }
    await stylizer.addToPhotoFit(this.#fit, copy, regions, settings);
    return this.#fit.solve({ ...settings, alpha: settings.alpha ?? 1 });
  }
}

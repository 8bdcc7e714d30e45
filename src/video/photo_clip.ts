/**
 * Clips that stay as they were filmed: one color map a scene.
 *
 * A map by place and color has nothing to flicker but itself. It is fitted to some frames of a scene,
 * fewer and fewer, whose sums add up, so that it comes to rest; until then it moves slowly.
 *
 * @module
 */

import type { Pixels } from "../image/pixels.ts";
import { PhotoFit, type PhotoPair, type PhotoSettings } from "../photo/fit_photo_map.ts";
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

/** What all of a clip of photographs has in common. */
export interface ClipLook {
  /** The map that fits all scenes best, each counting as long as it lasts. */
  map: PhotoMap;
  /** How many scenes there are. */
  scenes: number;
}

/** Stylizes the frames of a clip as photographs, in the order in which they are shown. */
export class PhotoClip {
  #fit: PhotoFit | undefined;
  #map: PhotoMap | undefined;
  #target: PhotoMap | undefined;
  /** Frames since the scene began. */
  #count = 0;
  #scenes = 0;
  /** Of all scenes. */
  #whole: PhotoFit | undefined;
  /** What was fitted last, and the frames since then, for which it stands. */
  #last: { pair: PhotoPair; frames: number } | undefined;

  /**
   * @param changing whether each frame has a style of its own
   * @param keepsLook whether {@linkcode look} is asked for afterwards
   */
  constructor(
    private readonly stylizer: Stylizer,
    private readonly settings: StylizeOptions,
    private readonly changing: boolean,
    private readonly keepsLook: boolean,
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
    if (this.#count === 0) this.#scenes++;
    if (this.#isDue()) this.#target = await this.#refit(frame, regions);
    this.#count++;
    if (this.#last) this.#last.frames++;
    const pace = this.changing ? CHANGING_PACE : PACE;
    this.#map = this.#map ? this.#map.blend(this.#target!, pace) : this.#target!;
    return await this.#map.apply(frame, signal ? { signal } : {});
  }

  /** What all frames up to now have in common; nothing where there were none. */
  look(): ClipLook | undefined {
    this.#addLast();
    const map = this.#whole?.solve(this.#photoSettings);
    return map && { map, scenes: this.#scenes };
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
    const { width, height } = copy;
    if (!this.#fit || this.changing) {
      this.#fit = new PhotoFit(await photoRegions(copy, regions), width, height);
    }
    const pair = await stylizer.restylePhotoCopy(copy, regions, settings);
    this.#fit.add(pair);
    if (this.keepsLook) {
      this.#whole ??= new PhotoFit(this.#fit.regions, width, height);
      this.#addLast();
      this.#last = { pair, frames: 0 };
    }
    return this.#fit.solve(this.#photoSettings);
  }

  #addLast(): void {
    if (this.#last) this.#whole!.add(this.#last.pair, this.#last.frames);
    this.#last = undefined;
  }

  get #photoSettings(): PhotoSettings {
    return { ...this.settings, alpha: this.settings.alpha ?? 1 };
  }
}

import { cellMeans, type Mask } from "../image/mask.ts";
import type { Area, Pixels, Samples } from "../image/pixels.ts";
import type { Planes } from "../image/planes.ts";
import { type EncoderView, encoderView } from "../model/encoder_view.ts";
import type { Manifest } from "../model/manifest.ts";
import { detach } from "./memory.ts";
import { enlarge, planesAt, sideAt } from "./pyramid.ts";

/** What a pass sees: the content at its scale, and what the coarser pass has painted. */
export class PassInput {
  /** In pixels of the pass. */
  readonly width: number;
  /** In pixels of the pass. */
  readonly height: number;

  /**
   * @param scale 0: the content's own size; 1: half of it, and so on
   * @param coarser result of the pass at the next scale, whole; none for the first pass, whose draft
   *   is the content itself
   * @param strength 0 to 1, as alpha: how much of the draft is seen, and how little of the content
   *   in its place, so that at 0 the content is given back as sharply as in one pass
   */
  constructor(
    readonly content: Pixels<Samples>,
    readonly scale: number,
    readonly coarser?: Planes,
    readonly strength = 1,
  ) {
    this.width = sideAt(scale, content.width);
    this.height = sideAt(scale, content.height);
  }

  /** All of the picture. */
  get area(): Area {
    const { width, height } = this;
    return { left: 0, top: 0, width, height };
  }

  /** An area of the content, in pixels of the pass. */
  image(area: Area): Planes {
    return planesAt(this.scale, this.content, area);
  }

  /** What the encoder of a model sees of an area. */
  view(area: Area, manifest: Manifest): EncoderView {
    const image = this.image(area);
    const draft = this.#draft(area, image);
    const view = encoderView(image, draft, manifest);
    for (const { data } of [image, draft]) detach(data);
    return view;
  }

  /** An area of the draft; `image` is the same area of the content. */
  #draft(area: Area, image: Planes): Planes {
    if (!this.coarser) return image;
    const draft = enlarge(this.coarser, area);
    if (this.strength >= 1) return draft;
    for (let at = 0; at < draft.data.length; at++) {
      const own = image.data[at]!;
      draft.data[at] = own + this.strength * (draft.data[at]! - own);
    }
    return draft;
  }

  /** Means of a mask, which has the content's size, over cells of the pass. */
  maskMeans(mask: Mask, cells: Area, side: number): Float32Array {
    return cellMeans(mask, cells, side * 2 ** this.scale);
  }
}

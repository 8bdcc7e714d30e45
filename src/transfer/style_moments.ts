import { ColorSums } from "../image/color_statistics.ts";
import type { FeatureMoments } from "./statistics.ts";

/**
 * Moments of a style's features and colors, before they become its statistics: those of several
 * pictures add up to one style of all of them.
 */
export class StyleMoments {
  /** Moments of pictures. */
  constructor(
    /** At the style's own size, at half and at a quarter of it. */
    readonly scales: readonly FeatureMoments[],
    /** Of its colors. */
    readonly colors: ColorSums = new ColorSums(),
  ) {}

  /** Adds the moments of another picture, each pixel alike. */
  add({ scales, colors }: StyleMoments): void {
    this.scales.forEach((own, scale) => own.add(scales[scale]!));
    this.colors.addSums(colors);
  }

  /** A copy, which changes on its own. */
  clone(): StyleMoments {
    const copy = new StyleMoments(this.scales.map((moments) => moments.clone()));
    copy.colors.addSums(this.colors);
    return copy;
  }
}

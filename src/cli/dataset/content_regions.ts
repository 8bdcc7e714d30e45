/**
 * The contents of a data set by their classes, and statistics that they share.
 *
 * @module
 */

import type { Pixels, Samples } from "../../image/mod.ts";
import type {
  ContentMatching,
  FeatureMoments,
  PaintOptions,
  PreparedContent,
  Region,
  Stylizer,
} from "../../mod.ts";
import { type ClassStyles, WHOLE } from "./style_set.ts";

/** A part of a content, and its class. */
export interface ClassRegion extends Region {
  /** A class, or {@linkcode WHOLE} for what is in none. */
  name: string;
}

/**
 * The regions of a content: a class that the style has, too, takes the style's class, and everything
 * else the whole style.
 *
 * @param masks by class; none where contents are not taken apart
 * @param isKnown whether a class can be matched
 */
export function classRegions(
  styles: ClassStyles,
  masks: ReadonlyMap<string, Pixels> | undefined,
  isKnown: (name: string) => boolean = () => true,
): ClassRegion[] {
  const regions: ClassRegion[] = [];
  for (const [name, mask] of masks ?? []) {
    const style = styles.get(name);
    if (style && isKnown(name)) regions.push({ name, style, mask });
  }
  if (masks && regions.length === masks.size) return regions;
  return [...regions, { name: WHOLE, style: styles.get(WHOLE)! }];
}

/** Statistics of many contents, by class, which all contents are matched by. */
export class SetStatistics {
  readonly #sums = new Map<string, FeatureMoments[]>();
  readonly #prepared = new Map<string, (PreparedContent | undefined)[]>();

  constructor(private readonly stylizer: Stylizer) {}

  /** Adds a content. */
  async add(
    pixels: Pixels<Samples>,
    regions: readonly ClassRegion[],
    options: PaintOptions & { photo?: boolean },
  ): Promise<void> {
    const scales = await this.stylizer.measure(pixels, regions, options);
    for (const [scale, moments] of scales.entries()) {
      for (const [index, { name }] of regions.entries()) {
        this.#add(WHOLE, scale, moments[index]!);
        if (name !== WHOLE) this.#add(name, scale, moments[index]!);
      }
    }
  }

  #add(name: string, scale: number, moments: FeatureMoments): void {
    const sums = this.#sums.get(name) ?? [];
    this.#sums.set(name, sums);
    if (sums[scale]) sums[scale].add(moments);
    else sums[scale] = moments.clone();
  }

  /** Makes of what was added what contents are matched by. */
  async finish(): Promise<void> {
    const names = [...this.#sums.keys()];
    const scales = Math.max(...[...this.#sums.values()].map(({ length }) => length));
    for (let scale = 0; scale < scales; scale++) {
      const prepared = await this.stylizer.prepare([
        names.map((name) => this.#sums.get(name)![scale] ?? this.#sums.get(WHOLE)![scale]!),
      ]);
      for (const [index, name] of names.entries()) {
        const known = this.#prepared.get(name) ?? [];
        this.#prepared.set(name, known);
        known[scale] = prepared[0]![index];
      }
    }
  }

  /** Whether a class can be matched. */
  has(name: string): boolean {
    return this.#prepared.get(name)?.[0] !== undefined;
  }

  /** What the regions of a content are matched by. */
  matching(regions: readonly ClassRegion[]): ContentMatching {
    const whole = this.#prepared.get(WHOLE)!;
    const prepared = whole.map((all, scale) =>
      regions.map(({ name }) => this.#prepared.get(name)?.[scale] ?? all)
    );
    return { prepared };
  }
}

/**
 * A picture of any size, tile by tile, with exactly the result of doing it all at once.
 *
 * The first pass sums up the statistics of the features over all tiles; they give one
 * transformation for the whole. The second moves the features of each tile by it and decodes them.
 * Each tile is seen with so much around it that nothing further away has a say in it.
 *
 * @module
 */

import type { Tensor } from "../../backends/backend.ts";
import { withColorsOf } from "../image/color_transfer.ts";
import { cellMeans, cover, type Mask } from "../image/mask.ts";
import { type Area, blankLike, crop, paste, type Pixels, type Samples } from "../image/pixels.ts";
import { fromPlanes, toPlanes } from "../image/planes.ts";
import { detach, release } from "./memory.ts";
import type { Network } from "../model/network.ts";
import { FeatureSums } from "../transfer/statistics.ts";
import type { StyleStatistics } from "../transfer/style.ts";
import {
  type AffineMap,
  affineMap,
  type ContentStatistics,
  mapToStyle,
} from "../transfer/transformation.ts";
import { FeatureStore } from "./feature_store.ts";
import { cutIntoTiles, grow } from "./tiles.ts";
import { yieldToEventLoop } from "../util/event_loop.ts";

/** A style, and where it goes; without a mask, everywhere. */
export interface MaskedStyle {
  style: StyleStatistics;
  /** Of the picture's size. Where masks meet they sum to 1 at most. */
  mask?: Mask;
}

/**
 * Chooses the statistics, for each style, that the content is matched by. The first pass is made
 * where `measure`, which tells the sums over the picture's own features, is called.
 */
export type Matching = (
  measure: () => Promise<FeatureSums[]>,
) => Promise<(ContentStatistics | undefined)[]>;

/** How a picture is restyled. */
export interface TwoPassSettings {
  alpha: number;
  /** A weight for each level; they sum to 1. */
  levels: readonly number[];
  preserveColor?: "none" | "luminance";
  colorOnly?: boolean;
  /** Side of a tile, in pixels. */
  tile: number;
  /** Bytes that the features may take between the passes; beyond it they are computed again. */
  featureBytes: number;
  /** Whether the result may take the place of the content, in the same memory. */
  inPlace?: boolean;
  /** Default: by the picture's own statistics. */
  matching?: Matching;
  signal?: AbortSignal;
  /** Told after each tile of each pass which share of the work is done, 0 to 1. */
  onProgress?: (share: number) => void;
}

/** Restyles a picture by regions; the result has as many bits a channel. */
export async function stylizeInTiles<S extends Samples>(
  network: Network,
  content: Pixels<S>,
  styles: readonly MaskedStyle[],
  settings: TwoPassSettings,
): Promise<Pixels<S>> {
  return await new TwoPasses(network, content, styles, settings).run();
}

/** The first pass alone: sums over the features of a picture, for each mask where it is. */
export async function measureInTiles(
  network: Network,
  content: Pixels<Samples>,
  masks: readonly (Mask | undefined)[],
  settings: FirstPassSettings,
): Promise<FeatureSums[]> {
  return await new FirstPass(network, content, masks, settings).measure();
}

/** How a picture is looked at. */
type FirstPassSettings = Pick<TwoPassSettings, "tile" | "signal" | "onProgress">;

class FirstPass<S extends Samples> {
  protected readonly tiles: Area[];

  constructor(
    readonly network: Network,
    readonly content: Pixels<S>,
    readonly masks: readonly (Mask | undefined)[],
    readonly settings: FirstPassSettings,
  ) {
    const { width, height } = content;
    this.tiles = cutIntoTiles(width, height, settings.tile, network.manifest.multiple);
  }

  /** Sums over the features, for each mask where it is. */
  async measure(visit?: (features: Tensor, tile: Area, around: Area) => Promise<void>) {
    const { network, settings, masks } = this;
    const { channels, radius } = network.manifest;
    const sums = masks.map(() => new FeatureSums(channels));
    for (const [done, tile] of this.tiles.entries()) {
      if (done > 0) await yieldToEventLoop();
      settings.signal?.throwIfAborted();
      const around = this.grow(tile, radius.encoder);
      const features = await this.encode(around);
      for (const [index, mask] of masks.entries()) {
        const weights = this.weights(mask, tile, around);
        const { count, sum, products } = await network.statistics(features, weights);
        sums[index]!.add(count, sum, products);
      }
      if (visit) await visit(features, tile, around);
      else release(features);
      settings.onProgress?.((done + 1) / this.tiles.length / 2);
    }
    return sums;
  }

  protected async encode(area: Area): Promise<Tensor> {
    const planes = toPlanes(this.content, area);
    const features = await this.network.encode(planes);
    detach(planes.data);
    return features;
  }

  protected grow(area: Area, margin: number): Area {
    const { width, height } = this.content;
    return grow(area, margin, this.network.manifest.multiple, width, height);
  }

  /** The feature pixels of an area; at the border of the picture, those of its padding too. */
  protected cells({ left, top, width, height }: Area): Area {
    const { multiple, stride } = this.network.manifest;
    const cells = (length: number) => Math.ceil(length / multiple) * multiple / stride;
    return { left: left / stride, top: top / stride, width: cells(width), height: cells(height) };
  }

  /** Weights of the feature pixels around a tile: of its own by the mask, of others 0. */
  protected weights(mask: Mask | undefined, tile: Area, around: Area): Float32Array {
    const [own, all] = [this.cells(tile), this.cells(around)];
    const weights = new Float32Array(all.width * all.height);
    const means = mask && cellMeans(mask, own, this.network.manifest.stride);
    for (let row = 0; row < own.height; row++) {
      const to = (own.top - all.top + row) * all.width + own.left - all.left;
      if (!means) weights.fill(1, to, to + own.width);
      else weights.set(means.subarray(row * own.width, (row + 1) * own.width), to);
    }
    return weights;
  }
}

class TwoPasses<S extends Samples> extends FirstPass<S> {
  /** Features between the passes: of the one tile there is, or of all. */
  #single?: Tensor;
  #store?: FeatureStore;

  constructor(
    network: Network,
    content: Pixels<S>,
    readonly styles: readonly MaskedStyle[],
    override readonly settings: TwoPassSettings,
  ) {
    super(network, content, styles.map(({ mask }) => mask), settings);
  }

  async run(): Promise<Pixels<S>> {
    const { content, settings } = this;
    const maps = await this.#maps();
    const reuse = settings.inPlace && (this.#store || this.tiles.length === 1);
    const result = reuse
      ? content
      : { ...content, data: blankLike(content.data, content.data.length) };
    for (const [index, tile] of this.tiles.entries()) {
      if (index > 0) await yieldToEventLoop();
      settings.signal?.throwIfAborted();
      const part = await this.#restyle(tile, maps);
      paste(result, part, tile);
      detach(part.data);
      settings.onProgress?.((1 + (index + 1) / this.tiles.length) / 2);
    }
    this.#store?.free();
    return result;
  }

  /** The first pass, with its features kept for the second. */
  async #measureAndKeep(): Promise<FeatureSums[]> {
    const { channels, stride } = this.network.manifest;
    const { width, height } = this.content;
    const bytes = FeatureStore.bytes(channels, width * height / stride ** 2);
    const alone = this.tiles.length === 1;
    if (!alone && bytes <= this.settings.featureBytes) this.#store = new FeatureStore(channels);
    return await this.measure(async (features, tile, around) => {
      if (alone) this.#single = features;
      else {
        const values = await features.getData() as Float32Array;
        this.#store?.put(this.cells(tile), values, this.cells(around));
        release(features);
        detach(values);
      }
    });
  }

  /** The map of each style. */
  async #maps(): Promise<AffineMap[]> {
    const { network, settings, styles } = this;
    const { alpha, levels, matching = matchOwn(network) } = settings;
    const { channels } = network.manifest;
    const contents = await matching(() => this.#measureAndKeep());
    return styles.map(({ style }, index) => {
      const content = contents[index];
      // Nowhere to go: others have taken all of its region.
      if (!content) return affineMap(new Float64Array(channels ** 2), style.mean, style.mean, 0);
      return mapToStyle(content, style, levels, alpha);
    });
  }

  /** Second pass over a tile. */
  async #restyle(tile: Area, maps: AffineMap[]): Promise<Pixels<S>> {
    const { network, content, styles, settings } = this;
    const around = this.grow(tile, network.manifest.radius.decoder);
    const features = await this.#features(around);
    let moved = features;
    for (const [index, { mask }] of styles.entries()) {
      const next = await network.transfer(
        features,
        moved,
        maps[index]!,
        mask && cellMeans(mask, this.cells(around), network.manifest.stride),
      );
      if (moved !== features) release(moved);
      moved = next;
    }
    const image = await network.decode(moved);
    release(moved);
    release(features);

    const original = crop(content, tile);
    const stylized = fromPlanes(image, tile.left - around.left, tile.top - around.top, original);
    detach(image.data);
    const masks = styles.flatMap(({ mask }) => mask ?? []);
    const coloured = applyColors(stylized, original, settings);
    return masks.length > 0 ? cover(coloured, original, masks, tile) : coloured;
  }

  /** Features of an area, from where they are. */
  async #features(area: Area): Promise<Tensor> {
    if (this.#single) return this.#single;
    const { channels, radius } = this.network.manifest;
    const cells = this.cells(area);
    let values: Float32Array;
    if (this.#store) values = this.#store.take(cells);
    else {
      const around = this.grow(area, radius.encoder);
      const features = await this.encode(around);
      if (around.width === area.width && around.height === area.height) return features;
      const larger = await features.getData() as Float32Array;
      values = cut(larger, this.cells(around), cells, channels);
      release(features);
      detach(larger);
    }
    return this.network.backend.tensor(values, [1, channels, cells.height, cells.width]);
  }
}

/** A picture matched by its own statistics. */
function matchOwn(network: Network): Matching {
  return async (measure) => {
    const contents = [];
    for (const sums of await measure()) contents.push(await network.contentStatistics(sums));
    return contents;
  };
}

/** The features of an area within those of a larger one. */
function cut(features: Float32Array, from: Area, to: Area, channels: number): Float32Array {
  const part = new Float32Array(channels * to.width * to.height);
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < to.height; row++) {
      const start = (channel * from.height + to.top - from.top + row) * from.width +
        to.left - from.left;
      const line = features.subarray(start, start + to.width);
      part.set(line, (channel * to.height + row) * to.width);
    }
  }
  return part;
}

/** A result with the colours that the settings ask for. */
export function applyColors<S extends Samples>(
  stylized: Pixels<S>,
  content: Pixels<S>,
  { preserveColor = "none", colorOnly = false }: Pick<
    TwoPassSettings,
    "preserveColor" | "colorOnly"
  >,
): Pixels<S> {
  if (colorOnly) return withColorsOf(content, stylized);
  return preserveColor === "luminance" ? withColorsOf(stylized, content) : stylized;
}

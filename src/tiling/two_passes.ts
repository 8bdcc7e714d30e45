/**
 * A picture of any size, tile by tile, with exactly the result of doing it all at once.
 *
 * The first pass gathers the statistics of the features over all tiles; they give one
 * transformation for the whole. The second moves the features of each tile by it and decodes them.
 * Each tile is seen with so much around it that nothing further away can influence it.
 *
 * @module
 */

import type { Tensor } from "../../backends/backend.ts";
import { withColorsOf } from "../image/color_transfer.ts";
import { cellMeans, cover, type Mask } from "../image/mask.ts";
import { type Area, blankLike, crop, paste, type Pixels, type Samples } from "../image/pixels.ts";
import { fromPlanes, toPlanes } from "../image/planes.ts";
import type { Network } from "../model/network.ts";
import { FeatureMoments } from "../transfer/statistics.ts";
import type { StyleStatistics } from "../transfer/style.ts";
import { type AffineMap, affineMap, type PreparedContent } from "../transfer/transformation.ts";
import { yieldToEventLoop } from "../util/event_loop.ts";
import { FeatureStore } from "./feature_store.ts";
import { detach, release } from "./memory.ts";
import { cutIntoTiles, grow } from "./tiles.ts";

/** A style, and where it goes; without a mask, everywhere. */
export interface MaskedStyle {
  style: StyleStatistics;
  /** Of the picture's size. Where masks meet they sum to 1 at most. */
  mask?: Mask;
}

/**
 * Statistics that a content is matched by instead of its own, one for each style.
 *
 * `prepared`: these, as for frames that share the statistics of their clip; the first pass is left
 * out. `combine`: what becomes of the content's own moments, as where earlier frames count, too.
 */
export type ContentMatching =
  | { readonly prepared: readonly (PreparedContent | undefined)[] }
  | { combine(own: readonly FeatureMoments[]): readonly FeatureMoments[] };

/** How a picture is measured. */
export interface FirstPassSettings {
  /** Side of a tile, in pixels. */
  tile: number;
  signal?: AbortSignal;
  /** Told after each tile of each pass which share of the work is done, 0 to 1. */
  onProgress?: (share: number) => void;
}

/** How a picture is stylized. */
export interface TwoPassSettings extends FirstPassSettings {
  alpha: number;
  /** A weight for each level; they sum to 1. */
  levels: readonly number[];
  preserveColor?: "none" | "luminance";
  colorOnly?: boolean;
  /** Bytes that the features may take between the passes; beyond it they are computed again. */
  featureBytes: number;
  /** Whether the result may take the place of the content, in the same memory. */
  inPlace?: boolean;
  /** Default: by the picture's own statistics. */
  matching?: ContentMatching;
}

/** Stylizes a picture by regions; the result has as many bits a channel. */
export async function stylizeInTiles<S extends Samples>(
  network: Network,
  content: Pixels<S>,
  styles: readonly MaskedStyle[],
  settings: TwoPassSettings,
): Promise<Pixels<S>> {
  const features = new TiledFeatures(network, content, settings.tile);
  const maps = await contentMaps(features, styles, settings);
  const { tiles } = features;
  const reuse = settings.inPlace && features.areKept;
  const result = reuse ? content : {
    data: blankLike(content.data, content.data.length),
    width: content.width,
    height: content.height,
  };
  for (const [index, tile] of tiles.entries()) {
    if (index > 0) await yieldToEventLoop();
    settings.signal?.throwIfAborted();
    const part = await secondPass(features, content, tile, styles, maps, settings);
    paste(result, part, tile);
    detach(part.data);
    settings.onProgress?.((1 + (index + 1) / tiles.length) / 2);
  }
  features.free();
  return result;
}

/** The first pass alone: moments of the features of a picture, for each mask where it is. */
export async function measureInTiles(
  network: Network,
  content: Pixels<Samples>,
  masks: readonly (Mask | undefined)[],
  settings: FirstPassSettings,
): Promise<FeatureMoments[]> {
  return await new TiledFeatures(network, content, settings.tile).measure(masks, settings);
}

/** The map of each style. */
async function contentMaps(
  features: TiledFeatures,
  styles: readonly MaskedStyle[],
  settings: TwoPassSettings,
): Promise<AffineMap[]> {
  const { alpha, levels, matching, featureBytes } = settings;
  const { network } = features;
  let contents: readonly (PreparedContent | undefined)[];
  if (matching && "prepared" in matching) contents = matching.prepared;
  else {
    features.keep(featureBytes);
    const own = await features.measure(styles.map(({ mask }) => mask), settings);
    contents = await prepareContents(network, matching ? matching.combine(own) : own);
  }
  return styles.map(({ style }, index) => {
    const content = contents[index];
    if (content) return content.mapTo(style, levels, alpha);
    // The region is empty: others have taken all of it.
    const nothing = new Float64Array(network.manifest.channels ** 2);
    return affineMap(nothing, style.mean, style.mean, 0);
  });
}

/** The content's side of the transfer for each region; none for a region without weight. */
export async function prepareContents(
  network: Network,
  moments: readonly FeatureMoments[],
): Promise<(PreparedContent | undefined)[]> {
  const contents: (PreparedContent | undefined)[] = [];
  for (const region of moments) contents.push(await network.prepareContent(region));
  return contents;
}

/** Moves the features of a tile by the maps, and decodes them. */
async function secondPass<S extends Samples>(
  tiled: TiledFeatures,
  content: Pixels<S>,
  tile: Area,
  styles: readonly MaskedStyle[],
  maps: readonly AffineMap[],
  settings: TwoPassSettings,
): Promise<Pixels<S>> {
  const { network } = tiled;
  const { stride, radius } = network.manifest;
  const around = tiled.grow(tile, radius.decoder);
  const features = await tiled.read(around);
  let moved = features;
  for (const [index, { mask }] of styles.entries()) {
    const weights = mask && cellMeans(mask, tiled.cells(around), stride);
    const next = await network.transfer(features, moved, maps[index]!, weights);
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
  const colored = applyColors(stylized, original, settings);
  return masks.length > 0 ? cover(colored, original, masks, tile) : colored;
}

/**
 * The features of a picture by tiles. Those that the first pass has computed are kept for the second
 * as far as memory allows, and else computed again.
 */
class TiledFeatures {
  readonly tiles: readonly Area[];
  /** Those of the one tile there is. */
  #single?: Tensor;
  /** Those of all tiles. */
  #store?: FeatureStore;
  #keepsSingle = false;

  constructor(
    readonly network: Network,
    readonly content: Pixels<Samples>,
    tile: number,
  ) {
    const { width, height } = content;
    this.tiles = cutIntoTiles(width, height, tile, network.manifest.multiple);
  }

  /** Lets {@linkcode measure} keep the features for {@linkcode read}, in that many bytes at most. */
  keep(maxBytes: number): void {
    const { channels, stride } = this.network.manifest;
    const { width, height } = this.content;
    if (this.tiles.length === 1) this.#keepsSingle = true;
    else if (FeatureStore.bytes(channels, width * height / stride ** 2) <= maxBytes) {
      this.#store = new FeatureStore(channels);
    }
  }

  /** Whether the second pass needs the content's pixels no more, but those of the tile it is at. */
  get areKept(): boolean {
    return this.#store !== undefined || this.tiles.length === 1;
  }

  /** The first pass: moments of the features, for each mask where it is. */
  async measure(
    masks: readonly (Mask | undefined)[],
    { signal, onProgress }: FirstPassSettings,
  ): Promise<FeatureMoments[]> {
    const { network, tiles } = this;
    const { channels, radius } = network.manifest;
    const moments = masks.map(() => new FeatureMoments(channels));
    for (const [done, tile] of tiles.entries()) {
      if (done > 0) await yieldToEventLoop();
      signal?.throwIfAborted();
      const around = this.grow(tile, radius.encoder);
      const features = await this.#encode(around);
      for (const [index, mask] of masks.entries()) {
        const weights = this.#weights(mask, tile, around);
        moments[index]!.add(await network.statistics(features, weights));
      }
      if (this.#keepsSingle) this.#single = features;
      else {
        if (this.#store) {
          const values = await features.getData() as Float32Array;
          this.#store.put(this.cells(tile), values, this.cells(around));
          detach(values);
        }
        release(features);
      }
      onProgress?.((done + 1) / tiles.length / 2);
    }
    return moments;
  }

  /** Features of an area, kept or computed again; dispose them. */
  async read(area: Area): Promise<Tensor> {
    if (this.#single) return this.#single;
    const { channels, radius } = this.network.manifest;
    const cells = this.cells(area);
    let values: Float32Array;
    if (this.#store) values = this.#store.take(cells);
    else {
      const around = this.grow(area, radius.encoder);
      const features = await this.#encode(around);
      if (around.width === area.width && around.height === area.height) return features;
      const larger = await features.getData() as Float32Array;
      values = cropFeatures(larger, this.cells(around), cells, channels);
      release(features);
      detach(larger);
    }
    return this.network.backend.tensor(values, [1, channels, cells.height, cells.width]);
  }

  /** Releases the memory of the features that were kept. */
  free(): void {
    this.#store?.free();
  }

  /** An area with a margin, within the picture. */
  grow(area: Area, margin: number): Area {
    const { width, height } = this.content;
    return grow(area, margin, this.network.manifest.multiple, width, height);
  }

  /** The feature pixels of an area; at the border of the picture, those of its padding too. */
  cells({ left, top, width, height }: Area): Area {
    const { multiple, stride } = this.network.manifest;
    const cells = (length: number) => Math.ceil(length / multiple) * multiple / stride;
    return { left: left / stride, top: top / stride, width: cells(width), height: cells(height) };
  }

  async #encode(area: Area): Promise<Tensor> {
    const planes = toPlanes(this.content, area);
    const features = await this.network.encode(planes);
    detach(planes.data);
    return features;
  }

  /** Weights of the feature pixels around a tile: its own by the mask, others 0. */
  #weights(mask: Mask | undefined, tile: Area, around: Area): Float32Array {
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

/** The features of an area within those of a larger one. */
function cropFeatures(
  features: Float32Array,
  from: Area,
  to: Area,
  channels: number,
): Float32Array {
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

/** A result with the colors that the settings ask for. */
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

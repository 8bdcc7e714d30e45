import type { Tensor } from "../../backends/backend.ts";
import type { Mask } from "../image/mask.ts";
import type { Area } from "../image/pixels.ts";
import type { Network } from "../model/network.ts";
import { FeatureMoments } from "../transfer/statistics.ts";
import { yieldToEventLoop } from "../util/event_loop.ts";
import { FeatureStore } from "./feature_store.ts";
import { detach, release } from "./memory.ts";
import type { PassInput } from "./pass_input.ts";
import { cutIntoTiles, grow } from "./tiles.ts";

/**
 * The features of a pass's picture by tiles. Those that are computed to measure them are kept for
 * decoding as far as memory allows, and else computed again.
 */
export class TiledFeatures {
  /** In pixels of the pass. */
  readonly tiles: readonly Area[];
  /** Those of the one tile there is. */
  #single?: Tensor;
  /** Those of all tiles. */
  #store?: FeatureStore;
  #keepsSingle = false;

  /** @param tile side of a tile, in pixels */
  constructor(
    readonly network: Network,
    readonly input: PassInput,
    tile: number,
  ) {
    const { width, height } = input;
    this.tiles = cutIntoTiles(width, height, tile, network.manifest.multiple);
  }

  /** Lets {@linkcode measure} keep the features for {@linkcode read}, in that many bytes at most. */
  keep(maxBytes: number): void {
    const { channels, stride } = this.network.manifest;
    const { width, height } = this.input;
    if (this.tiles.length === 1) this.#keepsSingle = true;
    else if (FeatureStore.bytes(channels, width * height / stride ** 2) <= maxBytes) {
      this.#store = new FeatureStore(channels);
    }
  }

  /** Whether decoding a tile needs no pixels of the content but those of the tile. */
  get areKept(): boolean {
    return this.#store !== undefined || this.tiles.length === 1;
  }

  /**
   * Moments of the features, for each mask where it is.
   *
   * @param onTile told how many tiles are measured
   */
  async measure(
    masks: readonly (Mask | undefined)[],
    signal?: AbortSignal,
    onTile?: (done: number) => void,
  ): Promise<FeatureMoments[]> {
    const { network, tiles } = this;
    const { channels, radius } = network.manifest;
    const moments = masks.map(() => new FeatureMoments(channels));
    for (const [done, tile] of tiles.entries()) {
      await yieldToEventLoop();
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
      onTile?.(done + 1);
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
    const { width, height } = this.input;
    return grow(area, margin, this.network.manifest.multiple, width, height);
  }

  /** The feature pixels of an area; at the border of the picture, those of its padding too. */
  cells({ left, top, width, height }: Area): Area {
    const { multiple, stride } = this.network.manifest;
    const cells = (length: number) => Math.ceil(length / multiple) * multiple / stride;
    return { left: left / stride, top: top / stride, width: cells(width), height: cells(height) };
  }

  async #encode(area: Area): Promise<Tensor> {
    const view = this.input.view(area, this.network.manifest);
    const features = await this.network.encode(view);
    detach(view.data);
    return features;
  }

  /** Weights of the feature pixels around a tile: its own by the mask, others 0. */
  #weights(mask: Mask | undefined, tile: Area, around: Area): Float32Array {
    const [own, all] = [this.cells(tile), this.cells(around)];
    const weights = new Float32Array(all.width * all.height);
    const means = mask && this.input.maskMeans(mask, own, this.network.manifest.stride);
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

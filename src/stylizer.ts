import { type BackendName, openBackend, type Precision } from "../backends/mod.ts";
import { shareMasks, toMask } from "./image/mask.ts";
import { ImageError } from "./image/image_error.ts";
import type { Pixels, Samples } from "./image/pixels.ts";
import { fromPlanes, toPlanes } from "./image/planes.ts";
import { Network } from "./model/network.ts";
import { chooseTile, type Tile } from "./tiling/tile_size.ts";
import {
  applyColors,
  type MaskedStyle,
  type Matching,
  measureInTiles,
  stylizeInTiles,
} from "./tiling/two_passes.ts";
import type { FeatureSums } from "./transfer/statistics.ts";
import type { StyleStatistics } from "./transfer/style.ts";
import { normalizeWeights } from "./transfer/weights.ts";

/** Settings of {@linkcode Stylizer.load}. */
export interface LoadOptions {
  /** Name of a model that comes with the program, or the URL of a model's folder. Default: `"default"`. */
  model?: string | URL;
  /** Default: `"auto"`, the fastest that works here. */
  backend?: BackendName | "auto";
  /** Arithmetic on a graphics card. Default: `"float32"`. */
  precision?: Precision;
  /** Processor threads, 1 or more. Default: as many as the machine has. */
  threads?: number;
  /** Told, in one line, where the backend first chosen could not start and another was taken. */
  onNote?: (note: string) => void;
}

/** Settings of {@linkcode Stylizer.stylize}. */
export interface StylizeOptions {
  /** Strength: 0 is the content, reconstructed, 1 full style, up to 1.5 more than that. Default: 1. */
  alpha?: number;
  /** Weight of each level, 0 or more; their ratios count. Default: those of the model. */
  levels?: readonly number[];
  /**
   * `"luminance"`: the result has the content's colours, and only its brightness is the style's.
   * Default: `"none"`.
   */
  preserveColor?: "none" | "luminance";
  /** The result has the content's brightness, and only its colours are the style's. */
  colorOnly?: boolean;
  /** Where the style goes: white; black is left as it is, grey between. Of any size. */
  mask?: Pixels;
  /**
   * Side of the tiles that are worked on one at a time, in pixels; `"off"`: the whole picture at
   * once; `"auto"`: at once where that fits the backend. The result is the same. Default: `"auto"`.
   */
  tile?: Tile;
  /** The result takes the content's memory, and the content is lost: for very large pictures. */
  inPlace?: boolean;
  /** Statistics that the content is matched by. Default: its own. Frames of a clip share some. */
  matching?: Matching;
  /** Gives up before the next step of the work. */
  signal?: AbortSignal;
  /** Told now and then which share of the work is done, 0 to 1. */
  onProgress?: (share: number) => void;
}

/** A style, and where it goes. */
export interface Region {
  style: StyleStatistics;
  /** See {@linkcode StylizeOptions.mask}. Without one, the style goes where no other does. */
  mask?: Pixels;
}

/**
 * Restyles pictures after pictures.
 *
 * @example From two pictures to a third
 * ```ts
 * import { decodeImage, encodeImage, Stylizer } from "./mod.ts";
 *
 * const content = await decodeImage(await Deno.readFile("examples/island.jpg"));
 * const style = await decodeImage(await Deno.readFile("examples/mosaic.jpg"));
 *
 * await using stylizer = await Stylizer.load();
 * const statistics = await stylizer.encodeStyle(style);
 * const stylized = await stylizer.stylize(content, statistics, { alpha: 0.8 });
 * const bytes = await encodeImage(stylized, "png");
 * ```
 */
export class Stylizer implements AsyncDisposable {
  private constructor(
    /** The networks, for those who want features, sums and matrices themselves. */
    readonly network: Network,
  ) {}

  /**
   * Opens a model on a backend.
   *
   * @throws {BackendError} if the backend cannot start
   * @throws {ModelError} if the model cannot be read
   */
  static async load({ model = "default", ...options }: LoadOptions = {}): Promise<Stylizer> {
    const { backend: name = "auto", ...settings } = options;
    const folder = model instanceof URL ? model : new URL(`../models/${model}/`, import.meta.url);
    return new Stylizer(await Network.open(folder, await openBackend(name, settings)));
  }

  /** Weight of each level where none are given; they sum to 1. */
  get defaultLevels(): readonly number[] {
    return this.network.manifest.levelWeights;
  }

  /**
   * Statistics of a style, to be used for any number of contents.
   *
   * @param pixels the style at the size, in pixels, at which its strokes are to appear
   * @param mask what of it counts: white; of any size
   * @param tile as {@linkcode StylizeOptions.tile}
   * @throws {ImageError} if the picture is smaller than the networks can take, or the mask is empty
   */
  async encodeStyle(
    pixels: Pixels,
    mask?: Pixels,
    tile: Tile = "auto",
  ): Promise<StyleStatistics> {
    this.#checkSize(pixels);
    const { network } = this;
    const { width, height } = pixels;
    const masks = [mask && await toMask(mask, width, height)];
    const side = chooseTile(tile, width, height, network);
    const [sums] = await measureInTiles(network, pixels, masks, { tile: side });
    return await network.styleStatistics(sums!);
  }

  /**
   * A content in a style, of the content's size, transparency and bits a channel.
   *
   * @throws {ImageError} if the picture is smaller than the networks can take, or the mask is empty
   * @throws {RangeError} if alpha is not in 0..1.5, or the levels are not one weight each
   * @throws {TypeError} if the style's statistics are of another model
   */
  async stylize<S extends Samples>(
    pixels: Pixels<S>,
    style: StyleStatistics,
    { mask, ...options }: StylizeOptions = {},
  ): Promise<Pixels<S>> {
    if (mask) return await this.stylizeRegions(pixels, [{ style, mask }], options);
    const { alpha, levels, tile } = this.#check(pixels, [style], options);
    const { width, height } = pixels;
    if (options.matching || tile < Math.max(width, height)) {
      return await this.#inTiles(pixels, [{ style }], options);
    }
    options.signal?.throwIfAborted();
    const planes = toPlanes(pixels, { left: 0, top: 0, width, height });
    const { matrices, mean } = style;
    const stylized = await this.network.stylize(planes, matrices, mean, levels, alpha);
    options.signal?.throwIfAborted();
    return applyColors(fromPlanes(stylized, 0, 0, pixels), pixels, options);
  }

  /**
   * A content with a style of its own in each region, each matched with the content in that region.
   *
   * @throws as {@linkcode stylize}
   */
  async stylizeRegions<S extends Samples>(
    pixels: Pixels<S>,
    regions: readonly Region[],
    options: Omit<StylizeOptions, "mask"> = {},
  ): Promise<Pixels<S>> {
    const [first] = regions;
    if (first && !first.mask && regions.length === 1) {
      return await this.stylize(pixels, first.style, options);
    }
    return await this.#inTiles(pixels, await shareRegions(pixels, regions), options);
  }

  /**
   * Sums over the features of a content, for each region: those of several pictures add up.
   *
   * @throws as {@linkcode stylize}
   */
  async measure(
    pixels: Pixels<Samples>,
    regions: readonly Region[],
    options: Pick<StylizeOptions, "tile" | "signal" | "onProgress"> = {},
  ): Promise<FeatureSums[]> {
    const styles = await shareRegions(pixels, regions);
    const { tile } = this.#check(pixels, styles.map(({ style }) => style), options);
    const masks = styles.map(({ mask }) => mask);
    return await measureInTiles(this.network, pixels, masks, { ...options, tile });
  }

  /** Releases what the backend holds for the networks. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.network.close();
  }

  async #inTiles<S extends Samples>(
    pixels: Pixels<S>,
    styles: readonly MaskedStyle[],
    options: StylizeOptions,
  ) {
    const checked = this.#check(pixels, styles.map(({ style }) => style), options);
    return await stylizeInTiles(this.network, pixels, styles, {
      ...options,
      ...checked,
      featureBytes: FEATURE_BYTES,
    });
  }

  #check(
    pixels: Pixels<Samples>,
    styles: readonly StyleStatistics[],
    { alpha = 1, levels = this.defaultLevels, tile = "auto" }: StylizeOptions,
  ) {
    this.#checkSize(pixels);
    if (!(alpha >= 0 && alpha <= 1.5)) throw new RangeError(`alpha must be in 0..1.5: ${alpha}`);
    if (levels.length !== this.defaultLevels.length) {
      throw new RangeError(
        `This model has ${this.defaultLevels.length} levels: ${levels.length} weights were given`,
      );
    }
    if (styles.some(({ model }) => model.checksum !== this.network.identity.checksum)) {
      throw new TypeError("The style's statistics are of another model: encode the style again");
    }
    const side = chooseTile(tile, pixels.width, pixels.height, this.network);
    return { alpha, levels: normalizeWeights(levels), tile: side };
  }

  #checkSize({ width, height }: Pixels<Samples>): void {
    const { minimumSize } = this.network.manifest;
    if (width < minimumSize || height < minimumSize) {
      throw new ImageError(
        `A picture must be at least ${minimumSize} px wide and high: this one has ${width}×${height}`,
      );
    }
  }
}

/** Styles with masks that share the picture. */
async function shareRegions(
  { width, height }: Pixels<Samples>,
  regions: readonly Region[],
): Promise<MaskedStyle[]> {
  if (regions.length === 1 && !regions[0]!.mask) return [{ style: regions[0]!.style }];
  const masks = await Promise.all(regions.map(({ mask }) => mask && toMask(mask, width, height)));
  const shared = shareMasks(masks, width, height);
  return regions.map(({ style }, index) => ({ style, mask: shared[index]! }));
}

/** Memory for features between the passes over tiles: enough for some 130 million pixels. */
const FEATURE_BYTES = 2 ** 30;

import type { Tensor } from "../backends/backend.ts";
import { type BackendName, openBackend } from "../backends/mod.ts";
import { withColoursOf } from "./image/colour.ts";
import { cellMeans, type Mask, shareMasks, toMask } from "./image/mask.ts";
import { ImageError, type Pixels } from "./image/pixels.ts";
import { fromPlanes, toPlanes } from "./image/planes.ts";
import { Network, type Planes } from "./model/network.ts";
import type { StyleStatistics } from "./transfer/style.ts";
import { affineMap, transformationMatrix } from "./transfer/transformation.ts";
import { normalizeWeights } from "./transfer/weights.ts";

/** Settings of {@linkcode Stylizer.load}. */
export interface LoadOptions {
  /** Name of a model that comes with the program, or the URL of a model's folder. Default: `"default"`. */
  model?: string | URL;
  /** Default: `"auto"`, the fastest that works here. */
  backend?: BackendName | "auto";
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
  /** Gives up before the next step of the work. */
  signal?: AbortSignal;
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
   * @throws {ImageError} if the picture is smaller than the networks can take, or the mask is empty
   */
  async encodeStyle(pixels: Pixels, mask?: Pixels): Promise<StyleStatistics> {
    const { network } = this;
    const features = await network.encode(this.#planes(pixels));
    const where = mask && await toMask(mask, pixels.width, pixels.height);
    const sums = await network.statistics(features, where && this.#cells(where, features));
    features.dispose();
    const covariance = sums.covariance();
    return {
      model: network.identity,
      mean: Float32Array.from(sums.mean()),
      covariance: Float32Array.from(covariance),
      matrices: await network.styleMatrices(covariance),
    };
  }

  /**
   * A content in a style, of the content's size and transparency.
   *
   * @throws {ImageError} if the picture is smaller than the networks can take, or the mask is empty
   * @throws {RangeError} if alpha is not in 0..1.5, or the levels are not one weight each
   * @throws {TypeError} if the style's statistics are of another model
   */
  async stylize(
    pixels: Pixels,
    style: StyleStatistics,
    { mask, ...options }: StylizeOptions = {},
  ): Promise<Pixels> {
    if (mask) return await this.stylizeRegions(pixels, [{ style, mask }], options);
    const { alpha, levels } = this.#check([style], options);
    options.signal?.throwIfAborted();
    const { network } = this;
    const { matrices, mean } = style;
    const stylized = await network.stylize(this.#planes(pixels), matrices, mean, levels, alpha);
    options.signal?.throwIfAborted();
    return recolour(
      fromPlanes(stylized.data, stylized.width, stylized.height, pixels),
      pixels,
      options,
    );
  }

  /**
   * A content with a style of its own in each region, each matched with the content in that region.
   *
   * @throws as {@linkcode stylize}
   */
  async stylizeRegions(
    pixels: Pixels,
    regions: readonly Region[],
    options: Omit<StylizeOptions, "mask"> = {},
  ): Promise<Pixels> {
    const { network } = this;
    const { alpha, levels } = this.#check(regions.map(({ style }) => style), options);
    const { width, height } = pixels;
    const masks = shareMasks(
      await Promise.all(regions.map(({ mask }) => mask && toMask(mask, width, height))),
      width,
      height,
    );
    const features = await network.encode(this.#planes(pixels));
    let moved = features;
    for (const [index, { style }] of regions.entries()) {
      options.signal?.throwIfAborted();
      const cells = this.#cells(masks[index]!, features);
      const sums = await network.statistics(features, cells);
      if (sums.count < 1e-3) continue; // Others have taken all of it.
      const matrices = await network.contentMatrices(sums.covariance());
      const { channels } = network.manifest;
      const matrix = transformationMatrix(style.matrices, matrices, levels, channels);
      const map = affineMap(matrix, sums.mean(), style.mean, alpha);
      const next = await network.transfer(features, moved, map, cells);
      if (moved !== features) moved.dispose();
      moved = next;
    }
    const image = await network.decode(moved);
    if (moved !== features) moved.dispose();
    features.dispose();
    const stylized = fromPlanes(image.data, image.width, image.height, pixels);
    return coverWith(recolour(stylized, pixels, options), masks, pixels);
  }

  /** Releases what the backend holds for the networks. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.network.close();
  }

  #check(styles: StyleStatistics[], { alpha = 1, levels = this.defaultLevels }: StylizeOptions) {
    if (!(alpha >= 0 && alpha <= 1.5)) throw new RangeError(`alpha must be in 0..1.5: ${alpha}`);
    if (levels.length !== this.defaultLevels.length) {
      throw new RangeError(
        `This model has ${this.defaultLevels.length} levels: ${levels.length} weights were given`,
      );
    }
    if (styles.some(({ model }) => model.checksum !== this.network.identity.checksum)) {
      throw new TypeError("The style's statistics are of another model: encode the style again");
    }
    return { alpha, levels: normalizeWeights(levels) };
  }

  #planes(pixels: Pixels): Planes {
    const { width, height } = pixels;
    const { minimumSize } = this.network.manifest;
    if (width < minimumSize || height < minimumSize) {
      throw new ImageError(
        `A picture must be at least ${minimumSize} px wide and high: this one has ${width}×${height}`,
      );
    }
    return { data: toPlanes(pixels), width, height };
  }

  #cells(mask: Mask, features: Tensor): Float32Array {
    const [, , rows, columns] = features.dims as [number, number, number, number];
    return cellMeans(mask, this.network.manifest.stride, columns, rows);
  }
}

function recolour(
  stylized: Pixels,
  content: Pixels,
  { preserveColor = "none", colorOnly = false }: StylizeOptions,
): Pixels {
  if (colorOnly) return withColoursOf(content, stylized);
  return preserveColor === "luminance" ? withColoursOf(stylized, content) : stylized;
}

/** The result where the masks are, the content where none is. */
function coverWith(stylized: Pixels, masks: readonly Mask[], content: Pixels): Pixels {
  const data = stylized.data.map((value, index) => {
    const pixel = index >> 2;
    const share = masks.reduce((sum, mask) => sum + mask.data[pixel]!, 0);
    return share * value + (1 - share) * content.data[index]!;
  });
  return { ...stylized, data };
}

import { type BackendName, openBackend } from "../backends/mod.ts";
import { type Pixels } from "./image/pixels.ts";
import { ImageError } from "./image/pixels.ts";
import { fromPlanes, toPlanes } from "./image/planes.ts";
import { Network } from "./model/network.ts";
import { normalizeWeights } from "./transfer/levels.ts";
import type { StyleStatistics } from "./transfer/style.ts";

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
  /** Strength, 0 (the content, reconstructed) to 1 (full style). Default: 1. */
  alpha?: number;
  /** Weight of each level, 0 or more; their ratios count. Default: those of the model. */
  levels?: readonly number[];
  /** Gives up before the next step of the work. */
  signal?: AbortSignal;
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
  static async load(
    { model = "default", ...options }: LoadOptions = {},
  ): Promise<Stylizer> {
    const { backend: name = "auto", ...settings } = options;
    const folder = model instanceof URL ? model : new URL(`../models/${model}/`, import.meta.url);
    return new Stylizer(
      await Network.open(folder, await openBackend(name, settings)),
    );
  }

  /** Weight of each level where none are given; they sum to 1. */
  get defaultLevels(): readonly number[] {
    return this.network.manifest.levelWeights;
  }

  /**
   * Statistics of a style, to be used for any number of contents.
   *
   * @param pixels the style at the size, in pixels, at which its strokes are to appear
   * @throws {ImageError} if the picture is smaller than the networks can take
   */
  async encodeStyle(pixels: Pixels): Promise<StyleStatistics> {
    const { network } = this;
    const features = await network.encode(this.#planes(pixels));
    const sums = await network.statistics(features);
    features.dispose();
    const covariance = sums.covariance();
    return {
      model: network.checksum,
      mean: Float32Array.from(sums.mean()),
      covariance: Float32Array.from(covariance),
      matrices: await network.styleMatrices(covariance),
    };
  }

  /**
   * A content in a style, of the content's size and transparency.
   *
   * @throws {ImageError} if the picture is smaller than the networks can take
   * @throws {RangeError} if alpha is not in 0..1, or the levels are not one weight each
   * @throws {TypeError} if the style's statistics are of another model
   */
  async stylize(
    pixels: Pixels,
    style: StyleStatistics,
    { alpha = 1, levels = this.defaultLevels, signal }: StylizeOptions = {},
  ): Promise<Pixels> {
    const { network } = this;
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new RangeError(`alpha must be in 0..1: ${alpha}`);
    }
    if (levels.length !== this.defaultLevels.length) {
      throw new RangeError(
        `This model has ${this.defaultLevels.length} levels: ${levels.length} weights were given`,
      );
    }
    if (style.model !== network.checksum) {
      throw new TypeError(
        "The style's statistics are of another model: encode the style again",
      );
    }
    const weights = normalizeWeights(levels);
    signal?.throwIfAborted();
    const image = this.#planes(pixels);
    const stylized = await network.stylize(
      image,
      style.matrices,
      style.mean,
      weights,
      alpha,
    );
    signal?.throwIfAborted();
    return fromPlanes(stylized.data, stylized.width, stylized.height, pixels);
  }

  /** Releases what the backend holds for the networks. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.network.close();
  }

  #planes(pixels: Pixels) {
    const { width, height } = pixels;
    const { minimumSize } = this.network.manifest;
    if (width < minimumSize || height < minimumSize) {
      throw new ImageError(
        `A picture must be at least ${minimumSize} px wide and high: this one has ${width}×${height}`,
      );
    }
    return { data: toPlanes(pixels), width, height };
  }
}

import { type BackendName, openBackend, type Precision } from "../backends/mod.ts";
import { checkChoice, checkPixels } from "./image/check_arguments.ts";
import { shareMasks, toMask } from "./image/mask.ts";
import { paperMask } from "./image/paper_mask.ts";
import { ImageError } from "./image/image_error.ts";
import type { Pixels, Samples } from "./image/pixels.ts";
import { Network } from "./model/network.ts";
import { PhotoFit, type PhotoPair, type PhotoRegion } from "./photo/fit_photo_map.ts";
import { PhotoMap } from "./photo/photo_map.ts";
import { colorPlanes, opacityOf, smallCopy } from "./photo/small_copy.ts";
import {
  type ContentMatching,
  type DraftRevision,
  type MaskedStyle,
  measure,
  measureScale,
  paint,
  prepareContents,
} from "./tiling/paint.ts";
import { PassInput } from "./tiling/pass_input.ts";
import { type Brush, BRUSHES, DEFAULT_BRUSH, passCount, sideAt } from "./tiling/pyramid.ts";
import { chooseTile, type Tile } from "./tiling/tile_size.ts";
import type { FeatureMoments } from "./transfer/statistics.ts";
import {
  assertSameModel,
  assertStatistics,
  type ModelIdentity,
  type ScaleStatistics,
  STYLE_SCALES,
  type StyleStatistics,
} from "./transfer/style.ts";
import { StyleMoments } from "./transfer/style_moments.ts";
import type { PreparedContent } from "./transfer/transformation.ts";
import { normalizeWeights } from "./transfer/weights.ts";
import { rangeError } from "./util/arguments.ts";

/** Settings of {@linkcode Stylizer.load}. */
export interface LoadOptions {
  /**
   * Name of a model that comes with the program, or the URL of a model's folder, ending in `/`.
   * Default: `"default"`.
   */
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

/** Settings of everything that runs a picture through the networks. */
export interface WorkOptions {
  /**
   * Side of the tiles that are worked on one at a time, in pixels, 64 or more; `"off"`: the whole
   * picture at once; `"auto"`: at once where that fits the backend. The result is the same.
   * Default: `"auto"`.
   */
  tile?: Tile;
  /** Stops the work before its next step, with the signal's reason. */
  signal?: AbortSignal;
  /** Told now and then which share of the work is done, 0 to 1. */
  onProgress?: (share: number) => void;
}

/** Settings of {@linkcode Stylizer.encodeStyle}. */
export interface EncodeStyleOptions extends WorkOptions {
  /**
   * What of the style counts: white; black does not, grey partly. Of any size. `"none"`: all of it
   * alike. Default: all of it, but where paper, the most common color, is more than half of the
   * style, it counts as much as the rest.
   */
  mask?: Pixels | "none";
}

/** Settings of {@linkcode Stylizer.measure}, and of all that paints a picture. */
export interface PaintOptions extends WorkOptions {
  /**
   * How broad the strokes are: a picture is painted in 1 (`"fine"`), 2 (`"medium"`) or 3
   * (`"broad"`) passes, each but the last at half the size of the next; in fewer where its short
   * side is below 192 or 384 px. Default: `"medium"`.
   */
  brush?: Brush;
  /** Strength: 0 is the content, reconstructed, 1 full style, up to 1.5 more than that. Default: 1. */
  alpha?: number;
  /** Weight of each level, 0 or more; only their ratios count. Default: those of the model. */
  levels?: readonly number[];
}

/** Settings of {@linkcode Stylizer.stylize}. */
export interface StylizeOptions extends PaintOptions {
  /**
   * `"luminance"`: the result has the content's colors, and only its brightness is the style's.
   * Default: `"none"`.
   */
  preserveColor?: "none" | "luminance";
  /** The result has the content's brightness, and only its colors are the style's. */
  colorOnly?: boolean;
  /** Where the style goes: white; black is left as it is, grey between. Of any size. */
  mask?: Pixels;
  /**
   * Whether a photograph stays one: the style's light and colors, and nothing bent or painted. It
   * takes little longer for a large photograph than for a small one. Default: false.
   */
  photo?: boolean;
  /** The result takes the content's memory, and the content is lost: for very large pictures. */
  inPlace?: boolean;
  /** Statistics that the content is matched by, as frames of a clip share some. Default: its own. */
  matching?: ContentMatching;
  /** What becomes of the result of each pass but the last. Default: nothing. */
  reviseDraft?: DraftRevision;
}

/** A style, and where it goes. */
export interface Region {
  /** The style. */
  style: StyleStatistics;
  /** See {@linkcode StylizeOptions.mask}. Without one, the style goes where no other does. */
  mask?: Pixels;
}

/** What a model is, for those who choose between several. */
export interface ModelInfo extends ModelIdentity {
  /** Version of the model: `"1.5.1"`. */
  version: string;
  /** Names of the levels, from grain to shape; L of them. */
  levels: readonly string[];
  /** Short side, in pixels, at which styles were read in training. */
  styleSize: number;
  /** Shortest side, in pixels, of the pictures that the networks take. */
  minimumSize: number;
}

/** What a backend is and runs on. */
export interface BackendInfo {
  /** Name of the backend. */
  name: BackendName;
  /** What it runs on, in words: `"2 threads"`, `"NVIDIA GeForce RTX 4070"`. */
  device: string;
}

/**
 * Stylizes pictures after pictures.
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
  /** Styles as {@linkcode Network.forOnePass} gives them: made once for many pictures. */
  readonly #onePassStyles = new WeakMap<StyleStatistics, Promise<StyleStatistics>>();

  private constructor(
    /**
     * The networks, for those who want features, moments and matrices themselves.
     *
     * @internal
     */
    readonly network: Network,
  ) {}

  /**
   * Opens a model on a backend.
   *
   * @example On the processor, in WebAssembly
   * ```ts
   * import { Stylizer } from "./mod.ts";
   *
   * await using stylizer = await Stylizer.load({ backend: "wasm", threads: 2 });
   * console.log(stylizer.backend.device); // 2 threads
   * ```
   *
   * @throws {BackendError} if the backend cannot start
   * @throws {ModelError} if the model cannot be read
   */
  static async load({ model = "default", ...options }: LoadOptions = {}): Promise<Stylizer> {
    const { backend: name = "auto", ...settings } = options;
    const folder = model instanceof URL ? model : new URL(`../models/${model}/`, import.meta.url);
    return new Stylizer(await Network.open(folder, await openBackend(name, settings)));
  }

  /** The model that was opened. */
  get model(): ModelInfo {
    const { identity, manifest } = this.network;
    const { version, levels, styleSize, minimumSize } = manifest;
    return { ...identity, version, levels, styleSize, minimumSize };
  }

  /** The backend that the model runs on. */
  get backend(): BackendInfo {
    const { name, device } = this.network.backend;
    return { name, device };
  }

  /** Weight of each level where none are given; they sum to 1. */
  get defaultLevels(): readonly number[] {
    return this.network.manifest.levelWeights;
  }

  /**
   * Statistics of a style, to be used for any number of contents.
   *
   * @example Only the middle of a picture
   * ```ts
   * import { type Pixels, Stylizer } from "./mod.ts";
   *
   * async function middle(stylizer: Stylizer, style: Pixels) {
   *   const mask = { data: new Uint8ClampedArray(4 * 3 * 3).fill(255), width: 3, height: 3 };
   *   for (const pixel of [0, 1, 2, 3, 5, 6, 7, 8]) mask.data.fill(0, 4 * pixel, 4 * pixel + 3);
   *   return await stylizer.encodeStyle(style, { mask });
   * }
   * ```
   *
   * @param pixels the style at the size, in pixels, at which its strokes are to appear
   * @throws {ImageError} if the picture is smaller than the networks can take, or the mask is empty
   * @throws {TypeError | RangeError} if an argument is not as described
   */
  async encodeStyle(
    pixels: Pixels<Samples>,
    { mask, ...options }: EncodeStyleOptions = {},
  ): Promise<StyleStatistics> {
    const [moments] = await this.measureStyle(pixels, [mask], options);
    return await this.summarizeStyle(moments!);
  }

  /**
   * Moments of a style, for each of some masks: those of several pictures can be added, and
   * {@linkcode summarizeStyle} makes of them one style of all.
   *
   * @example One style of a folder's pictures
   * ```ts
   * import { type Pixels, type StyleMoments, Stylizer } from "./mod.ts";
   *
   * async function pool(stylizer: Stylizer, pictures: Pixels[]) {
   *   let all: StyleMoments | undefined;
   *   for (const picture of pictures) {
   *     const [moments] = await stylizer.measureStyle(picture);
   *     if (all) all.add(moments!);
   *     else all = moments;
   *   }
   *   return await stylizer.summarizeStyle(all!);
   * }
   * ```
   *
   * @param masks as that of {@linkcode EncodeStyleOptions}
   * @throws as {@linkcode encodeStyle}
   */
  async measureStyle(
    pixels: Pixels<Samples>,
    masks: readonly EncodeStyleOptions["mask"][] = [undefined],
    { tile = "auto", onProgress, ...options }: WorkOptions = {},
  ): Promise<StyleMoments[]> {
    this.#checkSize(pixels);
    const { network } = this;
    const { width, height } = pixels;
    chooseTile(tile, width, height, network); // Refuses a wrong one before the work.
    const weights = await Promise.all(
      masks.map((mask) =>
        mask === "none" ? undefined : mask ? readMask(mask, width, height) : paperMask(pixels)
      ),
    );
    const scales: FeatureMoments[][] = [];
    for (let scale = 0; scale < STYLE_SCALES; scale++) {
      const side = sideAt(scale, Math.min(width, height));
      // Too small a style is read at the smallest size that the networks take.
      if (side < network.manifest.minimumSize) {
        scales.push(scales.at(-1)!.map((moments) => moments.clone()));
      } else {
        const settings = {
          ...options,
          tile,
          ...onProgress && {
            onProgress: (share: number) => onProgress((scale + share) / STYLE_SCALES),
          },
        };
        scales.push(await measureScale(network, new PassInput(pixels, scale), weights, settings));
      }
    }
    return weights.map((mask, index) => {
      const moments = new StyleMoments(scales.map((masked) => masked[index]!));
      moments.colors.addPixels(pixels, mask);
      return moments;
    });
  }

  /**
   * The statistics of a style from its moments.
   *
   * @throws {RangeError} if there are no pixels in them
   */
  async summarizeStyle({ scales, colors }: StyleMoments): Promise<StyleStatistics> {
    const [first] = scales;
    if (!(first!.count > 0)) throw rangeError("moments.scales[0].count", "above 0", first!.count);
    const statistics: ScaleStatistics[] = [];
    for (const moments of scales) statistics.push(await this.network.styleStatistics(moments));
    return { model: this.network.identity, scales: statistics, colors: colors.statistics() };
  }

  /**
   * A content in a style, of the content's size, transparency and bits a channel.
   *
   * @example With the content's own colors
   * ```ts
   * import { type Pixels, Stylizer, type StyleStatistics } from "./mod.ts";
   *
   * async function repaint(stylizer: Stylizer, content: Pixels, style: StyleStatistics) {
   *   return await stylizer.stylize(content, style, { preserveColor: "luminance" });
   * }
   * ```
   *
   * @throws {ImageError} if the picture is smaller than the networks can take, or the mask is empty
   * @throws {RangeError} if alpha is not in 0..1.5, there is not a weight for each level, or a
   *   weight is negative or not finite
   * @throws {TypeError} if pixels do not fit their size
   * @throws {ModelMismatchError} if the style's statistics are of another model
   */
  async stylize<S extends Samples>(
    pixels: Pixels<S>,
    style: StyleStatistics,
    { mask, ...options }: StylizeOptions = {},
  ): Promise<Pixels<S>> {
    return await this.stylizeRegions(pixels, [mask ? { style, mask } : { style }], options);
  }

  /**
   * A content with a style of its own in each region, each matched with the content in that region.
   *
   * @example One style where a mask is white, another elsewhere
   * ```ts
   * import { type Pixels, Stylizer, type StyleStatistics } from "./mod.ts";
   *
   * async function collage(
   *   stylizer: Stylizer,
   *   content: Pixels,
   *   mask: Pixels,
   *   inside: StyleStatistics,
   *   outside: StyleStatistics,
   * ) {
   *   return await stylizer.stylizeRegions(content, [{ style: inside, mask }, { style: outside }]);
   * }
   * ```
   *
   * @throws as {@linkcode stylize}
   */
  async stylizeRegions<S extends Samples>(
    pixels: Pixels<S>,
    regions: readonly Region[],
    options: Omit<StylizeOptions, "mask"> = {},
  ): Promise<Pixels<S>> {
    if (options.photo) {
      const map = await this.fitPhoto(pixels, regions, options);
      return await map.apply(pixels, options);
    }
    const settings = { ...options, ...this.#check(pixels, regions, options) };
    const styles = await shareRegions(pixels, regions);
    const asPainted = settings.passes > 1 ? styles : await Promise.all(
      styles.map(async ({ style, ...place }) => ({
        style: await this.#forOnePass(style),
        ...place,
      })),
    );
    return await paint(this.network, pixels, asPainted, settings);
  }

  /** A style as a picture takes it that is painted in one pass alone. */
  #forOnePass(style: StyleStatistics): Promise<StyleStatistics> {
    let found = this.#onePassStyles.get(style);
    if (!found) {
      const [own, ...others] = style.scales;
      found = this.network.forOnePass(own!).then((scale) => ({
        ...style,
        scales: [scale, ...others],
      }));
      found.catch(() => this.#onePassStyles.delete(style));
      this.#onePassStyles.set(style, found);
    }
    return found;
  }

  /**
   * The map of a photograph's colors by which `photo` of {@linkcode StylizeOptions} stylizes it: to be
   * applied to it at several sizes, or to be kept as a lookup table.
   *
   * @example A look for other programs
   * ```ts
   * import { formatCube, type Pixels, Stylizer, type StyleStatistics } from "./mod.ts";
   *
   * async function look(stylizer: Stylizer, photo: Pixels, style: StyleStatistics) {
   *   const map = await stylizer.fitPhoto(photo, [{ style }]);
   *   return formatCube(map.toLut());
   * }
   * ```
   *
   * @throws as {@linkcode stylize}
   */
  async fitPhoto(
    pixels: Pixels<Samples>,
    regions: readonly Region[],
    options: Omit<StylizeOptions, "mask" | "photo" | "inPlace"> = {},
  ): Promise<PhotoMap> {
    const { alpha } = this.#check(pixels, regions, options);
    if (alpha === 0) return PhotoMap.identity();
    const copy = await smallCopy(pixels, this.network.manifest.minimumSize);
    const fit = new PhotoFit(await photoRegions(copy, regions), copy.width, copy.height);
    fit.add(await this.restylePhotoCopy(copy, regions, options));
    return fit.solve({ ...options, alpha });
  }

  /**
   * What the networks make of a small copy, for the fit of a photograph's, or a clip's, color map.
   *
   * @internal
   */
  async restylePhotoCopy(
    copy: Pixels<Uint16Array>,
    regions: readonly Region[],
    { levels, matching, signal }: Pick<StylizeOptions, "levels" | "matching" | "signal"> = {},
  ): Promise<PhotoPair> {
    // Strokes are no matter of a color map: one pass does, and need not come as near as one can.
    const settings: StylizeOptions = {
      brush: "fine",
      ...(levels ? { levels } : {}),
      ...(signal ? { signal } : {}),
    };
    const painted = async (regions: readonly Region[], options: StylizeOptions) => {
      const checked = { ...options, ...this.#check(copy, regions, options) };
      return await paint(this.network, copy, await shareRegions(copy, regions), checked);
    };
    const stylized = await painted(regions, matching ? { ...settings, matching } : settings);
    // What the networks make of the copy in its own style is what they change without being asked.
    const unchanged = await painted(await this.#ownStyles(copy, regions, settings), settings);
    const source = colorPlanes(copy);
    const [target, bias] = [colorPlanes(stylized).data, colorPlanes(unchanged).data];
    for (let index = 0; index < target.length; index++) {
      target[index]! += source.data[index]! - bias[index]!;
    }
    return { source, target: { ...source, data: target }, opacity: opacityOf(copy) };
  }

  /** The regions of a picture with its own style in each. */
  async #ownStyles(
    pixels: Pixels<Samples>,
    regions: readonly Region[],
    options: PaintOptions,
  ): Promise<Region[]> {
    const [moments] = await this.measure(pixels, regions, { ...options, brush: "fine" });
    const own: Region[] = [];
    for (const [index, { style, mask }] of regions.entries()) {
      const region = moments![index]!;
      const scale = region.count < 1e-3 ? undefined : await this.network.styleStatistics(region);
      const ownStyle = scale ? { ...style, scales: style.scales.map(() => scale) } : style;
      own.push({ style: ownStyle, ...(mask ? { mask } : {}) });
    }
    return own;
  }

  /**
   * Moments of a content's features, for each scale that it is painted at, its own size first, and
   * for each region: those of several pictures of one size can be merged, and {@linkcode prepare}
   * makes of them what several pictures can be matched by.
   *
   * @param options with `photo`, those that the color map of a photograph is fitted by
   * @throws as {@linkcode stylize}
   */
  async measure(
    pixels: Pixels<Samples>,
    regions: readonly Region[],
    { photo = false, ...options }: PaintOptions & { photo?: boolean } = {},
  ): Promise<FeatureMoments[][]> {
    if (photo) {
      const copy = await smallCopy(pixels, this.network.manifest.minimumSize);
      return await this.measure(copy, regions, { ...options, alpha: 1, brush: "fine" });
    }
    const settings = { ...options, ...this.#check(pixels, regions, options) };
    return await measure(this.network, pixels, await shareRegions(pixels, regions), settings);
  }

  /**
   * The content's side of the transfer, for each scale and region, from {@linkcode measure}'s
   * moments; none for a region that is empty.
   *
   * @example Two frames that share their statistics
   * ```ts
   * import { type Pixels, Stylizer, type StyleStatistics } from "./mod.ts";
   *
   * async function alike(stylizer: Stylizer, frames: [Pixels, Pixels], style: StyleStatistics) {
   *   const moments = await stylizer.measure(frames[0], [{ style }]);
   *   const more = await stylizer.measure(frames[1], [{ style }]);
   *   moments.forEach(([region], scale) => region!.add(more[scale]![0]!));
   *   const matching = { prepared: await stylizer.prepare(moments) };
   *   return [
   *     await stylizer.stylize(frames[0], style, { matching }),
   *     await stylizer.stylize(frames[1], style, { matching }),
   *   ];
   * }
   * ```
   */
  async prepare(
    moments: readonly (readonly FeatureMoments[])[],
  ): Promise<(PreparedContent | undefined)[][]> {
    const contents: (PreparedContent | undefined)[][] = [];
    for (const regions of moments) contents.push(await prepareContents(this.network, regions));
    return contents;
  }

  /** Releases what the backend holds for the networks. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.network.close();
  }

  #check(
    pixels: Pixels<Samples>,
    regions: readonly Region[],
    { alpha = 1, levels = this.defaultLevels, tile = "auto", brush = DEFAULT_BRUSH }: PaintOptions,
  ) {
    this.#checkSize(pixels);
    const { network } = this;
    const count = this.defaultLevels.length;
    if (!(alpha >= 0 && alpha <= 1.5)) throw rangeError("alpha", "a number from 0 to 1.5", alpha);
    if (levels.length !== count) throw rangeError("levels", `${count} weights`, levels.length);
    if (regions.length === 0) throw rangeError("regions.length", "1 or more", 0);
    for (const { style } of regions) {
      assertSameModel(style.model, network.identity);
      assertStatistics("style", style, network.manifest.channels, count);
    }
    checkChoice(brush, "brush", Object.keys(BRUSHES));
    const { width, height } = pixels;
    chooseTile(tile, width, height, network); // Refuses a wrong one before the work.
    return {
      alpha,
      levels: normalizeWeights(levels),
      tile,
      passes: passCount(width, height, brush),
      featureBytes: FEATURE_BYTES,
    };
  }

  #checkSize(pixels: Pixels<Samples>): void {
    checkPixels(pixels);
    const { width, height } = pixels;
    const { minimumSize } = this.network.manifest;
    if (width < minimumSize || height < minimumSize) {
      throw new ImageError(
        `A picture must be at least ${minimumSize} px wide and high, not ${width}×${height}`,
      );
    }
  }
}

/** The regions of a small copy of a photograph, and the rest of it, which stays as it is. */
export async function photoRegions(
  copy: Pixels<Samples>,
  regions: readonly Region[],
): Promise<PhotoRegion[]> {
  const shared = await shareRegions(copy, regions);
  const [first] = shared;
  if (!first!.mask) return [{ style: first!.style }];
  const rest = new Float32Array(copy.width * copy.height).fill(1);
  for (const { mask } of shared) mask!.data.forEach((share, pixel) => rest[pixel]! -= share);
  const all: PhotoRegion[] = shared.map(({ style, mask }) => ({ style, mask: mask!.data }));
  return rest.some((share) => share > 0.01) ? [...all, { mask: rest }] : all;
}

/** Styles with masks that share the picture. */
async function shareRegions(
  { width, height }: Pixels<Samples>,
  regions: readonly Region[],
): Promise<MaskedStyle[]> {
  if (regions.length === 1 && !regions[0]!.mask) return [{ style: regions[0]!.style }];
  const masks = await Promise.all(
    regions.map(({ mask }) => mask && readMask(mask, width, height)),
  );
  const shared = shareMasks(masks, width, height);
  return regions.map(({ style }, index) => ({ style, mask: shared[index]! }));
}

function readMask(mask: Pixels, width: number, height: number) {
  checkPixels(mask, "mask");
  return toMask(mask, width, height);
}

/** Memory for features between measuring and decoding tiles: enough for some 130 million pixels. */
const FEATURE_BYTES = 2 ** 30;

/**
 * Paints a picture of any size, in passes from coarse to fine, each tile by tile with exactly the
 * result of doing the pass all at once.
 *
 * In a pass, the features of all tiles are measured first; their statistics give one transformation
 * for the whole. Then the features of each tile are moved by it and decoded. Each tile is seen with
 * so much around it that nothing further away can influence it, and with the draft that the coarser
 * pass has painted. (Gatys et al., "Controlling Perceptual Factors in Neural Style Transfer", CVPR
 * 2017, optimize coarse to fine; Lin et al., "Drafting and Revision", CVPR 2021, have a network for
 * each of two scales. Here one serves all.)
 *
 * @module
 */

import { withColorsOf } from "../image/color_transfer.ts";
import { cover, type Mask } from "../image/mask.ts";
import { type Area, blankLike, crop, paste, type Pixels, type Samples } from "../image/pixels.ts";
import { fromPlanes, type Planes, toOpaquePixels, toPlanes } from "../image/planes.ts";
import type { Network } from "../model/network.ts";
import { seed } from "../transfer/seed.ts";
import type { FeatureMoments } from "../transfer/statistics.ts";
import type { ScaleStatistics, StyleStatistics } from "../transfer/style.ts";
import { type AffineMap, affineMap, type PreparedContent } from "../transfer/transformation.ts";
import { rangeError } from "../util/arguments.ts";
import { yieldToEventLoop } from "../util/event_loop.ts";
import { detach, release } from "./memory.ts";
import { PassInput } from "./pass_input.ts";
import { chooseTile, type Tile } from "./tile_size.ts";
import { TiledFeatures } from "./tiled_features.ts";

/** A style, and where it goes; without a mask, everywhere. */
export interface MaskedStyle {
  style: StyleStatistics;
  /** Of the content's size. Where masks meet they sum to 1 at most. */
  mask?: Mask;
}

/**
 * Statistics that a content is matched by instead of its own, by scale (0 is the content's own
 * size, 1 half of it), one for each region.
 *
 * `prepared`: these, as for frames that share the statistics of their clip; nothing is measured.
 * `combine`: what becomes of the content's own moments, as where earlier frames count, too.
 */
export type ContentMatching =
  | { readonly prepared: readonly (readonly (PreparedContent | undefined)[])[] }
  | { combine(own: readonly FeatureMoments[], scale: number): readonly FeatureMoments[] };

/**
 * What becomes of the result of a pass before the next one paints over it, as where it is to be like
 * that of the frame before.
 *
 * @param draft the result, of the pass's size; its pixels may be reused
 * @param content the content at that size
 * @param scale 1 for half of the content's size, 2 for a quarter
 */
export type DraftRevision = (
  draft: Pixels,
  content: Pixels,
  scale: number,
) => Pixels | Promise<Pixels>;

/** How a picture is painted. */
export interface PaintSettings {
  alpha: number;
  /** A weight for each level; they sum to 1. */
  levels: readonly number[];
  preserveColor?: "none" | "luminance";
  colorOnly?: boolean;
  /** Number of passes, 1 or more. */
  passes: number;
  /** How each pass's picture is cut up. */
  tile: Tile;
  /** Bytes that features may take between measuring and decoding; beyond it they are computed again. */
  featureBytes: number;
  /** Whether the result may take the place of the content, in the same memory. */
  inPlace?: boolean;
  /** Default: by the picture's own statistics. */
  matching?: ContentMatching;
  reviseDraft?: DraftRevision;
  signal?: AbortSignal;
  /** Told now and then which share of the work is done, 0 to 1. */
  onProgress?: (share: number) => void;
}

/** Paints a content by regions; the result has as many bits a channel. */
export async function paint<S extends Samples>(
  network: Network,
  content: Pixels<S>,
  styles: readonly MaskedStyle[],
  settings: PaintSettings,
): Promise<Pixels<S>> {
  const draft = await paintDrafts(network, content, styles, settings);
  const pass = new Pass(
    network,
    new PassInput(content, 0, draft, settings.alpha),
    styles,
    settings,
  );
  await pass.prepare();
  const masks = styles.flatMap(({ mask }) => mask ?? []);
  const finish = (planes: Planes, left: number, top: number, original: Pixels<S>, tile: Area) => {
    const stylized = applyColors(fromPlanes(planes, left, top, original), original, settings);
    return masks.length > 0 ? cover(stylized, original, masks, tile) : stylized;
  };
  let result = content;
  if (pass.isOnePiece) {
    await pass.paint((planes, left, top, tile) => {
      result = finish(planes, left, top, content, tile);
    });
  } else {
    const reuse = settings.inPlace && pass.needsTilesAlone;
    if (!reuse) {
      const { width, height } = content;
      result = { data: blankLike(content.data, content.data.length), width, height };
    }
    await pass.paint((planes, left, top, tile) => {
      paste(result, finish(planes, left, top, crop(content, tile), tile), tile);
    });
  }
  if (draft) detach(draft.data);
  return result;
}

/**
 * Measures a content in each pass: moments by scale, 0 first, for each region. The drafts of finer
 * passes are painted as {@linkcode paint} would paint them with the content's own statistics.
 */
export async function measure(
  network: Network,
  content: Pixels<Samples>,
  styles: readonly MaskedStyle[],
  settings: Omit<PaintSettings, "matching">,
): Promise<FeatureMoments[][]> {
  const moments: FeatureMoments[][] = [];
  const matching: ContentMatching = {
    combine(own, scale) {
      moments[scale] = own.map((region) => region.clone());
      return own;
    },
  };
  const draft = await paintDrafts(network, content, styles, { ...settings, matching });
  const input = new PassInput(content, 0, draft, settings.alpha);
  const { tile, signal } = settings;
  const masks = styles.map(({ mask }) => mask);
  moments[0] = await measureScale(network, input, masks, { tile, ...signal && { signal } });
  settings.onProgress?.(1);
  return moments;
}

/** Moments of the features at one scale, without a coarser pass, for each mask where it is. */
export async function measureScale(
  network: Network,
  input: PassInput,
  masks: readonly (Mask | undefined)[],
  { tile, signal, onProgress }: Pick<PaintSettings, "tile" | "signal" | "onProgress">,
): Promise<FeatureMoments[]> {
  const side = chooseTile(tile, input.width, input.height, network);
  const features = new TiledFeatures(network, input, side);
  const { length } = features.tiles;
  return await features.measure(masks, signal, (done) => onProgress?.(done / length));
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

/** All passes but the last: the result of the one before it, if there is one. */
async function paintDrafts(
  network: Network,
  content: Pixels<Samples>,
  styles: readonly MaskedStyle[],
  settings: PaintSettings,
): Promise<Planes | undefined> {
  let draft: Planes | undefined;
  for (let scale = settings.passes - 1; scale > 0; scale--) {
    const input: PassInput = new PassInput(content, scale, draft, settings.alpha);
    const pass = new Pass(network, input, styles, settings);
    await pass.prepare();
    const { width, height } = input;
    const painted: Planes = { data: new Float32Array(3 * width * height), width, height };
    await pass.paint((planes, left, top, tile) => {
      pastePlanes(painted, tile, planes, left, top);
      coverPlanes(painted, tile, input, styles);
    });
    if (draft) detach(draft.data);
    draft = settings.reviseDraft
      ? await reviseDraft(painted, input, settings.reviseDraft)
      : painted;
  }
  return draft;
}

async function reviseDraft(
  painted: Planes,
  input: PassInput,
  revise: DraftRevision,
): Promise<Planes> {
  const content = input.image(input.area);
  const [draft, original] = [painted, content].map(toOpaquePixels);
  for (const { data } of [painted, content]) detach(data);
  return toPlanes(await revise(draft!, original!, input.scale), input.area);
}

/** Takes the decoded planes of a tile, which begin at `left` and `top` in them. */
type TileSink = (planes: Planes, left: number, top: number, tile: Area) => void;

/** One pass over a picture. */
class Pass {
  readonly #features: TiledFeatures;
  readonly #styles: readonly { style: ScaleStatistics; mask?: Mask }[];
  /** The map of each style; none where one graph does the whole pass. */
  #maps?: readonly AffineMap[];

  constructor(
    readonly network: Network,
    readonly input: PassInput,
    styles: readonly MaskedStyle[],
    readonly settings: PaintSettings,
  ) {
    const { scale, width, height } = input;
    const side = chooseTile(settings.tile, width, height, network);
    this.#features = new TiledFeatures(network, input, side);
    this.#styles = styles.map(({ style, mask }) => ({
      style: style.scales[scale]!,
      ...(mask ? { mask } : {}),
    }));
  }

  /** Whether the picture is one tile. */
  get isOnePiece(): boolean {
    return this.#features.tiles.length === 1;
  }

  /** Whether painting a tile needs no pixels of the content but those of the tile. */
  get needsTilesAlone(): boolean {
    return this.#features.areKept;
  }

  /** Measures the content, and prepares the map of each style. */
  async prepare(): Promise<void> {
    const { alpha, levels, matching, featureBytes, signal } = this.settings;
    const { network, input } = this;
    const [only, ...others] = this.#styles;
    // One style everywhere, in one piece: one graph does it all.
    if (!only!.mask && others.length === 0 && !matching && this.isOnePiece) return;
    let contents: readonly (PreparedContent | undefined)[] | undefined;
    if (matching && "prepared" in matching) {
      contents = matching.prepared[input.scale];
      if (!contents) {
        throw rangeError(
          "matching.prepared.length",
          `${input.scale + 1} or more`,
          matching.prepared.length,
        );
      }
    } else {
      this.#features.keep(featureBytes);
      const own = await this.#features.measure(
        this.#styles.map(({ mask }) => mask),
        signal,
        (done) => this.#progress(done / this.#features.tiles.length / 2),
      );
      const moments = matching ? matching.combine(own, input.scale) : own;
      contents = await prepareContents(network, moments);
    }
    this.#maps = this.#styles.map(({ style }, index) => {
      const content = contents[index];
      return content ? content.mapTo(style, levels, alpha) : this.#unmoved(style);
    });
  }

  /** Paints tile after tile. */
  async paint(sink: TileSink): Promise<void> {
    const { tiles } = this.#features;
    for (const [index, tile] of tiles.entries()) {
      await yieldToEventLoop();
      this.settings.signal?.throwIfAborted();
      await (this.#maps ? this.#paintTile(tile, this.#maps, sink) : this.#paintAtOnce(sink));
      this.#progress((1 + (index + 1) / tiles.length) / 2);
    }
    this.settings.signal?.throwIfAborted();
    this.#features.free();
  }

  async #paintAtOnce(sink: TileSink): Promise<void> {
    const { input, network, settings } = this;
    const view = input.view(input.area, network.manifest);
    const { style } = this.#styles[0]!;
    const planes = await network.stylize(view, style, settings.levels, settings.alpha);
    detach(view.data);
    sink(planes, 0, 0, input.area);
    detach(planes.data);
  }

  async #paintTile(tile: Area, maps: readonly AffineMap[], sink: TileSink): Promise<void> {
    const { network, input } = this;
    const { stride, radius } = network.manifest;
    const around = this.#features.grow(tile, radius.decoder);
    const cells = this.#features.cells(around);
    const features = await this.#features.read(around);
    const noise = seed(cells);
    let moved = features;
    for (const [index, { mask }] of this.#styles.entries()) {
      const weights = mask && input.maskMeans(mask, cells, stride);
      const next = await network.transfer(features, noise, moved, maps[index]!, weights);
      if (moved !== features) release(moved);
      moved = next;
    }
    const planes = await network.decode(moved);
    release(moved);
    release(features);
    detach(noise);
    sink(planes, tile.left - around.left, tile.top - around.top, tile);
    detach(planes.data);
  }

  /** The map of a region that is empty, as others have taken all of it. */
  #unmoved({ mean, seedMatrices }: ScaleStatistics): AffineMap {
    const { channels } = this.network.manifest;
    const [matrix, seedMatrix] = [new Float64Array(channels ** 2), seedMatrices.map(() => 0)];
    const first = seedMatrix.subarray(0, seedMatrix.length / this.settings.levels.length);
    return affineMap(matrix, first, mean, mean, 0);
  }

  /** Passes count by their pixels. */
  #progress(share: number): void {
    const { settings, input } = this;
    const work = (scale: number) => 4 ** -scale;
    let [before, all] = [0, 0];
    for (let scale = 0; scale < settings.passes; scale++) {
      all += work(scale);
      if (scale > input.scale) before += work(scale);
    }
    settings.onProgress?.((before + share * work(input.scale)) / all);
  }
}

function pastePlanes(to: Planes, tile: Area, from: Planes, left: number, top: number): void {
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < tile.height; row++) {
      const start = (channel * from.height + top + row) * from.width + left;
      const line = from.data.subarray(start, start + tile.width);
      to.data.set(line, (channel * to.height + tile.top + row) * to.width + tile.left);
    }
  }
}

/** Where the masks leave the content as it is, the draft is the content. */
function coverPlanes(
  { data, width, height }: Planes,
  tile: Area,
  input: PassInput,
  styles: readonly MaskedStyle[],
): void {
  const masks = styles.flatMap(({ mask }) => mask ? [input.maskMeans(mask, tile, 1)] : []);
  if (masks.length === 0) return;
  const image = input.image(tile);
  for (let row = 0; row < tile.height; row++) {
    for (let column = 0; column < tile.width; column++) {
      const from = row * tile.width + column;
      let share = 0;
      for (const mask of masks) share += mask[from]!;
      for (let channel = 0; channel < 3; channel++) {
        const to = (channel * height + tile.top + row) * width + tile.left + column;
        const own = image.data[channel * tile.width * tile.height + from]!;
        data[to] = share * data[to]! + (1 - share) * own;
      }
    }
  }
}

/** A result with the colors that the settings ask for. */
function applyColors<S extends Samples>(
  stylized: Pixels<S>,
  content: Pixels<S>,
  { preserveColor = "none", colorOnly = false }: PaintSettings,
): Pixels<S> {
  if (colorOnly) return withColorsOf(content, stylized);
  return preserveColor === "luminance" ? withColorsOf(stylized, content) : stylized;
}

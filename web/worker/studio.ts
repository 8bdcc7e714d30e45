/**
 * The networks with a content and a shelf of styles: what the page works on, without the messages.
 *
 * @module
 */

import {
  assertSameModel,
  type BackendName,
  bytesAsSource,
  encodeImage,
  mixStyles,
  type PackedStyle,
  type Pixels,
  StylePack,
  type StyleStatistics,
  Stylizer,
  type Thumbnail,
  writePack,
} from "../../src/mod.ts";
import { resizeShortSide } from "../../src/image/mod.ts";
import type { AddedStyle, FileFormat, Requests, Settings, Size, StyleShare } from "./protocol.ts";
import { pixelsOf, readPixels } from "./read_pixels.ts";

/** A style of the shelf: a picture, read anew at each style size, or statistics out of a pack. */
type ShelvedStyle =
  | { name: string; pixels: Pixels; bySize: Map<number, Promise<StyleStatistics>> }
  | { name: string; statistics: StyleStatistics };

/** Short side of the thumbnails of styles, in pixels. */
const THUMBNAIL = 96;

/** More pixels than that are not read as a style: a style is seen small. */
const MAX_STYLE_PIXELS = 100e6;

/**
 * Side of the tiles, in pixels, that the networks take at a time: small enough for progress to be
 * seen, for a stop to be heard, and for a phone's memory.
 */
const TILE = 1024;

/** A content, styles, and what is made of them. */
export class Studio {
  readonly #stylizer: Stylizer;
  readonly #styles: ShelvedStyle[] = [];
  #content: Pixels | undefined;
  /** The content at the short sides that previews had. */
  readonly #small = new Map<number, Pixels>();
  #result: Pixels | undefined;

  private constructor(stylizer: Stylizer) {
    this.#stylizer = stylizer;
  }

  /** Loads the networks. */
  static async open(
    model: URL,
    options: { threads: number; backend: BackendName | "auto" },
  ): Promise<Studio> {
    return new Studio(await Stylizer.load({ model, ...options }));
  }

  /** What runs. */
  get backend(): { name: string; device: string } {
    return this.#stylizer.backend;
  }

  /** Takes a file as the content. */
  async setContent({ file, maxPixels }: Requests["setContent"]["takes"]): Promise<Size> {
    return this.#take(await readPixels(file, maxPixels));
  }

  /** Takes a frame as the content. */
  setFrame({ frame }: Requests["setFrame"]["takes"]): Size {
    return this.#take(pixelsOf(frame));
  }

  #take(pixels: Pixels): Size {
    this.#content = pixels;
    this.#small.clear();
    this.#result = undefined;
    const { width, height } = pixels;
    return { width, height };
  }

  /** Adds a picture, or what a pack holds, to the shelf. */
  async addStyle({ file, name }: Requests["addStyle"]["takes"]): Promise<AddedStyle[]> {
    if (name.endsWith(".safetensors")) return await this.#addPack(file);
    const pixels = await readPixels(file, MAX_STYLE_PIXELS);
    const style = this.#styles.push({ name, pixels, bySize: new Map() }) - 1;
    return [{ style, name, thumbnail: await toBitmap(await resizeShortSide(pixels, THUMBNAIL)) }];
  }

  async #addPack(file: Blob): Promise<AddedStyle[]> {
    const pack = await StylePack.open(bytesAsSource(new Uint8Array(await file.arrayBuffer())));
    assertSameModel(pack.model, this.#stylizer.model);
    const added: AddedStyle[] = [];
    for (const { name } of pack.styles) {
      const statistics = await pack.read(name);
      const style = this.#styles.push({ name, statistics }) - 1;
      const { thumbnail } = statistics;
      added.push({
        style,
        name,
        ...(thumbnail ? { thumbnail: await toBitmap(opaque(thumbnail)) } : {}),
      });
    }
    return added;
  }

  /** The content in a mixture of styles. */
  async stylize(
    { styles, settings, shortSide, mask }: Requests["stylize"]["takes"],
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<ImageBitmap> {
    const content = await this.#contentAt(shortSide);
    const style = await this.#mix(styles, settings);
    signal.throwIfAborted();
    const result = await this.#stylizer.stylize(content, style, {
      alpha: settings.alpha,
      levels: settings.levels,
      brush: settings.brush,
      preserveColor: settings.color === "content" ? "luminance" : "none",
      colorOnly: settings.color === "only",
      tile: TILE,
      signal,
      onProgress,
      ...(mask ? { mask } : {}),
    });
    if (!shortSide) this.#result = result;
    return await toBitmap(result);
  }

  async #contentAt(shortSide?: number): Promise<Pixels> {
    const content = this.#content;
    if (!content) throw new Error("There is no content yet");
    if (!shortSide || shortSide >= Math.min(content.width, content.height)) return content;
    const known = this.#small.get(shortSide);
    if (known) return known;
    const small = await resizeShortSide(content, shortSide);
    this.#small.set(shortSide, small);
    return small;
  }

  async #mix(shares: readonly StyleShare[], { styleSize }: Settings): Promise<StyleStatistics> {
    const parts = [];
    for (const { style, weight } of shares) {
      parts.push({ style: await this.#statistics(style, styleSize), weight });
    }
    return parts.length === 1 ? parts[0]!.style : mixStyles(parts);
  }

  #statistics(index: number, size: number): Promise<StyleStatistics> | StyleStatistics {
    const style = this.#styles[index]!;
    if ("statistics" in style) return style.statistics;
    const known = style.bySize.get(size);
    if (known) return known;
    const statistics = resizeShortSide(style.pixels, size)
      .then((pixels) => this.#stylizer.encodeStyle(pixels));
    style.bySize.set(size, statistics);
    statistics.catch(() => style.bySize.delete(size));
    return statistics;
  }

  /** The last result at full size as a file. */
  async encode({ format, quality }: Requests["encode"]["takes"]): Promise<Blob> {
    if (!this.#result) throw new Error("There is no result at full size yet");
    const bytes = format === "webp"
      ? await encodeByBrowser(this.#result, format, quality)
      : await encodeImage(this.#result, format, { quality });
    return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: `image/${format}` });
  }

  /** Styles as a pack, under their names, made unique. */
  async writePack({ styles, styleSize }: Requests["writePack"]["takes"]): Promise<Blob> {
    const packed: PackedStyle[] = [];
    for (const index of styles) {
      const statistics = await this.#statistics(index, styleSize);
      const taken = new Set(packed.map(({ name }) => name));
      packed.push({ ...statistics, name: uniqueName(this.#styles[index]!.name, taken) });
    }
    return new Blob([await writePack(packed)]);
  }
}

function uniqueName(name: string, taken: ReadonlySet<string>): string {
  let unique = name;
  for (let number = 2; taken.has(unique); number++) unique = `${name}-${number}`;
  return unique;
}

/** A thumbnail, which has no opacity, as pixels. */
function opaque({ data, width, height }: Thumbnail): Pixels {
  const pixels = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    pixels.set(data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  }
  return { data: pixels, width, height };
}

async function toBitmap({ data, width, height }: Pixels): Promise<ImageBitmap> {
  return await createImageBitmap(
    new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height),
  );
}

/** Of the library's encoders that of WebP is part of 15 MB; browsers have one. */
async function encodeByBrowser(pixels: Pixels, format: FileFormat, quality: number) {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext("2d")!.drawImage(await toBitmap(pixels), 0, 0);
  const blob = await canvas.convertToBlob({ type: `image/${format}`, quality: quality / 100 });
  if (blob.type !== `image/${format}`) throw new Error(`This browser cannot write ${format}`);
  return new Uint8Array(await blob.arrayBuffer());
}

/**
 * The networks with a content and a shelf of styles: what the page works on, without the messages.
 *
 * @module
 */

import {
  assertSameModel,
  bytesAsSource,
  encodeImage,
  makeThumbnail,
  mixStyles,
  type PackedStyle,
  type Pixels,
  StylePack,
  type StyleStatistics,
  type StylizeOptions,
  type Stylizer,
  type Thumbnail,
  writePack,
} from "../../src/mod.ts";
import { resizeShortSide, usualShortSide } from "../../src/image/mod.ts";
import { Archive } from "./archive.ts";
import type { AddedStyle, FileFormat, Look, Requests, Settings, Size } from "./protocol.ts";
import { pixelsOf, readPixels } from "./read_pixels.ts";

/** A style of the shelf: a picture, read anew at each style size, or what a pack holds. */
type ShelvedStyle =
  | { name: string; read: () => Promise<Pixels>; bySize: Map<number, Promise<PackedStyle>> }
  | { name: string; packed: PackedStyle };

/** Styles of more pixels than that are made smaller: they are seen small. */
const MAX_STYLE_PIXELS = 24e6;

/** Side of the picture that the networks are prepared with, in pixels. */
const PREPARED = 64;

/** Of JPEG and WebP; the command line's. */
const QUALITY = 92;

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
  #archive = new Archive();

  /** @param stylizer the networks */
  constructor(stylizer: Stylizer) {
    this.#stylizer = stylizer;
  }

  /** Takes a file as the content. */
  async setContent({ file, maxPixels }: Requests["setContent"]["takes"]): Promise<Size> {
    return this.#take(await readPixels(file, maxPixels));
  }

  /** The content. */
  async showContent(): Promise<ImageBitmap> {
    return await toBitmap(await this.#contentAt());
  }

  #take(pixels: Pixels): Size {
    this.#content = pixels;
    this.#small.clear();
    this.#result = undefined;
    const { width, height } = pixels;
    return { width, height };
  }

  /** Adds a picture, or what a pack holds, to the shelf. */
  async addStyle({ source, name }: Requests["addStyle"]["takes"]): Promise<AddedStyle[]> {
    if (typeof source === "string") {
      return [{ style: this.#shelve(name, once(() => fetchPixels(source))), name }];
    }
    if (name.endsWith(".safetensors")) return await this.#addPack(source);
    const pixels = await readPixels(source, MAX_STYLE_PIXELS);
    const thumbnail = await toBitmap(opaque(await makeThumbnail(pixels)));
    return [{ style: this.#shelve(name, () => Promise.resolve(pixels)), name, thumbnail }];
  }

  #shelve(name: string, read: () => Promise<Pixels>): number {
    return this.#styles.push({ name, read, bySize: new Map() }) - 1;
  }

  async #addPack(file: Blob): Promise<AddedStyle[]> {
    const pack = await StylePack.open(bytesAsSource(new Uint8Array(await file.arrayBuffer())));
    assertSameModel(pack.model, this.#stylizer.model);
    const added: AddedStyle[] = [];
    for (const { name } of pack.styles) {
      const packed = await pack.read(name);
      const style = this.#styles.push({ name, packed }) - 1;
      const { thumbnail } = packed;
      added.push({
        style,
        name,
        ...(thumbnail ? { thumbnail: await toBitmap(opaque(thumbnail)) } : {}),
      });
    }
    return added;
  }

  /** Reads the styles, and loads the networks by a picture of one color. */
  async prepare(look: Look): Promise<void> {
    const data = new Uint8ClampedArray(4 * PREPARED ** 2).fill(255);
    await this.#stylize({ data, width: PREPARED, height: PREPARED }, look);
  }

  /** The content in a mixture of styles, and whether that is at its own size. */
  async stylize(
    { shortSide, mask, ...look }: Requests["stylize"]["takes"],
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<{ image: ImageBitmap; isFull: boolean }> {
    const content = await this.#contentAt(shortSide);
    const result = await this.#stylize(content, look, {
      signal,
      onProgress,
      ...(mask ? { mask } : {}),
    });
    const isFull = content === this.#content;
    if (isFull) this.#result = result;
    return { image: await toBitmap(result), isFull };
  }

  /** A frame in a mixture of styles. */
  async stylizeFrame(
    { frame, ...look }: Requests["stylizeFrame"]["takes"],
  ): Promise<ImageBitmap> {
    return await toBitmap(await this.#stylize(pixelsOf(frame), look));
  }

  /** Adds what becomes of a file to the archive. */
  async archive(
    { file, maxPixels, format, ...look }: Requests["archive"]["takes"],
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<void> {
    const content = await readPixels(file, maxPixels);
    const result = await this.#stylize(content, look, { signal, onProgress });
    const bytes = await encode(result, format);
    const suffix = format === "jpeg" ? "jpg" : format;
    this.#archive.add(file.name.replace(/\.[^.]*$/, ""), suffix, bytes);
  }

  /** The archive, after which a new one begins. */
  takeArchive(): Blob {
    const blob = this.#archive.close();
    this.#archive = new Archive();
    return blob;
  }

  async #stylize(
    content: Pixels,
    { styles, settings }: Look,
    work: Pick<StylizeOptions, "signal" | "onProgress" | "mask"> = {},
  ): Promise<Pixels> {
    const style = await this.#mix(styles, settings);
    work.signal?.throwIfAborted();
    return await this.#stylizer.stylize(content, style, {
      alpha: settings.alpha,
      levels: settings.levels,
      brush: settings.brush,
      photo: settings.photo,
      preserveColor: settings.color === "content" ? "luminance" : "none",
      colorOnly: settings.color === "only",
      tile: TILE,
      ...work,
    });
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

  async #mix(shares: Look["styles"], { styleSize }: Settings): Promise<StyleStatistics> {
    const parts = [];
    for (const { style, weight } of shares) {
      parts.push({ style: await this.#statistics(style, styleSize), weight });
    }
    return parts.length === 1 ? parts[0]!.style : mixStyles(parts);
  }

  #statistics(index: number, size: number): Promise<PackedStyle> | PackedStyle {
    const style = this.#styles[index]!;
    if ("packed" in style) return style.packed;
    const known = style.bySize.get(size);
    if (known) return known;
    const statistics = this.#encodeStyle(style.name, style.read, size);
    style.bySize.set(size, statistics);
    statistics.catch(() => style.bySize.delete(size));
    return statistics;
  }

  async #encodeStyle(
    name: string,
    read: () => Promise<Pixels>,
    size: number,
  ): Promise<PackedStyle> {
    const picture = await read();
    // At the usual size, thin pictures are not enlarged to it: as on the command line.
    const isUsual = size === this.#stylizer.model.styleSize;
    const short = isUsual ? usualShortSide(picture, size) : size;
    const pixels = await resizeShortSide(picture, short);
    const { width, height } = pixels;
    const statistics = await this.#stylizer.encodeStyle(pixels);
    return { ...statistics, name, width, height, thumbnail: await makeThumbnail(pixels) };
  }

  /** The last result at full size as a file. */
  async encode({ format }: Requests["encode"]["takes"]): Promise<Blob> {
    if (!this.#result) throw new Error("There is no result at full size yet");
    return new Blob([await encode(this.#result, format)], { type: `image/${format}` });
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

/** What is read from a host, read once where that succeeds. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= read();
    known.catch(() => known = undefined);
    return known;
  };
}

/** @throws {Error} with a sentence for the user, if the host does not answer */
async function fetchPixels(url: string): Promise<Pixels> {
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) {
    throw new Error("This style could not be loaded: go online once, or choose another style");
  }
  return await readPixels(await response.blob(), MAX_STYLE_PIXELS);
}

async function encode(pixels: Pixels, format: FileFormat): Promise<Uint8Array<ArrayBuffer>> {
  // The library's encoder of WebP is part of 15 MB; browsers have one.
  if (format === "webp") return await encodeByBrowser(pixels, format);
  return await encodeImage(pixels, format, { quality: QUALITY }) as Uint8Array<ArrayBuffer>;
}

async function encodeByBrowser(pixels: Pixels, format: FileFormat) {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext("2d")!.drawImage(await toBitmap(pixels), 0, 0);
  const type = `image/${format}`;
  const blob = await canvas.convertToBlob({ type, quality: QUALITY / 100 });
  if (blob.type !== type) {
    throw new Error(`This browser cannot write ${format.toUpperCase()}: choose PNG or JPEG`);
  }
  return new Uint8Array(await blob.arrayBuffer());
}

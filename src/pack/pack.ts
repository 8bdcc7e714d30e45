/**
 * Style packs: the statistics of styles in a file, to restyle with at any time.
 *
 * A pack is a safetensors file. Of each style it holds, for S sizes of the style, `<name>/mean`
 * [S, C], `<name>/covariance` [S, C, C] (one for all levels: their heads read the same),
 * `<name>/matrix` [S, L, C, C], `<name>/seed_matrix` [S, L, C, K], and perhaps `<name>/colors`
 * [4, 3], the mean of its colors and the rows of their covariance, all F32, and `<name>/thumbnail`
 * [height, width, 3], U8. The metadata hold `format`, `version`, the
 * `model`'s name and `checksum`, and `styles`: JSON, a list of {@linkcode StyleEntry}, each with the
 * `sha256` of its tensors' bytes in the order above.
 *
 * @module
 */

import { LibraryError } from "../util/errors.ts";
import * as v from "valibot";
import { sha256 } from "../util/sha256.ts";
import {
  assertSameModel,
  assertStatistics,
  type ModelIdentity,
  type ScaleStatistics,
  STYLE_SCALES,
  type StyleStatistics,
} from "../transfer/style.ts";
import { SEED_CHANNELS } from "../transfer/seed.ts";
import {
  bytesAsSource,
  type ByteSource,
  type Head,
  type NamedTensor,
  readHead,
  readTensor,
  SafetensorsError,
  type TensorData,
  type TensorInfo,
  writeSafetensors,
} from "./safetensors.ts";

/** A pack that cannot be read, or lacks what is asked of it. */
export class PackError extends LibraryError {
  /** `"PackError"`. */
  override name = "PackError";
}

const size = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 20));
const entry = v.object({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  width: v.exactOptional(size),
  height: v.exactOptional(size),
});

/** What a pack's head says of a style. */
export interface StyleEntry {
  /** 1 to 255 characters; unique in its pack. */
  name: string;
  /** Width at which the style was read, in pixels; absent of one made of several. */
  width?: number;
  /** Height at which the style was read, in pixels; absent of one made of several. */
  height?: number;
}

const storedEntry = v.object({
  ...entry.entries,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

/** A style in a pack. */
export interface PackedStyle extends StyleStatistics, StyleEntry {
  /** A small picture of it. */
  thumbnail?: Thumbnail;
}

/** A small picture: RGB, 0 to 255, rows from the top. */
export interface Thumbnail {
  /** `3 * width * height` values. */
  data: Uint8Array;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/** The statistics of a scale, and the names of their tensors. */
const PARTS = [
  ["mean", "mean"],
  ["covariance", "covariance"],
  ["matrices", "matrix"],
  ["seedMatrices", "seed_matrix"],
] as const satisfies [keyof ScaleStatistics, string][];

const FORMAT = "linear-style pack";
const VERSION = "2";

/**
 * The bytes of a pack: the same for the same styles in the same order.
 *
 * @example
 * ```ts
 * import { type Pixels, Stylizer, writePack } from "../mod.ts";
 *
 * async function pack(stylizer: Stylizer, mosaic: Pixels): Promise<Uint8Array> {
 *   return await writePack([{ name: "mosaic", ...await stylizer.encodeStyle(mosaic) }]);
 * }
 * ```
 *
 * @param styles one style, or several with names of their own
 * @throws {PackError} if there is no style, or two have one name
 * @throws {ModelMismatchError} if the styles are of different models
 * @throws {TypeError | RangeError} if the statistics of a style do not fit, or are not finite
 */
export async function writePack(
  styles: StyleStatistics | readonly PackedStyle[],
): Promise<Uint8Array<ArrayBuffer>> {
  const list: readonly PackedStyle[] = "model" in styles ? [{ name: "style", ...styles }] : styles;
  const first = list[0];
  if (!first) throw new PackError("A pack needs a style");
  const names = new Set<string>();
  for (const { name, model } of list) {
    if (names.has(name)) throw new PackError(`Two styles are called ${JSON.stringify(name)}`);
    assertSameModel(model, first.model);
    names.add(name);
  }
  for (const style of list) {
    const { mean, matrices } = style.scales[0] ?? { mean: [], matrices: [] };
    const levels = Math.max(1, Math.floor(matrices.length / mean.length ** 2));
    assertStatistics(`style ${JSON.stringify(style.name)}`, style, mean.length, levels);
  }
  const tensors = list.map(tensorsOf);
  const entries = await Promise.all(list.map(async ({ name, width, height }, index) => {
    const bytes = tensors[index]!.map(({ data }) => bytesOf(data));
    return { name, width, height, sha256: await sha256(...bytes) };
  }));
  return writeSafetensors(tensors.flat(), {
    format: FORMAT,
    version: VERSION,
    model: first.model.name,
    checksum: first.model.checksum,
    styles: JSON.stringify(entries),
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: TensorData): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

function tensorsOf({ name, scales, colors, thumbnail }: PackedStyle): NamedTensor[] {
  const sizes = scales.length;
  const channels = scales[0]!.mean.length;
  const levels = scales[0]!.matrices.length / channels ** 2;
  const shapes: Record<keyof ScaleStatistics, number[]> = {
    mean: [channels],
    covariance: [channels, channels],
    matrices: [levels, channels, channels],
    seedMatrices: [levels, channels, SEED_CHANNELS],
  };
  const tensors: NamedTensor[] = PARTS.map(([key, part]) => ({
    name: `${name}/${part}`,
    shape: [sizes, ...shapes[key]],
    data: join(scales.map((scale) => scale[key])),
  }));
  if (colors) {
    const data = Float32Array.from([...Array.from(colors.mean), ...Array.from(colors.covariance)]);
    tensors.push({ name: `${name}/colors`, shape: [4, 3], data });
  }
  if (thumbnail) {
    const { width, height, data } = thumbnail;
    tensors.push({ name: `${name}/thumbnail`, shape: [height, width, 3], data });
  }
  return tensors;
}

/**
 * An open pack: its head is read and checked, styles are read when they are asked for.
 *
 * @example
 * ```ts
 * import { StylePack } from "../mod.ts";
 *
 * async function names(bytes: Uint8Array): Promise<string[]> {
 *   const pack = await StylePack.open(bytes);
 *   return pack.styles.map(({ name }) => name);
 * }
 * ```
 */
export class StylePack {
  private constructor(
    private readonly source: ByteSource,
    private readonly head: Head,
    /** The styles, in their order. */
    readonly styles: readonly StyleEntry[],
    /** SHA-256 of each style's tensors, by its name. */
    private readonly checksums: ReadonlyMap<string, string>,
    /** The model that the styles are of. */
    readonly model: ModelIdentity,
  ) {}

  /**
   * Opens a pack.
   *
   * @throws {PackError} saying what is wrong with it.
   */
  static async open(source: ByteSource | Uint8Array): Promise<StylePack> {
    const bytes = source instanceof Uint8Array ? bytesAsSource(source) : source;
    const head = await readHead(bytes).catch(asPackError);
    const { format, version, model, checksum, styles } = head.metadata;
    if (format !== FORMAT) throw new PackError("The file is not a style pack of this program");
    if (version !== VERSION) {
      throw new PackError(`The pack has version ${version}; this program reads version ${VERSION}`);
    }
    const entries = v.safeParse(v.array(storedEntry), parseJson(styles));
    if (!entries.success || !model || !checksum) {
      throw new PackError("The metadata are not those of a style pack");
    }
    const checksums = new Map(entries.output.map(({ name, sha256 }) => [name, sha256]));
    const listed = entries.output.map(({ sha256: _, ...entry }) => entry);
    return new StylePack(bytes, head, listed, checksums, { name: model, checksum });
  }

  /** Reads all styles. */
  async readAll(): Promise<PackedStyle[]> {
    const all: PackedStyle[] = [];
    for (const { name } of this.styles) all.push(await this.read(name));
    return all;
  }

  /**
   * Reads a style, and no other.
   *
   * @param name may be left out where the pack has one style only
   * @throws {PackError} if there is no such style, or it is damaged.
   */
  async read(name?: string): Promise<PackedStyle> {
    const style = this.#find(name);
    const values = {
      mean: await this.#numbers(style.name, "mean", 2),
      covariance: await this.#numbers(style.name, "covariance", 3),
      matrices: await this.#numbers(style.name, "matrix", 4),
      seedMatrices: await this.#numbers(style.name, "seed_matrix", 4),
    };
    const scales = takeApart(values);
    if (!scales) {
      throw new PackError(`The tensors of the style ${JSON.stringify(style.name)} do not fit`);
    }
    const thumbnail = await this.#thumbnail(style.name);
    const colors = await this.#colors(style.name);
    const tensors = [
      ...Object.values(values),
      ...(colors ? [colors] : []),
      ...(thumbnail ? [thumbnail.data] : []),
    ];
    if (await sha256(...tensors.map(bytesOf)) !== this.checksums.get(style.name)) {
      throw new PackError(
        `The style ${JSON.stringify(style.name)} is damaged: its checksum differs`,
      );
    }
    return {
      ...style,
      model: this.model,
      scales,
      ...(colors ? { colors: { mean: colors.slice(0, 3), covariance: colors.slice(3) } } : {}),
      ...(thumbnail ? { thumbnail } : {}),
    };
  }

  #find(name: string | undefined): StyleEntry {
    if (name === undefined && this.styles.length === 1) return this.styles[0]!;
    const style = this.styles.find((style) => style.name === name);
    if (style) return style;
    const names = this.styles.map((style) => style.name);
    const known = names.slice(0, 8).join(", ") + (names.length > 8 ? ", …" : "");
    if (name === undefined) {
      const reason = `The pack has ${names.length} styles, and none was named: ${known}`;
      throw new PackError(reason, { code: "ambiguous-style" });
    }
    throw new PackError(`The pack has no style ${JSON.stringify(name)}: it has ${known}`);
  }

  async #numbers(style: string, part: string, dimensions: number): Promise<Float32Array> {
    const info = this.#tensor(style, part, dimensions);
    if (info.type !== "F32") throw new PackError(`The tensor "${style}/${part}" is not of F32`);
    const values = await readTensor(this.source, info) as Float32Array;
    if (!values.every(Number.isFinite)) {
      throw new PackError(`The tensor "${style}/${part}" holds values that are not finite`);
    }
    return values;
  }

  /** Mean and covariance of the colors, 12 values. */
  async #colors(style: string): Promise<Float32Array | undefined> {
    if (!this.head.tensors.has(`${style}/colors`)) return undefined;
    const values = await this.#numbers(style, "colors", 2);
    if (values.length === 12) return values;
    throw new PackError(`The tensors of the style ${JSON.stringify(style)} do not fit`);
  }

  async #thumbnail(style: string): Promise<Thumbnail | undefined> {
    if (!this.head.tensors.has(`${style}/thumbnail`)) return undefined;
    const info = this.#tensor(style, "thumbnail", 3);
    const [height, width, planes] = info.shape as [number, number, number];
    if (info.type !== "U8" || planes !== 3 || width === 0 || height === 0) {
      throw new PackError(`The tensor "${style}/thumbnail" is not a picture`);
    }
    return { data: await readTensor(this.source, info) as Uint8Array, width, height };
  }

  #tensor(style: string, part: string, dimensions: number): TensorInfo {
    const info = this.head.tensors.get(`${style}/${part}`);
    if (info?.shape.length !== dimensions) {
      throw new PackError(`The tensor "${style}/${part}" is missing, or of another shape`);
    }
    return info;
  }
}

/** The statistics of each scale, from those of all; none where their lengths do not fit. */
function takeApart(all: ScaleStatistics): ScaleStatistics[] | undefined {
  const channels = all.mean.length / STYLE_SCALES;
  const size = STYLE_SCALES * channels ** 2;
  const levels = all.matrices.length / size;
  const fits = Number.isInteger(channels) && Number.isInteger(levels) && levels > 0 &&
    all.covariance.length === size &&
    all.seedMatrices.length === STYLE_SCALES * levels * channels * SEED_CHANNELS;
  if (!fits) return undefined;
  const part = (values: Float32Array, scale: number) => {
    const length = values.length / STYLE_SCALES;
    return values.slice(scale * length, (scale + 1) * length);
  };
  return Array.from({ length: STYLE_SCALES }, (_, scale) => ({
    mean: part(all.mean, scale),
    covariance: part(all.covariance, scale),
    matrices: part(all.matrices, scale),
    seedMatrices: part(all.seedMatrices, scale),
  }));
}

function join(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Reads the one style of a pack, or one by its name.
 *
 * @example
 * ```ts
 * import { readPack } from "../mod.ts";
 *
 * const mosaic = async (pack: Uint8Array) => await readPack(pack, "mosaic");
 * ```
 *
 * @throws {PackError} if the bytes are not a pack, or the pack lacks the style
 */
export async function readPack(bytes: Uint8Array, name?: string): Promise<PackedStyle> {
  return await (await StylePack.open(bytes)).read(name);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function asPackError(error: unknown): never {
  if (error instanceof SafetensorsError) {
    const reason = error.message[0]!.toLowerCase() + error.message.slice(1);
    throw new PackError(`The file is not a style pack: ${reason}`, { cause: error });
  }
  throw error;
}

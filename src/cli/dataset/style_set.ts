/**
 * The styles of a data set: read when they are first needed, and kept for the runs that follow.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { classMasks, type Pixels } from "../../image/mod.ts";
import {
  type PackedStyle,
  type StyleMoments,
  StylePack,
  type StyleStatistics,
  type Stylizer,
  writePack,
} from "../../mod.ts";
import type { InNetworks } from "../batch/run.ts";
import { FileError, quote, UsageError } from "../errors.ts";
import { writeAtomically } from "../io/atomic_write.ts";
import { makeFolderOf } from "../io/check_writable.ts";
import { openInput } from "../io/input.ts";
import { exists, resolvePath } from "../io/paths.ts";
import { readImage } from "../io/read_picture.ts";
import type { Reporter } from "../io/reporter.ts";
import { withPathInErrors } from "../io/with_path_in_errors.ts";
import type { StyleName } from "../style_name.ts";
import { loadStyle, styleResizing, type StyleSettings } from "../styles.ts";
import type { DatasetOptions } from "./options.ts";

/** Stands for all of a picture, beside the classes in it. */
export const WHOLE = "whole";

/** A style by classes, and as a {@linkcode WHOLE}. */
export type ClassStyles = ReadonlyMap<string, StyleStatistics>;

/** A style that can be drawn. */
export interface SetStyle {
  /** As the index lists it: the path of a picture in its folder, or the name in a pack. */
  name: string;
  style: StyleName;
  /** Its label map, where styles are taken by classes. */
  labels?: string;
}

/** Part of a picture that a class must have for statistics of its own. */
const LEAST_SHARE = 0.01;

/** Statistics that stay in memory, of styles and of the classes in them: 0.3 MB each. */
const IN_MEMORY = 256;

/** The styles of a data set, or one pooled from all of them. */
export class StyleSet {
  /** Those that were used last come last. */
  readonly #loaded = new Map<SetStyle, Promise<ClassStyles>>();
  /** What the statistics of a style are kept under. */
  readonly #keys = new Map<SetStyle, Promise<string>>();
  readonly #unreadable = new Set<SetStyle>();
  #pool: Promise<ClassStyles> | undefined;
  /** Most classes of a style so far. */
  #most = 1;
  /** Whether it is said that statistics are not kept. */
  #isNoted = false;

  /**
   * @param inNetworks does the work of the networks
   * @param byClass whether each style is taken apart by its label map
   * @param folder where statistics are kept; in memory alone where there is none
   * @param onFault told of a style that cannot be read, once
   */
  constructor(
    readonly styles: readonly SetStyle[],
    private readonly stylizer: Stylizer,
    private readonly settings: StyleSettings,
    private readonly inNetworks: InNetworks,
    private readonly byClass: boolean,
    private readonly folder: string | undefined,
    private readonly onFault: (error: FileError) => void,
  ) {}

  /** Styles that could not be read. */
  get unreadable(): number {
    return this.#unreadable.size;
  }

  /** A style; none if it cannot be read. */
  async load(style: SetStyle): Promise<ClassStyles | undefined> {
    if (this.#unreadable.has(style)) return undefined;
    const loaded = this.#loaded.get(style) ?? this.#read(style);
    this.#loaded.delete(style);
    this.#loaded.set(style, loaded);
    try {
      const own = await loaded;
      this.#most = Math.max(this.#most, own.size);
      while (this.#loaded.size * this.#most > IN_MEMORY && this.#loaded.size > 1) {
        this.#loaded.delete(this.#loaded.keys().next().value!);
      }
      if (!this.byClass) return own;
      return new Map([...await this.pool(), ...own]);
    } catch (error) {
      this.#report(style, error);
      return undefined;
    }
  }

  /**
   * One style of all: the sums over their pixels.
   *
   * @throws {UsageError} if one is kept in a pack, which has no sums
   * @throws {FileError} if none can be read
   */
  pool(): Promise<ClassStyles> {
    return this.#pool ??= this.#readPool();
  }

  async #read(style: SetStyle): Promise<ClassStyles> {
    const { entry } = style.style;
    if (entry !== undefined) {
      return new Map([[WHOLE, await loadStyle(style.style, this.stylizer, this.settings)]]);
    }
    return await this.#keep(await this.#keyOf(style), async () => {
      const moments = await this.#measure(style);
      const all = moments.get(WHOLE)!.scales[0]!.count;
      return new Map(
        [...moments].filter(([, { scales: [first] }]) => first!.count >= LEAST_SHARE * all),
      );
    });
  }

  async #readPool(): Promise<ClassStyles> {
    const { reporter } = this.settings;
    const keys: string[] = [];
    const readable: SetStyle[] = [];
    for (const style of this.styles) {
      if (style.style.entry !== undefined) {
        throw new UsageError(
          `A pack keeps no sums to pool: name the folder of pictures, not ${
            quote(style.style.path)
          }`,
        );
      }
      if (this.#unreadable.has(style)) continue;
      try {
        keys.push(await this.#keyOf(style));
        readable.push(style);
      } catch (error) {
        this.#report(style, error);
      }
    }
    return await this.#keep(digest(["pool", ...keys]), async () => {
      const sums = new Map<string, StyleMoments>();
      for (const [count, style] of readable.entries()) {
        reporter.step(`Looking at style ${count + 1} of ${readable.length}`);
        try {
          for (const [name, moments] of await this.#measure(style)) {
            const sum = sums.get(name);
            if (sum) sum.add(moments);
            else sums.set(name, moments);
          }
        } catch (error) {
          this.#report(style, error);
        }
      }
      reporter.clear();
      if (sums.size === 0) throw new FileError("No style could be read");
      return sums;
    });
  }

  /** Moments of a picture, and of the classes in it. */
  async #measure({ style: { path }, labels }: SetStyle): Promise<Map<string, StyleMoments>> {
    const { styleSize, ...reading } = this.settings;
    const { model } = this.stylizer;
    const { pixels } = await readImage(path, {
      ...reading,
      resizing: (source) => styleResizing(source, styleSize, model.styleSize),
    });
    const masks = labels ? await this.#readMasks(labels) : new Map<string, Pixels>();
    const measure = () => this.stylizer.measureStyle(pixels, [undefined, ...masks.values()]);
    const all = await this.inNetworks(() => withPathInErrors(path, measure));
    return new Map([WHOLE, ...masks.keys()].map((name, index) => [name, all[index]!]));
  }

  async #readMasks(labels: string): Promise<Map<string, Pixels>> {
    const { maxPixels, reporter } = this.settings;
    const { pixels } = await readImage(labels, { maxPixels, reporter });
    return await withPathInErrors(labels, () => classMasks(pixels));
  }

  /** Says what statistics depend on: files, the model, and the size at which a style is seen. */
  #keyOf(style: SetStyle): Promise<string> {
    const key = this.#keys.get(style) ?? this.#makeKey(style);
    this.#keys.set(style, key);
    return key;
  }

  async #makeKey({ labels, style: { path: picture } }: SetStyle): Promise<string> {
    const parts = [this.stylizer.model.checksum, `${this.settings.styleSize ?? ""}`];
    for (const path of [picture, ...labels ? [labels] : []]) {
      using input = await openInput(path);
      parts.push(createHash("sha256").update(await input.readAll()).digest("hex"));
    }
    return digest(parts);
  }

  /** Reads statistics that are kept, or else makes and keeps them, as a pack. */
  async #keep(
    key: string,
    measure: () => Promise<ReadonlyMap<string, StyleMoments>>,
  ): Promise<ClassStyles> {
    const file = this.folder === undefined ? undefined : `${this.folder}/${key}.safetensors`;
    if (file !== undefined && exists(file)) {
      try {
        using input = await openInput(file);
        const pack = await StylePack.open(input);
        return new Map((await pack.readAll()).map((style) => [style.name, style]));
      } catch {
        // Damaged: it is made again.
      }
    }
    const styles: PackedStyle[] = [];
    for (const [name, moments] of await measure()) {
      const statistics = await this.inNetworks(() => this.stylizer.summarizeStyle(moments));
      styles.push({ name, ...statistics });
    }
    if (file !== undefined) await this.#write(file, styles);
    return new Map(styles.map((style) => [style.name, style]));
  }

  /** Writes statistics. Where there is no room for them, there may be for results. */
  async #write(file: string, styles: readonly PackedStyle[]): Promise<void> {
    const path = resolvePath(file);
    try {
      await makeFolderOf(path, file);
      await writeAtomically(path, await writePack(styles), file, true);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      if (!this.#isNoted) {
        this.settings.reporter.note(`${error.message}: statistics of styles are not kept`);
      }
      this.#isNoted = true;
    }
  }

  #report(style: SetStyle, error: unknown): void {
    if (!(error instanceof FileError)) throw error;
    if (this.#unreadable.has(style)) return;
    this.#unreadable.add(style);
    this.#loaded.delete(style);
    this.onFault(error);
  }
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex");
}

/** Opens the styles that a data set is restyled after, and reports those that cannot be read. */
export function openStyles(
  styles: readonly SetStyle[],
  stylizer: Stylizer,
  options: DatasetOptions,
  { inNetworks, byClass, folder, reporter }: {
    inNetworks: InNetworks;
    byClass: boolean;
    folder: string | undefined;
    reporter: Reporter;
  },
): StyleSet {
  const settings: StyleSettings = {
    maxPixels: options.maxPixels,
    reporter,
    ...(options.styleSize ? { styleSize: options.styleSize } : {}),
  };
  return new StyleSet(
    styles,
    stylizer,
    settings,
    inNetworks,
    byClass,
    folder,
    (error) => reporter.error(error),
  );
}

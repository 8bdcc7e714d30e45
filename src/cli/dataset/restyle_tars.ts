/**
 * Restyles the pictures in tar files (WebDataset), as streams: every other entry stays as it is.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { basename, dirname, join, posix } from "node:path";
import { checkEncodable, CodecThreads, isPictureName } from "../../image/mod.ts";
import type { Stylizer } from "../../mod.ts";
import { OneAtATime } from "../batch/one_at_a_time.ts";
import type { InNetworks } from "../batch/run.ts";
import { Tally } from "../batch/tally.ts";
import { FileError, quote } from "../errors.ts";
import { streamAtomically } from "../io/atomic_write.ts";
import { checkWritable, makeFolderOf } from "../io/check_writable.ts";
import type { FoundFile } from "../io/find_pictures.ts";
import { formatCount } from "../io/format_count.ts";
import { describePath, exists, resolvePath, STANDARD, stem } from "../io/paths.ts";
import { readPictureFrom } from "../io/read_picture.ts";
import { Reporter } from "../io/reporter.ts";
import { writeStandard } from "../io/standard_output.ts";
import { withPathInErrors } from "../io/with_path_in_errors.ts";
import { loadStylizer, readModelChecksum } from "../load_stylizer.ts";
import { isInShard } from "./draws.ts";
import { IndexWriter, readRows } from "./index_files.ts";
import type { DatasetOptions } from "./options.ts";
import { type DrawnFrom, Recipes, resultName, variantFolder } from "./recipes.ts";
import { openStyles, type StyleSet, WHOLE } from "./style_set.ts";
import { packTar, readTar, renamed, samplesOf, type TarEntry } from "./tar_files.ts";

/** A tar file, and where the restyled one goes. */
export interface TarJob extends FoundFile {
  /** A path, or `-` for standard output. */
  output: string;
}

/**
 * Restyles tar files, one after the other; those that are made already are left out.
 *
 * @throws {FileError} if something failed: everything else is done.
 */
export async function restyleTars(
  tars: readonly TarJob[],
  from: DrawnFrom,
  options: DatasetOptions,
): Promise<void> {
  const run = new TarRun(from, options, await readModelChecksum(options.model));
  await run.carryOut(tars.filter(({ within }) => isInShard(within, options.shard)));
}

class TarRun {
  readonly #reporter: Reporter;
  readonly #recipes: Recipes;
  readonly #tally = new Tally(0);
  readonly #networks = new OneAtATime();
  #stylizer!: Stylizer;
  #styles!: StyleSet;
  #others = 0;

  /** Does work of the networks after all that was asked for before. */
  readonly #inNetworks: InNetworks = (work) =>
    this.#networks.run(() => this.#tally.measureNetworks(work));

  constructor(
    private readonly from: DrawnFrom,
    private readonly options: DatasetOptions,
    modelChecksum: string,
  ) {
    this.#reporter = new Reporter(options);
    this.#recipes = new Recipes(from, options, modelChecksum);
  }

  async carryOut(tars: readonly TarJob[]): Promise<void> {
    const waiting: TarJob[] = [];
    for (const tar of tars) if (!await this.#isMade(tar)) waiting.push(tar);
    let failed = 0;
    if (waiting.length > 0) {
      await using stylizer = await loadStylizer(this.options, this.#reporter);
      this.#stylizer = stylizer;
      this.#styles = this.#openStyles(waiting[0]!);
      if (this.options.pair === "pool") await this.#styles.pool();
      using images = new CodecThreads();
      for (const tar of waiting) {
        try {
          await this.#restyle(tar, images);
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          this.#reporter.error(error);
          failed++;
        }
      }
    }
    this.#reporter.clear();
    const unreadable = this.#styles?.unreadable ?? 0;
    const skipped = tars.length - waiting.length;
    const parts = [
      this.#tally.summarize(),
      `${formatCount(this.#others, "other entry", "other entries")} kept`,
      ...skipped > 0 ? [`${formatCount(skipped, "tar file")} skipped`] : [],
      ...unreadable > 0 ? [`${formatCount(unreadable, "style")} unreadable`] : [],
    ];
    this.#reporter.result(parts.join("; "));
    const faults = failed + this.#tally.failed + unreadable;
    if (faults > 0) throw new FileError(`${formatCount(faults, "fault")}, as named above`);
  }

  /** Statistics are kept beside the results; with standard output, in memory alone. */
  #openStyles({ output }: TarJob): StyleSet {
    return openStyles(this.from.styles, this.#stylizer, this.options, {
      inNetworks: this.#inNetworks,
      byClass: false,
      folder: output === STANDARD ? undefined : join(dirname(output), ".linear-style"),
      reporter: this.#reporter,
    });
  }

  /**
   * Whether a tar file is restyled already: it appears after its index.
   *
   * @throws {FileError} if it was with other settings
   */
  async #isMade({ output }: TarJob): Promise<boolean> {
    const { overwrite = false } = this.options;
    if (output === STANDARD || overwrite || !exists(output)) return false;
    const rows = await readRows(`${indexName(output)}.jsonl`);
    if (!rows) return false; // Then it is a file of someone else, which is not replaced.
    const variants = rows.reduce((most, { variant }) => Math.max(most, variant), 0);
    for (const row of rows) {
      const name = this.#outputOf(row.content, row.variant);
      const isSame = this.#recipes.isOf(this.#recipes.of(row.content, name, row.variant), row);
      if (isSame && variants === this.options.perContent) continue;
      throw new FileError(
        `${quote(output)} has results of other settings: name another file` +
          " (--overwrite makes it anew)",
      );
    }
    return true;
  }

  async #restyle(tar: TarJob, images: CodecThreads): Promise<void> {
    const { output, path } = tar;
    if (output === STANDARD) {
      for await (const piece of packTar(this.#entries(path, images))) await writeStandard(piece);
      return;
    }
    const { overwrite = false } = this.options;
    const target = resolvePath(output);
    await makeFolderOf(target, output);
    await checkWritable(target, output, overwrite);
    using index = new IndexWriter(dirname(output), undefined, basename(indexName(output)));
    await index.open({ rows: new Map(), begun: new Set() }, () => false);
    const pieces = async function* (this: TarRun) {
      yield* packTar(this.#entries(path, images, index));
      await index.finish();
    };
    await streamAtomically(target, () => pieces.call(this), output, overwrite);
  }

  /** The entries of a restyled tar file, in their order; some pictures are worked on at a time. */
  async *#entries(
    path: string,
    images: CodecThreads,
    index?: IndexWriter,
  ): AsyncGenerator<TarEntry> {
    const ahead: Promise<TarEntry | undefined>[] = [];
    const next = async () => await ahead.shift()!;
    for await (const { entry, variant } of this.#variants(path)) {
      const result = this.#isPicture(entry)
        ? this.#tryToRestyle(entry, variant, path, images, index)
        : Promise.resolve(this.#sideEntry(entry, variant));
      result.catch(() => {}); // A failure is thrown where it is awaited.
      ahead.push(result);
      if (ahead.length > 2 * this.options.jobs) {
        const done = await next();
        if (done) yield done;
      }
    }
    while (ahead.length > 0) {
      const done = await next();
      if (done) yield done;
    }
  }

  /** The entries of a tar file: as often as each picture has results, sample by sample. */
  async *#variants(path: string): AsyncGenerator<{ entry: TarEntry; variant: number }> {
    const { perContent } = this.options;
    if (perContent === 1) {
      for await (const entry of readTar(path)) yield { entry, variant: 1 };
      return;
    }
    for await (const sample of samplesOf(readTar(path))) {
      for (let variant = 1; variant <= perContent; variant++) {
        for (const { header, data } of sample) {
          // Decoding takes the bytes.
          yield { entry: { header, data: data.slice() }, variant };
        }
      }
    }
  }

  /** What stays as it is, under the name of its variant. */
  #sideEntry({ header, data }: TarEntry, variant: number): TarEntry {
    this.#others++;
    const folder = variantFolder(variant, this.options);
    if (!folder) return { header, data };
    return { header: renamed(header, posix.join(folder, header.name), folder), data };
  }

  /** The path of a result in its tar file. */
  #outputOf(content: string, variant: number): string {
    const folder = variantFolder(variant, this.options);
    const { name } = resultName(content);
    return folder ? posix.join(folder, name) : name;
  }

  /** WebDataset tells what an entry is by what follows the first dot: a label map is `seg.png`. */
  #isPicture({ header: { name, type = "file" } }: TarEntry): boolean {
    return type === "file" && isPictureName(name) && basename(name).split(".").length === 2;
  }

  /** A restyled picture; none if it cannot be made, which is reported. */
  async #tryToRestyle(
    entry: TarEntry,
    variant: number,
    path: string,
    images: CodecThreads,
    index?: IndexWriter,
  ): Promise<TarEntry | undefined> {
    try {
      const made = await this.#make(entry, variant, path, images, index);
      this.#tally.add("done");
      this.#reporter.step(`${describePath(path)}: ${this.#tally.total} pictures`);
      return made;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#reporter.error(error);
      this.#tally.add("failed");
      return undefined;
    }
  }

  async #make(
    { header, data }: TarEntry,
    variant: number,
    path: string,
    images: CodecThreads,
    index?: IndexWriter,
  ): Promise<TarEntry> {
    const { maxPixels, quality, metadata: how } = this.options;
    const shown = `${path}/${header.name}`;
    const { format } = resultName(header.name);
    const name = this.#outputOf(header.name, variant);
    const input = { readAll: () => Promise.resolve(data) };
    const { reporter, recipes } = { reporter: this.#reporter, recipes: this.#recipes };
    const content = await readPictureFrom(input, shown, { maxPixels, images, reporter });
    const recipe = recipes.of(header.name, name, variant);
    const result = await withPathInErrors(shown, async () => {
      await checkEncodable(content.pixels, format);
      const style = (await recipes.loadStyle(recipe, this.#styles)).get(WHOLE)!;
      const settings = { ...recipes.settings(recipe, this.#stylizer), inPlace: true };
      return await this.#inNetworks(() => this.#stylizer.stylize(content.pixels, style, settings));
    });
    const { width, height } = result; // The encoder may take its memory.
    const keeps = (how ?? (format === content.format ? "keep" : "strip")) === "keep";
    const settings = {
      quality,
      effort: "speed",
      ...(keeps ? { metadata: content.metadata } : {}),
    } as const;
    const pieces = await withPathInErrors(shown, () => images.encode(result, format, settings));
    const bytes = await new Blob(pieces as Uint8Array<ArrayBuffer>[]).bytes();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    index?.add({ ...recipe, width, height, sha256 });
    const { pax: { size: _, ...pax } = {}, ...others } = header; // The size is another one.
    return { header: renamed({ ...others, pax }, name), data: bytes };
  }
}

/** Where the index of a restyled tar file goes, without a suffix. */
function indexName(output: string): string {
  return join(dirname(output), `${stem(output)}.index`);
}

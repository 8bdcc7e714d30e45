/**
 * The index of a data set: what was made of what, and how, as TSV and as JSON Lines.
 *
 * While a run goes on, its JSON Lines tell which results are begun, and which are made: a run that
 * comes after one that was stopped knows what is left, and which files may be half of what they are
 * to be. At its end, the index is written anew, in the order of the results' names.
 *
 * @module
 */

import { join } from "node:path";
import { escape } from "../batch/manifest.ts";
import type { Shard } from "../batch/shard.ts";
import { explainSystemError, FileError, quote } from "../errors.ts";
import { writeAtomically } from "../io/atomic_write.ts";
import { makeFolderOf } from "../io/check_writable.ts";
import { exists, resolvePath } from "../io/paths.ts";

/** How a result is made: the same settings of the same content make the same bytes. */
export interface Recipe {
  /** Path in the data set. */
  content: string;
  /** Name of the style that was drawn; of the pooled one. */
  style: string;
  /** Path in the folder of results. */
  output: string;
  /** From 1, where a content has several results. */
  variant: number;
  alpha: number;
  seed: number;
  /** Everything else that the result depends on. */
  settings: Record<string, unknown>;
}

/** A result. */
export interface IndexRow extends Recipe {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Of the result's bytes. */
  sha256: string;
}

const COLUMNS = ["content", "style", "output", "variant", "alpha", "seed", "settings", "sha256"];

/** The names of the files that may hold a part of an index. */
const PART = /^index(\.\d+-of-\d+)?\.jsonl$/;

/** What earlier runs have left. */
export interface Progress {
  /** By the results' paths in their folder. */
  rows: Map<string, IndexRow>;
  /** Results that were begun. */
  begun: Set<string>;
}

/** Reads what earlier runs of all shards have left in a folder of results. */
export async function readProgress(folder: string): Promise<Progress> {
  const progress: Progress = { rows: new Map(), begun: new Set() };
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(resolvePath(folder))) {
      if (PART.test(name)) names.push(name);
    }
    for (const name of names.sort()) {
      const text = await Deno.readTextFile(resolvePath(join(folder, name)));
      for (const line of text.split("\n")) addLine(progress, line);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return progress;
    throw new FileError(`Cannot read ${quote(folder)}: ${explainSystemError(error)}`, {
      cause: error,
    });
  }
  return progress;
}

/** The rows of one index; none where there is no such file. */
export async function readRows(file: string): Promise<IndexRow[] | undefined> {
  if (!exists(file)) return undefined;
  const progress: Progress = { rows: new Map(), begun: new Set() };
  const text = await Deno.readTextFile(resolvePath(file));
  for (const line of text.split("\n")) addLine(progress, line);
  return [...progress.rows.values()];
}

/** A line that a stopped run has left half written says nothing. */
function addLine({ rows, begun }: Progress, line: string): void {
  let value: Partial<IndexRow> & { begun?: unknown };
  try {
    value = JSON.parse(line);
  } catch {
    return;
  }
  if (typeof value?.begun === "string") begun.add(value.begun);
  else if (typeof value?.output === "string" && typeof value.sha256 === "string") {
    rows.set(value.output, value as IndexRow);
    begun.add(value.output);
  }
}

/** Writes an index while results are made. */
export class IndexWriter implements Disposable {
  readonly #rows = new Map<string, IndexRow>();
  #file: Deno.FsFile | undefined;
  /** Whether a line may have been written in part. */
  #isTorn = false;

  readonly #stem: string;

  /**
   * @param folder of the index
   * @param shard has an index of its own
   * @param name of the index
   */
  constructor(
    private readonly folder: string,
    private readonly shard: Shard | undefined,
    private readonly name: string = "index",
  ) {
    const part = shard ? `.${shard.index}-of-${shard.count}` : "";
    this.#stem = join(folder, `${name}${part}`);
  }

  /** Begins with the rows of results that are there already. */
  async open({ rows, begun }: Progress, isOurs: (output: string) => boolean): Promise<void> {
    const lines: string[] = [];
    for (const [output, row] of rows) {
      if (!isOurs(output)) continue;
      this.#rows.set(output, row);
      lines.push(JSON.stringify(row));
    }
    for (const output of begun) {
      if (isOurs(output) && !rows.has(output)) lines.push(JSON.stringify({ begun: output }));
    }
    const path = this.#path("jsonl");
    await makeFolderOf(resolvePath(path), path);
    const text = lines.map((line) => `${line}\n`).join("");
    await writeAtomically(resolvePath(path), new TextEncoder().encode(text), path, true);
    this.#file = await Deno.open(resolvePath(path), { append: true });
  }

  /** Notes that a result is begun: a file of its name may be replaced from now on. */
  begin(output: string): void {
    this.#append({ begun: output });
  }

  /** Adds a result. */
  add(row: IndexRow): void {
    this.#rows.set(row.output, row);
    this.#append(row);
  }

  /** Writes the whole index, and takes those of shards away that it holds. */
  async finish(): Promise<void> {
    this[Symbol.dispose]();
    const rows = [...this.#rows.values()].sort((a, b) => a.output < b.output ? -1 : 1);
    const json = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    const cell = (row: IndexRow, column: string) => {
      const value = row[column as keyof IndexRow];
      return escape(typeof value === "object" ? JSON.stringify(value) : `${value}`);
    };
    const table = [
      COLUMNS.join("\t"),
      ...rows.map((row) => COLUMNS.map((column) => cell(row, column)).join("\t")),
      "",
    ].join("\n");
    for (const [suffix, text] of [["jsonl", json], ["tsv", table]] as const) {
      const path = this.#path(suffix);
      await writeAtomically(resolvePath(path), new TextEncoder().encode(text), path, true);
    }
    if (!this.shard && this.name === "index") await this.#removeParts();
  }

  /** Takes away the indices of shards, whose rows this one has. */
  async #removeParts(): Promise<void> {
    const folder = resolvePath(this.folder);
    for await (const { name } of Deno.readDir(folder)) {
      if (/^index\.\d+-of-\d+\.(jsonl|tsv)$/.test(name)) {
        await Deno.remove(join(folder, name)).catch(() => {}); // Another run may have done it.
      }
    }
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #path(suffix: string): string {
    return `${this.#stem}.${suffix}`;
  }

  /** Appends a line. Synchronously: a thread for some bytes takes longer than writing them. */
  #append(value: unknown): void {
    const bytes = new TextEncoder().encode(`${this.#isTorn ? "\n" : ""}${JSON.stringify(value)}\n`);
    try {
      const written = this.#file!.writeSync(bytes);
      this.#isTorn = written < bytes.length;
      if (this.#isTorn) throw new Deno.errors.WriteZero("the disk is full");
    } catch (error) {
      this.#isTorn = true;
      throw new FileError(
        `Cannot write ${quote(this.#path("jsonl"))}: ${explainSystemError(error)}`,
        {
          cause: error,
        },
      );
    }
  }
}

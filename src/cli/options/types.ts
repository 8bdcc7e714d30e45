/**
 * The values of the options that subcommands share, by what they are about. A subcommand's options
 * extend those that it declares.
 *
 * @module
 */

import type { ReportOptions } from "../io/reporter.ts";
import type { BackendName, Precision } from "../../../backends/mod.ts";
import type { Depth, Effort, OutputFormat } from "../../image/mod.ts";
import type { Brush, Tile } from "../../mod.ts";
import type { COLOR_WAYS, Fit } from "./parsers.ts";
import type { Shard } from "../batch/shard.ts";

export type { ReportOptions } from "../io/reporter.ts";

/** Reading pictures. */
export interface ReadOptions {
  maxPixels: number;
}

/** Running the networks. */
export interface RuntimeOptions {
  backend: BackendName | "auto";
  threads?: number;
  precision: Precision;
  model: string;
}

/** Stylizing a content. */
export interface StyleOptions extends ReadOptions, ReportOptions {
  alpha: number;
  brush: Brush;
  levels?: number[];
  styleSize?: number;
  preserveColor: typeof COLOR_WAYS[number];
  colorOnly?: boolean;
  photo?: boolean;
  tile: Tile;
}

/** Results in general: of pictures and of clips. */
export interface OutputOptions {
  output?: string;
  overwrite?: boolean;
  /** File for a lookup table. */
  saveLut?: string;
}

/** Results that are pictures. */
export interface PictureOptions extends OutputOptions {
  /** Short side of the result, or its width and height; in pixels. */
  size?: number | { width: number; height: number };
  /** How a picture is brought to a width and height. */
  fit?: Fit;
  format?: OutputFormat;
  quality: number;
  /** What the encoder strives for. Default: small files. */
  effort?: Effort;
  depth?: Depth;
  metadata?: "keep" | "strip";
}

/** Many results. */
export interface BatchOptions {
  recursive?: boolean;
  /** Template for names of results. */
  name?: string;
  skipExisting?: boolean;
  /** Results that are worked on at a time. */
  jobs: number;
  shard?: Shard;
  manifest?: string;
  json?: boolean;
}

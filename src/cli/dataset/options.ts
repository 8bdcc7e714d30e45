import type { RuntimeOptions } from "../options/types.ts";
import type { Range } from "../options/parsers.ts";
import type { Shard } from "../batch/shard.ts";
import type { StyleOptions } from "../options/types.ts";

/** Where the style of a content comes from: a picture by chance, or all pictures at once. */
export const STYLE_PAIRINGS = ["random", "pool"] as const;

/** What contents are matched by: their own statistics, those of the set, or those of classes. */
export const SET_STATISTICS = ["picture", "dataset", "class"] as const;

/** What becomes of the files that lie beside the pictures. */
export const SIDE_FILE_WAYS = ["copy", "link", "none"] as const;

/** Options of the subcommand `dataset`. */
export interface DatasetOptions extends Omit<StyleOptions, "alpha" | "levels">, RuntimeOptions {
  output: string;
  images?: string;
  labels?: string;
  styleLabels?: string;
  sideFiles: typeof SIDE_FILE_WAYS[number];
  pair: typeof STYLE_PAIRINGS[number];
  seed: number;
  perContent: number;
  statistics?: typeof SET_STATISTICS[number];
  /** Contents that the statistics of the set are taken from. */
  sample: number;
  alpha: Range;
  /** From level 1 up. */
  levels?: Range[];
  quality: number;
  metadata?: "keep" | "strip";
  overwrite?: boolean;
  verify?: boolean;
  jobs: number;
  shard?: Shard;
  json?: boolean;
}

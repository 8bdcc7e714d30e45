/**
 * Lookup tables: `.cube` files as styles, and as results.
 *
 * @module
 */

import type { Pixels, Samples } from "../image/mod.ts";
import {
  formatCube,
  type Lut3d,
  LutError,
  MAX_CUBE_BYTES,
  parseCube,
  type PhotoMap,
} from "../mod.ts";
import { UsageError } from "./errors.ts";
import { writeAtomically } from "./io/atomic_write.ts";
import { checkWritable } from "./io/check_writable.ts";
import { openInput } from "./io/input.ts";
import { describePath, resolvePath, suffix } from "./io/paths.ts";
import { withPathInErrors } from "./io/with_path_in_errors.ts";

/** A table as the user names it: `FILE.cube`, perhaps with `:SHARE`. */
interface LutName {
  path: string;
  weight: number;
}

/** A table, and how much of it is taken. */
export interface SharedLut {
  lut: Lut3d;
  /** 0 to 1. */
  share: number;
}

/** Whether a file is a lookup table, by its name. */
export function isLut({ path }: LutName): boolean {
  return suffix(path) === "cube";
}

/**
 * Reads a lookup table.
 *
 * @throws {FileError} naming the file, if it cannot be read or is no table
 * @throws {UsageError} if more than all of it is asked for
 */
export async function loadLut({ path, weight }: LutName): Promise<SharedLut> {
  if (weight > 1) {
    throw new UsageError(`Of the table ${describePath(path)}, 1 is all: ${weight} is too much`);
  }
  using input = await openInput(path);
  const lut = await withPathInErrors(path, async () => {
    if (input.size > MAX_CUBE_BYTES) {
      throw new LutError(`The file is too large for a table: ${input.size} bytes`);
    }
    return parseCube(new TextDecoder("latin1").decode(await input.readAll()));
  });
  return { lut, share: weight };
}

/** Applies tables to a picture, one after another. */
export function applyLuts(
  pixels: Pixels<Samples>,
  luts: readonly SharedLut[],
  alpha = 1,
): Pixels<Samples> {
  return luts.reduce((result, { lut, share }) => lut.apply(result, share * alpha), pixels);
}

/**
 * Checks before the work that a table can be written after it.
 *
 * @throws {UsageError} if the file's name does not say what it is
 * @throws {FileError} if it cannot be written
 */
export async function checkLutTarget(file: string, overwrite: boolean): Promise<void> {
  if (suffix(file) !== "cube") {
    throw new UsageError(
      `A lookup table goes to a file whose name ends in .cube: ${describePath(file)}`,
    );
  }
  await checkWritable(resolvePath(file), file, overwrite);
}

/** Writes what a photograph's map does everywhere as a table. */
export async function saveLut(map: PhotoMap, file: string, overwrite: boolean): Promise<void> {
  const bytes = new TextEncoder().encode(formatCube(map.toLut()));
  await writeAtomically(resolvePath(file), bytes, file, overwrite);
}

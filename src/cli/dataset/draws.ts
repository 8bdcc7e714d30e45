/**
 * What is drawn for each content of a data set. All of it depends on the seed and on the content's
 * path in the set, so that other contents, runs and machines change nothing about it.
 *
 * @module
 */

import { draw, drawShare } from "../batch/draw.ts";
import type { Shard } from "../batch/shard.ts";
import type { Range } from "../options/parsers.ts";

/** The style of a variant: its index, for the first, or, if that cannot be read, a later attempt. */
export function drawStyle(
  within: string,
  variant: number,
  attempt: number,
  count: number,
  seed: number,
): number {
  const first = drawDistinct(within, variant, count, seed);
  if (attempt === 0) return first;
  return draw(`${seed}\0${within}\0${variant}\0instead ${attempt}`, count);
}

/** A style that no variant before it has, while there are enough; the first as `--pair random`'s. */
function drawDistinct(within: string, variant: number, count: number, seed: number): number {
  const taken = new Set<number>();
  for (let index = 1;; index++) {
    let chosen = draw(index === 1 ? `${seed}\0${within}` : `${seed}\0${within}\0${index}`, count);
    while (taken.size < count && taken.has(chosen)) chosen = (chosen + 1) % count;
    if (index === variant) return chosen;
    taken.add(chosen);
  }
}

/** A number within bounds, in steps of a thousandth. */
export function drawNumber(
  { low, high }: Range,
  what: string,
  within: string,
  variant: number,
  seed: number,
): number {
  if (low === high) return low;
  const share = drawShare(`${seed}\0${what}\0${within}\0${variant}`);
  return Math.round(1000 * (low + share * (high - low))) / 1000;
}

/** Whether a file is of a part of the work: by its path alone, whatever other files there are. */
export function isInShard(within: string, shard: Shard | undefined): boolean {
  return shard === undefined || draw(`shard\0${within}`, shard.count) === shard.index - 1;
}

import { InvalidArgumentError } from "commander";

/** A part of the work: the `index`-th of `count`, from 1. */
export interface Shard {
  index: number;
  count: number;
}

/** Parses `2/8`. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.map(Number) ?? [];
  if (!index || !count || index > count) {
    throw new InvalidArgumentError("It must be like 1/4, the first of four parts.");
  }
  return { index, count };
}

/** Every `count`-th from the `index`-th: the parts of all indices are the whole, each once. */
export function takeShard<T>(all: readonly T[], { index, count }: Shard): T[] {
  return all.filter((_, at) => at % count === index - 1);
}

/** A part of the work: the `index`-th of `count`, from 1. */
export interface Shard {
  index: number;
  count: number;
}

/** Every `count`-th from the `index`-th: the parts of all indices are the whole, each once. */
export function takeShard<T>(all: readonly T[], { index, count }: Shard): T[] {
  return all.filter((_, at) => at % count === index - 1);
}

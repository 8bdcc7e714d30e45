import { mutate, randomNumbers } from "./mutate.ts";
import type { Target } from "./targets.ts";

/** What became of a mutated file. */
export interface Finding {
  /** Which it is: the same seed is always the same file. */
  seed: number;
  /** Read, or refused in one clear line; anything else is a failure. */
  outcome: "valid" | "refused" | "failed";
  /** The error, of those that were not read. */
  error?: string;
  /** In milliseconds. */
  time: number;
  /** Of the process, in bytes. */
  memory: number;
}

/** Reads mutated files of a target, from a seed on. */
export async function* fuzz(
  target: Target,
  count: number,
  first: number,
): AsyncGenerator<Finding, void, void> {
  for (let seed = first; seed < first + count; seed++) {
    const random = randomNumbers(seed);
    const mutated = mutate(target.seeds[random(target.seeds.length)]!, random);
    const bytes = target.repair && random(2) ? target.repair(mutated) : mutated;
    const started = performance.now();
    const finding = await attempt(target, bytes);
    const time = performance.now() - started;
    // A decoder must not be the worse for what it has read.
    if (seed % 20 === 0) await target.read(target.seeds[0]!.slice());
    yield { seed, ...finding, time, memory: Deno.memoryUsage().rss };
  }
}

async function attempt(
  target: Target,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Pick<Finding, "outcome" | "error">> {
  try {
    await target.read(bytes);
    return { outcome: "valid" };
  } catch (error) {
    if (error instanceof target.error && !/\n/.test(error.message)) {
      return { outcome: "refused", error: error.message };
    }
    const told = error instanceof Error ? error.stack ?? error.message : `threw ${error}`;
    return { outcome: "failed", error: told };
  }
}

import { mutate, randomNumbers } from "./mutate.ts";
import type { Target } from "./targets.ts";

/** What became of mutated files. */
export interface Outcome {
  /** That were read. */
  valid: number;
  /** That were refused in one clear line. */
  refused: number;
  /** Anything else: the one way to fail. */
  failures: string[];
  /** Longest time that one file took, in milliseconds. */
  slowest: number;
  /** Most memory that the process had, in bytes. */
  memory: number;
}

const LONGEST = 10_000;

/** Reads mutated files of a target. `seed` and `count` tell which: the same are always the same. */
export async function fuzz(target: Target, count: number, seed: number): Promise<Outcome> {
  const outcome: Outcome = { valid: 0, refused: 0, failures: [], slowest: 0, memory: 0 };
  for (let index = 0; index < count; index++) {
    const random = randomNumbers(seed + index);
    const mutated = mutate(target.seeds[random(target.seeds.length)]!, random);
    const bytes = target.repair && random(2) ? target.repair(mutated) : mutated;
    const started = performance.now();
    const complain = (what: string) => outcome.failures.push(`seed ${seed + index}: ${what}`);
    try {
      await target.read(bytes);
      outcome.valid++;
    } catch (error) {
      if (error instanceof target.error && !/\n/.test(error.message)) outcome.refused++;
      else complain(error instanceof Error ? error.stack ?? error.message : `threw ${error}`);
    }
    const time = performance.now() - started;
    // A decoder must not be the worse for what it has read.
    if (index % 20 === 0) await target.read(target.seeds[0]!.slice());
    outcome.memory = Math.max(outcome.memory, Deno.memoryUsage().rss);
    outcome.slowest = Math.max(outcome.slowest, time);
    if (time > LONGEST) complain(`took ${time} ms`);
  }
  return outcome;
}

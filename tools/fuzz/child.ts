// deno-lint-ignore-file no-console -- A program that prints.

/** `child.ts TARGET COUNT SEED`: reads mutated files of one target, and prints a line for each. */

import { fuzz } from "./fuzz.ts";
import { fuzzTargets } from "./targets.ts";

const [name, count, seed] = Deno.args;
for (const target of await fuzzTargets((known) => known === name)) {
  for await (const finding of fuzz(target, Number(count), Number(seed))) {
    console.log(JSON.stringify(finding));
  }
}

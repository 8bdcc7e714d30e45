/**
 * `deno task fuzz [COUNT] [SEED] [TARGET...]`: reads that many mutated files, and tells what became
 * of them. Exits with 1 if any ended otherwise than read or refused in one line.
 */

import { fuzz } from "./fuzz.ts";
import { fuzzTargets } from "./targets.ts";

const [count = "20000", seed = "1", ...names] = Deno.args;
const targets = (await fuzzTargets()).filter(({ name }) =>
  names.length === 0 || names.includes(name)
);
const each = Math.ceil(Number(count) / targets.length);
let failed = 0;
console.log("target        files    valid  refused   failed  slowest   memory");
for (const target of targets) {
  const { valid, refused, failures, slowest, memory } = await fuzz(target, each, Number(seed));
  const cells = [each, valid, refused, failures.length].map((value) => `${value}`.padStart(9));
  console.log(
    `${target.name.padEnd(10)}${cells.join("")}${slowest.toFixed(0).padStart(6)} ms${
      inMegabytes(memory)
    }`,
  );
  for (const failure of failures.slice(0, 5)) console.log(`  ${failure}`);
  failed += failures.length;
}
console.log(`${each * targets.length} files, ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);

/** Of the process, which gives little of it back. */
function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`.padStart(9);
}

// deno-lint-ignore-file no-console -- A program that prints.

/**
 * Kills processes that write a file, two hundred times, and kills and resumes a run over a folder,
 * twenty times; or ten times as often and as often as is asked for.
 */

import { killAndResume } from "./kill_runs.ts";
import { killWriters } from "./kill_writers.ts";

const kills = Number(Deno.args[0] ?? 20);
await killWriters(10 * kills);
console.log(`killed ${10 * kills} times while a file was replaced: it was whole each time`);
const partial = await killAndResume(kills);
console.log(
  `killed ${kills} times, ${partial} of them in the middle: the results are those of one run`,
);

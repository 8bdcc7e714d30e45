// deno-lint-ignore-file no-console -- A program that prints.

/** Kills and resumes a run over a folder, twenty times or as often as is asked for. */

import { killAndResume } from "./kills.ts";

const kills = Number(Deno.args[0] ?? 20);
const partial = await killAndResume(kills);
console.log(
  `killed ${kills} times, ${partial} of them in the middle: the results are those of one run`,
);

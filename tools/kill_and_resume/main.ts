// deno-lint-ignore-file no-console -- A program that prints.

/**
 * Kills processes that write a file, two hundred times, and kills and resumes a run over a folder,
 * twenty times; or ten times as often and as often as is asked for. Then kills one over a data set,
 * of some hundred pictures or as many as is asked for, at each quarter.
 *
 *     deno run -A tools/kill_and_resume/main.ts [KILLS] [PICTURES]
 */

import { killDataset } from "./kill_dataset.ts";
import { killAndResume } from "./kill_runs.ts";
import { killWriters } from "./kill_writers.ts";

const kills = Number(Deno.args[0] ?? 20);
const pictures = Number(Deno.args[1] ?? 400);
await killWriters(10 * kills);
console.log(`killed ${10 * kills} times while a file was replaced: it was whole each time`);
const partial = await killAndResume(kills);
console.log(
  `killed ${kills} times, ${partial} of them in the middle: the results are those of one run`,
);
const lost = await killDataset(pictures, 3);
console.log(
  `a data set of ${pictures}, killed ${lost.length} times: the files are those of one run,` +
    ` and ${lost.join(", ")} pictures were made again`,
);

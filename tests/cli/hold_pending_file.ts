// deno-lint-ignore-file no-console -- A program that prints.

/** Begins with a file that is never finished, for tests that kill this program. */

import { PendingFile } from "../../src/cli/io/pending_file.ts";

const [path] = Deno.args as [string];
using pending = await PendingFile.create(path, path);
await Deno.writeTextFile(pending.path, "half of it");
console.log(pending.path);
await new Promise((resolve) => setTimeout(resolve, 600_000));

/** Writes a file of one letter, again and again, for tests that stop it at a random moment. */

import { writeAtomically } from "../../src/cli/io/atomic_write.ts";

const [path, letters, times] = Deno.args as [string, string, string];
const sizes = [2 ** 20, 2 ** 18];
for (let turn = 0; turn < Number(times); turn++) {
  const bytes = new Uint8Array(sizes[turn % sizes.length]!);
  bytes.fill(letters.charCodeAt(turn % letters.length));
  await writeAtomically(path, bytes, path, true);
}

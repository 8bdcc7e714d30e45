/** Processes that write files without end, to be killed. */

import assert from "node:assert/strict";
import { PROJECT } from "./program.ts";

/** Arguments for Deno that run the writer of one file; its own follow. */
export const WRITER = [
  ...["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write", "--allow-env=INIT_CWD"],
  ...["--config", `${PROJECT}deno.json`, `${PROJECT}tests/cli/write_again_and_again.ts`],
];

/** Starts a process that writes a file some times, each time of one of the letters. */
export function startWriter(path: string, letters: string, times: number): Deno.ChildProcess {
  const args = [...WRITER, path, letters, String(times)];
  return new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "inherit" }).spawn();
}

/** Refuses a file that is not whole: of one letter, and of a size that is written. */
export async function assertWhole(path: string, letters: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  assert.ok(bytes.length === 2 ** 20 || bytes.length === 2 ** 18, `${bytes.length} bytes`);
  assert.ok(letters.includes(String.fromCharCode(bytes[0]!)));
  assert.ok(bytes.every((byte) => byte === bytes[0]));
}

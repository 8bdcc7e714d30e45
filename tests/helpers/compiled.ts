import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PROJECT, spawn, temporaryFolder } from "./program.ts";

/**
 * Asserts that a compiled file is what its source compiles to, byte for byte.
 *
 * @param folder of the source, in the project
 * @param task of that folder that compiles it
 */
export async function assertCompiled(folder: string, file: string, task: string): Promise<void> {
  const source = `${PROJECT}${folder}`;
  await using temporary = await temporaryFolder();
  const compiled = `${temporary.path}/${file}`;
  const { code, stderr } = await spawn(
    Deno.execPath(),
    ["task", "--quiet", "--cwd", source, task, "--outFile", compiled],
  );
  assert.equal(code, 0, stderr);
  const [is, was] = [`${source}/${file}`, compiled].map((path) => Deno.readFileSync(path));
  assert.ok(Buffer.from(is!).equals(was!), `\`deno task ${task}\` in ${folder} would change it`);
}

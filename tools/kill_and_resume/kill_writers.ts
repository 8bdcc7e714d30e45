import assert from "node:assert/strict";
import { list, temporaryFolder } from "../../tests/helpers/program.ts";
import { assertWhole, startWriter } from "../../tests/helpers/writers.ts";

/**
 * Kills processes at random moments while they replace a file, and checks each time that the file is
 * the old or the new one, whole; and at last that what they have left is cleared away.
 *
 * @param kills how often
 */
export async function killWriters(kills: number): Promise<void> {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/picture`;
  await startWriter(path, "a", 1).status;
  let stray = 0;
  for (let kill = 0; kill < kills; kill++) {
    const writer = startWriter(path, "abc", 1e9);
    // Not before it writes: it replaces the file, and so changes its time.
    const before = (await Deno.stat(path)).mtime!.getTime();
    const deadline = Date.now() + 20_000;
    while ((await Deno.stat(path)).mtime!.getTime() === before && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    writer.kill("SIGKILL");
    await writer.status;
    await assertWhole(path, "abc");
    stray += list(folder.path).length - 1;
  }
  assert.ok(stray > 0, "none was killed in the middle of writing");
  await startWriter(path, "a", 1).status;
  assert.deepEqual(list(folder.path), ["picture"]);
}

import assert from "node:assert/strict";
import { fuzz } from "./fuzz.ts";
import { fuzzTargets } from "./targets.ts";

Deno.test("damaged files are read or refused in one line, and nothing breaks", async (t) => {
  for (const target of await fuzzTargets()) {
    await t.step(target.name, async () => {
      const { valid, refused, failures } = await fuzz(target, 200, 1);
      assert.deepEqual(failures, []);
      assert.ok(valid > 0 && refused > 0, `${valid} valid, ${refused} refused: no test at all`);
    });
  }
});

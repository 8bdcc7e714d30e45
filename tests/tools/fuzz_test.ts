import assert from "node:assert/strict";
import { fuzz } from "../../tools/fuzz/fuzz.ts";
import { fuzzTargets } from "../../tools/fuzz/targets.ts";

Deno.test("damaged files are read or refused in one line, and nothing breaks", async (t) => {
  for (const target of await fuzzTargets()) {
    await t.step(target.name, async () => {
      const count = { valid: 0, refused: 0, failed: 0 };
      for await (const finding of fuzz(target, 120, 1)) {
        count[finding.outcome]++;
        assert.notEqual(finding.outcome, "failed", `seed ${finding.seed}: ${finding.error}`);
        assert.ok(finding.time < 10_000, `seed ${finding.seed}: ${finding.time} ms`);
      }
      assert.ok(count.valid > 0 && count.refused > 0, `no test at all: ${JSON.stringify(count)}`);
    });
  }
});

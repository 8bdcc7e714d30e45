/**
 * A data set restyled in parts by GNU parallel: `deno task test-cluster`.
 *
 * @module
 */

import assert from "node:assert/strict";
import { PROJECT, spawn, temporaryFolder } from "../helpers/program.ts";
import { assertSame, drawDataset, OPTIONS, PROGRAM, restyle, results } from "./dataset.ts";
import { kill, processes, waitFor } from "./slurm_cluster.ts";

const ENV = { PARTS: "4", JOBS: "2", LINEAR_STYLE: PROGRAM };

Deno.test("GNU parallel gives the bytes of a single run", async (t) => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await drawDataset(cwd, 60);
  const whole = await restyle(cwd, "whole");
  assert.equal(whole.code, 0, whole.stderr);
  const run = (out: string) =>
    spawn(`${PROJECT}examples/cluster/parallel.sh`, ["set", "real", "-o", out, ...OPTIONS], {
      cwd,
      env: ENV,
    });

  await t.step("as it is", async () => {
    const { code, stderr } = await run("plain");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^0 restyled, 60 skipped in/m);
    await assertSame(`${cwd}/plain`, `${cwd}/whole`);
  });

  await t.step("with a part that is killed in the middle", async () => {
    const running = run("killed");
    let victims: number[] = [];
    await waitFor("a part at work", async () => {
      if (results(`${cwd}/killed`) < 5) return false;
      victims = await processes((line) =>
        line.includes("deno") && line.includes("-o killed") && line.includes("--shard") &&
        !line.includes("parallel")
      );
      return victims.length > 0;
    });
    kill(victims[0]!);
    const { code, stderr } = await running;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^0 restyled, 60 skipped in/m);
    await assertSame(`${cwd}/killed`, `${cwd}/whole`);
  });

  await t.step(
    "and a picture that cannot be read fails the whole, once all else is made",
    async () => {
      await Deno.writeTextFile(`${cwd}/set/images/bad.png`, "no picture");
      const { code, stderr } = await run("bad");
      assert.equal(code, 1);
      assert.match(stderr, /error: 1 of 61 results could not be made\n$/);
      assert.equal(results(`${cwd}/bad`), 60);
    },
  );
});

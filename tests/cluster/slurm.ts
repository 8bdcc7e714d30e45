/**
 * A data set restyled by an array of jobs on a real Slurm: `deno task test-cluster`.
 *
 * @module
 */

import assert from "node:assert/strict";
import { PROJECT, temporaryFolder } from "../helpers/program.ts";
import { assertSame, drawDataset, OPTIONS, PROGRAM, restyle, results } from "./dataset.ts";
import { kill, processes, SlurmCluster, type TaskEnd, waitFor } from "./slurm_cluster.ts";

const SCRIPTS = `${PROJECT}examples/cluster`;
const ENV = { PARTS: "4", LINEAR_STYLE: PROGRAM };

Deno.test("a Slurm array gives the bytes of a single run", async (t) => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await drawDataset(cwd, 200);
  const whole = await restyle(cwd, "whole");
  assert.equal(whole.code, 0, whole.stderr);
  assert.match(whole.stderr, /^200 restyled in/);
  await using cluster = await SlurmCluster.start(cwd);
  const submit = (script: string, out: string, ...options: string[]) =>
    cluster.submit(
      ENV,
      ...["--cpus-per-task=1", `--output=${cwd}/${out}.log`, ...options],
      ...[`${SCRIPTS}/${script}`, `${cwd}/set`, `${cwd}/real`, "-o", `${cwd}/${out}`, ...OPTIONS],
    );
  /** Merges the indices, and compares everything with the single run. */
  const mergeAndCompare = async (job: string, out: string) => {
    const [merged] = await cluster.finish(
      await submit("merge.sbatch", out, `--dependency=afterany:${job}`),
    );
    const log = await Deno.readTextFile(`${cwd}/${out}.log`);
    assert.equal(merged!.state, "COMPLETED", log);
    assert.match(log, /^0 restyled, 200 skipped in/m);
    await assertSame(`${cwd}/${out}`, `${cwd}/whole`);
  };
  const assertCompleted = (tasks: readonly TaskEnd[]) => {
    assert.equal(tasks.length, 4);
    for (const { state, exitCode } of tasks) {
      assert.deepEqual([state, exitCode], ["COMPLETED", "0:0"]);
    }
  };

  await t.step("as it is", async () => {
    const job = await submit("restyle.sbatch", "plain", "--array=1-4");
    assertCompleted(await cluster.finish(job));
    await mergeAndCompare(job, "plain");
  });

  await t.step("with a task that is killed in the middle", async () => {
    const job = await submit("restyle.sbatch", "killed", "--array=1-4");
    let victims: number[] = [];
    await waitFor("a task at work", async () => {
      if (results(`${cwd}/killed`) < 20) return false;
      victims = await processes((line) =>
        line.includes(`${cwd}/killed`) && line.includes("--shard 2/4") &&
        !line.includes("sbatch") &&
        !line.includes("slurm_script")
      );
      return victims.length > 0;
    });
    for (const pid of victims) kill(pid);
    assert.ok(results(`${cwd}/killed`) < 200);
    const tasks = await cluster.finish(job);
    assertCompleted(tasks);
    assert.equal(tasks.find(({ task }) => task === 2)!.restarts, 1);
    await mergeAndCompare(job, "killed");
  });

  await t.step("with a node that goes down, and comes back", async () => {
    const job = await submit("restyle.sbatch", "crashed", "--array=1-4");
    await waitFor("results", () => results(`${cwd}/crashed`) >= 20);
    await cluster.killNode();
    const before = results(`${cwd}/crashed`);
    assert.ok(before < 200);
    await waitFor("the node is down", async () => (await cluster.nodeState()).startsWith("down"));
    assert.equal(results(`${cwd}/crashed`), before);
    await cluster.startNode();
    const tasks = await cluster.finish(job);
    assertCompleted(tasks);
    assert.ok(tasks.some(({ restarts }) => restarts > 0));
    await mergeAndCompare(job, "crashed");
  });

  await t.step("with one index submitted again", async () => {
    const job = await submit("restyle.sbatch", "again", "--array=1-4");
    assertCompleted(await cluster.finish(job));
    const rows = (await Deno.readTextFile(`${cwd}/again/index.3-of-4.jsonl`)).trimEnd().split("\n");
    for (const { output } of rows.map((row) => JSON.parse(row))) {
      await Deno.remove(`${cwd}/again/${output}`);
    }
    assert.equal(results(`${cwd}/again`), 200 - rows.length);
    const second = await submit("restyle.sbatch", "again", "--array=3");
    const [task, ...others] = await cluster.finish(second);
    assert.deepEqual([task!.state, others.length], ["COMPLETED", 0]);
    await mergeAndCompare(second, "again");
  });

  await t.step("and a picture that cannot be read fails its own task", async () => {
    await Deno.writeTextFile(`${cwd}/set/images/bad.png`, "no picture");
    const tasks = await cluster.finish(await submit("restyle.sbatch", "bad", "--array=1-4"));
    const failed = tasks.filter(({ state }) => state === "FAILED");
    assert.deepEqual(failed.map(({ exitCode, restarts }) => [exitCode, restarts]), [["1:0", 0]]);
    assert.equal(tasks.filter(({ state }) => state === "COMPLETED").length, 3);
    assert.equal(results(`${cwd}/bad`), 200);
  });
});

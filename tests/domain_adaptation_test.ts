import assert from "node:assert/strict";
import { decodeImage } from "../src/mod.ts";
import { list, PROJECT, spawn, temporaryFolder, text } from "./helpers/program.ts";
import { missing } from "./helpers/requirements.ts";
import { FASTEST } from "./helpers/runtime.ts";

const EXAMPLE = `${PROJECT}examples/domain-adaptation`;

const hasPyTorch = await spawn("python3", ["-c", "import numpy, PIL, torch"])
  .then(({ code }) => code === 0, () => false);

/** Ways that take every part of the experiment: both methods without networks, and label maps. */
const WAYS = [
  ...["raw", "histogram, pooled", "Monge-Kantorovich, pooled"],
  ...["random, alpha 1", "photo, by class", "raw + random, alpha 1"],
];

async function python(script: string, args: string[], cwd: string) {
  // Threads that share operations as small as these wait for one another instead.
  const env = { OMP_NUM_THREADS: "1" };
  const result = await spawn("python3", [`${EXAMPLE}/${script}`, ...args], { cwd, env });
  assert.equal(result.code, 0, result.stderr);
  return result;
}

/** Mean color of the pictures in a folder, 0 to 255. */
async function meanColor(folder: string): Promise<number[]> {
  const sums = [0, 0, 0];
  const names = list(folder);
  for (const name of names) {
    const { data } = await decodeImage(await Deno.readFile(`${folder}/${name}`));
    for (let at = 0; at < data.length; at += 4) {
      sums.forEach((_, channel) => sums[channel]! += data[at + channel]! * 4 / data.length);
    }
  }
  return sums.map((sum) => sum / names.length);
}

Deno.test({
  name: `the domain adaptation experiment runs on drawn scenes${
    hasPyTorch ? "" : " (PyTorch is missing)"
  }`,
  ignore: missing(hasPyTorch),
  async fn(t) {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    await python("draw_scenes.py", ["scenes", "--count", "6", "--size", "64x48"], cwd);
    const experiment = [
      ...["scenes/synthetic", "scenes/real/train", "scenes/real/test", "--work", "run"],
      ...["--size", "64x48", "--steps", "30", "--seeds", "2", "--threads", "1"],
      ...["--ways", WAYS.join(";"), "--restyle-options", `--backend ${FASTEST}`],
    ];
    let table = "";
    await t.step("and prints a table of all ways", async () => {
      table = text((await python("experiment.py", experiment, cwd)).stdout);
      const rows = table.split("\n").filter((line) => line.startsWith("| ")).slice(1);
      assert.deepEqual(rows.map((row) => row.split(" | ")[0]!.slice(2)).slice(1), [
        ...WAYS,
        "(trained and tested on real)",
      ]);
      const scores = [...table.matchAll(/(\d\.\d{3}) ± (\d\.\d{3})/g)];
      assert.equal(scores.length, 2 * WAYS.length);
      for (const [, mean] of scores) assert.ok(Number(mean) > 0 && Number(mean) <= 1);
      // The network does learn: five classes by chance would be below 0.2.
      assert.ok(Number(scores.at(-1)![1]) > 0.35, table);
    });
    await t.step("restyles the pictures, and leaves their labels", () => {
      for (const way of list(`${cwd}/run/sets`)) {
        for (const name of list(`${cwd}/scenes/synthetic/labels`)) {
          const [before, after] = ["scenes/synthetic", `run/sets/${way}`]
            .map((set) => Deno.readFileSync(`${cwd}/${set}/labels/${name}`));
          assert.deepEqual(after, before);
        }
        assert.equal(list(`${cwd}/run/sets/${way}/images`).length, 6);
      }
    });
    await t.step("matches the colors of whole sets", async () => {
      const real = await meanColor(`${cwd}/scenes/real/train/images`);
      const matched = await meanColor(`${cwd}/run/sets/Monge-Kantorovich-pooled/images`);
      real.forEach((value, channel) => assert.ok(Math.abs(value - matched[channel]!) < 6));
    });
    await t.step("goes on where it was stopped", async () => {
      const scores = await Deno.readTextFile(`${cwd}/run/scores.jsonl`);
      const again = await python("experiment.py", experiment, cwd);
      assert.equal(text(again.stdout), table);
      assert.equal(await Deno.readTextFile(`${cwd}/run/scores.jsonl`), scores);
    });
  },
});

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Stabilizer, StabilizerThread } from "../../../src/video/mod.ts";
import { PROJECT, spawn, temporaryFolder } from "../../helpers/program.ts";

const SOURCE = `${PROJECT}src/video/stabilizer/kernel`;

Deno.test("the compiled kernel is that of its source", async () => {
  await using folder = await temporaryFolder();
  const compiled = `${folder.path}/stabilizer.wasm`;
  const { code, stderr } = await spawn(
    Deno.execPath(),
    ["task", "--quiet", "--cwd", SOURCE, "compile", "--outFile", compiled],
  );
  assert.equal(code, 0, stderr);
  const [is, was] = [`${SOURCE}/stabilizer.wasm`, compiled].map((file) => Deno.readFileSync(file));
  assert.ok(Buffer.from(is!).equals(was!), "`deno task compile` in its folder would change it");
});

Deno.test("frames that there is no memory for are refused, on a thread of their own, too", async () => {
  const frame = { data: new Uint8ClampedArray(), width: 40_000, height: 30_000 };
  const refusal = { name: "ImageError", message: /^Frames of 40000×30000 px are too large/ };
  const stabilizer = await Stabilizer.load(1);
  assert.throws(() => stabilizer.analyze(frame), refusal);
  using thread = new StabilizerThread(1);
  await assert.rejects(thread.analyze(frame), refusal);
});

Deno.test("a share outside 0..1 is refused", async () => {
  for (const share of [-0.1, 1.1, NaN]) {
    await assert.rejects(Stabilizer.load(share), {
      name: "RangeError",
      message: `The share of the previous frame must be in 0..1: ${share}`,
    });
  }
});

import assert from "node:assert/strict";
import { Stabilizer, StabilizerThread } from "../../../src/video/mod.ts";
import { assertCompiled } from "../../helpers/compiled.ts";

Deno.test("the compiled kernel is that of its source", () =>
  assertCompiled("src/video/stabilizer/kernel", "stabilizer.wasm", "compile"));

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

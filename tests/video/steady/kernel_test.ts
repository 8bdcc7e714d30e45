import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Kernel } from "../../../src/video/steady/kernel.ts";
import { ImageError } from "../../../src/image/pixels.ts";
import { PROJECT, spawn, temporaryFolder } from "../../program.ts";

const SOURCE = `${PROJECT}src/video/steady/kernel`;

Deno.test("the compiled kernel is that of its source", async () => {
  await using folder = await temporaryFolder();
  const compiled = `${folder.path}/steady.wasm`;
  const { code, stderr } = await spawn(
    Deno.execPath(),
    ["task", "--quiet", "--cwd", SOURCE, "compile", "--outFile", compiled],
  );
  assert.equal(code, 0, stderr);
  const [is, was] = [`${SOURCE}/steady.wasm`, compiled].map((file) => Deno.readFileSync(file));
  assert.ok(Buffer.from(is!).equals(was!), "`deno task compile` in its folder would change it");
});

Deno.test("frames that there is no memory for are refused", () => {
  assert.throws(() => new Kernel(40_000, 30_000), ImageError);
});

import assert from "node:assert/strict";
import { BACKEND_NAMES, openBackend, probeBackend } from "../../backends/mod.ts";
import { type Pixels, Stylizer } from "../../src/mod.ts";
import { examplePicture, largestDifference } from "../pictures.ts";
import { linearStyle } from "../program.ts";
import { missing } from "../requirements.ts";

const content = await examplePicture("island.jpg", 181, 123);
const style = await examplePicture("mosaic.jpg", 160, 160);
const found = Object.fromEntries(
  await Promise.all(BACKEND_NAMES.map(async (name) => [name, await probeBackend(name)] as const)),
);

const results = new Map<string, Pixels>();
for (const name of BACKEND_NAMES) {
  Deno.test({
    name: `backend ${name} restyles a picture`,
    ignore: missing(found[name]!.available),
    // Runtimes keep threads and devices until the process ends.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using stylizer = await Stylizer.load({ backend: name });
      assert.equal(stylizer.network.backend.name, name);
      results.set(name, await stylizer.stylize(content, await stylizer.encodeStyle(style)));
    },
  });
}

Deno.test("all backends give the same picture, to 1 of 255", () => {
  const [[first, reference], ...others] = [...results] as [[string, Pixels], ...[string, Pixels][]];
  for (const [name, picture] of others) {
    const difference = largestDifference(picture, reference);
    assert.ok(difference <= 1, `${name} and ${first} differ by ${difference}`);
  }
});

Deno.test("auto takes a backend that works", async () => {
  const backend = await openBackend("auto");
  const state = found[backend.name]!;
  assert.ok(state.available && !state.fallback);
});

Deno.test("the backends command says what works and why the rest does not", async () => {
  const { code, stdout } = await linearStyle(["backends", "--json"]);
  assert.equal(code, 0);
  const { auto, backends } = JSON.parse(new TextDecoder().decode(stdout));
  assert.ok(backends.find(({ name }: { name: string }) => name === auto).available);
  for (const { name, available, device, reason } of backends) {
    assert.equal(available, found[name]!.available, name);
    assert.match(available ? device : reason, /\w/);
  }
});

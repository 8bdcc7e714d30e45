import assert from "node:assert/strict";
import { BACKEND_NAMES, openBackend, probeBackend } from "../../backends/mod.ts";
import { type Pixels, Stylizer } from "../../src/mod.ts";
import { examplePicture, largestDifference } from "../helpers/pictures.ts";
import { example, linearStyle, list, temporaryFolder, text } from "../helpers/program.ts";
import { missing } from "../helpers/requirements.ts";

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

Deno.test({
  name: "webgpu in float16 gives the same picture, to 8 of 255, in one pass and in tiles",
  ignore: missing(found.webgpu!.available),
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using stylizer = await Stylizer.load({ backend: "webgpu", precision: "float16" });
    const statistics = await stylizer.encodeStyle(style);
    const whole = await stylizer.stylize(content, statistics);
    const inTiles = await stylizer.stylize(content, statistics, { tile: 64 });
    const reference = results.get("webgpu")!;
    assert.ok(largestDifference(whole, reference) <= 8);
    const far = whole.data.filter((value, at) => Math.abs(value - reference.data[at]!) > 2).length;
    assert.ok(far <= 0.006 * whole.data.length, `${far} values differ by more than 2`);
    assert.ok(largestDifference(whole, inTiles) <= 1);
    assert.notDeepEqual(whole, reference, "it does compute otherwise");
  },
});

Deno.test("auto takes a backend that works", async () => {
  const backend = await openBackend("auto");
  const state = found[backend.name]!;
  assert.ok(state.available && !state.fallback);
});

Deno.test("the backends command says what works and why the rest does not", async () => {
  const { code, stdout } = await linearStyle(["backends", "--json"]);
  assert.equal(code, 0);
  const { auto, backends } = JSON.parse(text(stdout));
  assert.ok(backends.find(({ name }: { name: string }) => name === auto).available);
  for (const { name, available, device, reason } of backends) {
    assert.equal(available, found[name]!.available, name);
    assert.match(available ? device : reason, /\w/);
  }
});

const NO_VULKAN = { VK_DRIVER_FILES: "/nowhere", VK_ICD_FILENAMES: "/nowhere" };
const NO_OPENGL = { __EGL_VENDOR_LIBRARY_FILENAMES: "/nowhere", LIBGL_DRIVERS_PATH: "/nowhere" };

Deno.test({
  name: "without a driver webgpu is refused at once, and auto takes another backend",
  ignore: Deno.build.os !== "linux",
  async fn(t) {
    await using folder = await temporaryFolder();
    const pair = [example("island.jpg"), example("mosaic.jpg"), "--size", "32"];
    const small = ["stylize", ...pair, "--style-size", "64", "--threads", "1"];
    const noAdapter = "WebGPU found no graphics adapter: install the graphics card's driver";
    const cases: Record<string, [env: Record<string, string>, reason: RegExp]> = {
      "for Vulkan": [
        NO_VULKAN,
        /^WebGPU found (no graphics adapter|only OpenGL in software)[^\n]+$/,
      ],
      "at all": [{ ...NO_VULKAN, ...NO_OPENGL }, new RegExp(`^${noAdapter}$`)],
    };
    for (const [name, [env, expected]] of Object.entries(cases)) {
      await t.step(name, async () => {
        const { stdout } = await linearStyle(["backends", "--json"], { env });
        const { auto, backends } = JSON.parse(text(stdout));
        const [{ available, reason }] = backends;
        assert.equal(available, false);
        assert.match(reason, expected);
        assert.notEqual(auto, "webgpu");
        const out = `${folder.path}/${name}.png`;
        const asked = await linearStyle([...small, "--backend", "webgpu", "-o", out], { env });
        assert.equal(asked.code, 1);
        assert.ok(
          asked.stderr.endsWith(`error: Backend "webgpu" cannot start: ${reason}\n`),
          asked.stderr,
        );
        const finely = await linearStyle(
          [...small, "--backend", "webgpu", "--precision", "float16", "-o", out],
          { env },
        );
        assert.match(
          finely.stderr,
          /^error: Backend "webgpu" cannot start: WebGPU (found|has [^\n]+ cannot compute in float16)/m,
        );
        assert.equal(finely.code, 1);
        assert.deepEqual(list(folder.path), []);
        const chosen = await linearStyle([...small, "--verbose", "-o", out], { env });
        assert.equal(chosen.code, 0, chosen.stderr);
        assert.match(chosen.stderr, new RegExp(`^backend: ${auto} `, "m"));
        await Deno.remove(out);
      });
    }
  },
});

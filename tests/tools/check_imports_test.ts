import assert from "node:assert/strict";
import { findFaults, type Imports, importsOf, readImports } from "../../tools/check_imports.ts";
import { PROJECT } from "../helpers/program.ts";

const faultsOf = (imports: Record<string, string[]>) =>
  findFaults(new Map(Object.entries(imports)) as Imports);

Deno.test("no file in src imports a higher layer, past a door, or in a circle", () => {
  const imports = readImports(PROJECT, "src");
  assert.ok(imports.get("src/cli/batch/run.ts")!.includes("src/image/mod.ts"));
  assert.deepEqual(findFaults(imports), []);
});

Deno.test("an import of a higher layer is a fault", () => {
  assert.deepEqual(faultsOf({ "src/image/pixels.ts": ["src/tiling/tiles.ts"] }), [
    "src/image/pixels.ts imports src/tiling/tiles.ts, which is in a higher layer",
  ]);
  assert.deepEqual(faultsOf({ "src/tiling/tiles.ts": ["src/image/pixels.ts"] }), []);
});

Deno.test("an import of the command line past a door is a fault", () => {
  assert.match(
    faultsOf({ "src/cli/run.ts": ["src/image/decode.ts"] }).join(),
    /src\/image\/mod\.ts/,
  );
  assert.match(faultsOf({ "src/cli/run.ts": ["backends/wasm.ts"] }).join(), /backends\/mod\.ts/);
  const allowed = ["src/cli/program.ts", "src/image/mod.ts", "src/mod.ts", "deno.json"];
  assert.deepEqual(faultsOf({ "src/cli/run.ts": allowed }), []);
});

Deno.test("a circle of imports is a fault, and so is a file in no layer", () => {
  const circle = { "src/util/a.ts": ["src/util/b.ts"], "src/util/b.ts": ["src/util/a.ts"] };
  assert.deepEqual(faultsOf(circle), [
    "imports go in a circle: src/util/a.ts -> src/util/b.ts -> src/util/a.ts",
  ]);
  assert.match(faultsOf({ "src/odd/a.ts": ["src/util/a.ts"] }).join(), /in no layer/);
});

Deno.test("imports are found however they are written, and not in examples", () => {
  const text = [
    'import a from "./a.ts";',
    'import {\n  b,\n} from "../b.ts";',
    'import type { C } from "./c.ts";',
    'export * from "./d.ts";',
    'const e = await import("./e.ts");',
    'import "./f.ts";',
    'import x from "commander";',
    '/** ```ts\n * import { y } from "./y.ts";\n * ``` */',
  ].join("\n");
  const found = ["./a.ts", "../b.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts"];
  assert.deepEqual(importsOf(text), found);
});

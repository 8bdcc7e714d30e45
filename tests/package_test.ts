import assert from "node:assert/strict";
import configuration from "../deno.json" with { type: "json" };
import { decodeImage, encodeImage, type Pixels } from "../src/mod.ts";
import { examplePicture, largestDifference } from "./helpers/pictures.ts";
import {
  example,
  linearStyle,
  list,
  PROJECT,
  spawn,
  temporaryFolder,
  text,
} from "./helpers/program.ts";
import { missing } from "./helpers/requirements.ts";

const hasNpm = await new Deno.Command("npm", { args: ["--version"], stdout: "null" }).output()
  .then(({ success }) => success, () => false);

/** What a user of the library would write. */
const LIBRARY = `
import { readFile, writeFile } from "node:fs/promises";
import { decodeImage, encodeImage, Stylizer } from "linear-style";
import { readHeader } from "linear-style/image";

const [, , contentFile, styleFile, output] = process.argv;
const bytes = await readFile(contentFile);
const { width, height } = await readHeader(bytes);
const content = await decodeImage(bytes);
if (content.width !== width || content.height !== height) throw new Error("Another size");
const stylizer = await Stylizer.load({ backend: "builtin" });
const style = await stylizer.encodeStyle(await decodeImage(await readFile(styleFile)));
await writeFile(output, await encodeImage(await stylizer.stylize(content, style), "png"));
process.exit(0);
`;

async function run(command: string, args: string[], cwd: string, path?: string): Promise<void> {
  const result = await spawn(command, args, { cwd, ...(path ? { env: { PATH: path } } : {}) });
  assert.equal(result.code, 0, result.stderr);
}

async function decode(path: string): Promise<Pixels> {
  return await decodeImage(await Deno.readFile(path));
}

Deno.test({
  name: "the npm package, installed in an empty folder, is the program and the library",
  ignore: missing(hasNpm),
  async fn(t) {
    await using folder = await temporaryFolder();
    const cwd = `${folder.path}/user`;
    await Deno.mkdir(cwd);
    const build = ["run", "-A", `${PROJECT}tools/package/build.ts`, `${folder.path}/package`];
    await run(Deno.execPath(), build, PROJECT);
    await run("npm", ["pack", "--silent", `${folder.path}/package`], folder.path);
    const [tarball] = list(folder.path).filter((name) => name.endsWith(".tgz"));
    await run("npm", ["init", "--yes"], cwd);
    const quiet = ["--silent", "--no-fund", "--no-audit"];
    await run("npm", ["install", ...quiet, `../${tarball}`, "node@24.21.0", "bun@1.4.5"], cwd);
    const bin = `${cwd}/node_modules/.bin`;
    const [content, style] = [example("island.jpg"), example("mosaic.jpg")];
    const settings = ["--size", "96", "--style-size", "128", "--backend", "builtin"];
    const expected = `${cwd}/expected.png`;
    const program = ["stylize", content, style, ...settings];
    const { code, stderr } = await linearStyle([...program, "-o", expected]);
    assert.equal(code, 0, stderr);

    await t.step("the command gives the same bytes, with no deno in PATH", async () => {
      const command = [`${bin}/linear-style`, ...program, "-o", "command.png"];
      await run(`${bin}/node`, command, cwd, "/usr/bin:/bin");
      assert.deepEqual(await Deno.readFile(`${cwd}/command.png`), await Deno.readFile(expected));
    });

    await t.step("the README's command works as it stands, with no deno in PATH", async () => {
      const readme = await Deno.readTextFile(`${PROJECT}README.md`);
      const [command] = readme.match(/^npx linear-style .*$/m)!;
      for (const [name, copy] of [["island.jpg", "photo"], ["mosaic.jpg", "painting"]] as const) {
        const picture = await encodeImage(await examplePicture(name, 96, 96), "jpeg");
        await Deno.writeFile(`${cwd}/${copy}.jpg`, picture);
      }
      await run("bash", ["-c", command], cwd, "/usr/bin:/bin");
      assert.ok((await decode(`${cwd}/photo-painting.jpg`)).width > 0);
    });

    await t.step("the tarball is small, and has what the program says it is", async () => {
      const { size } = await Deno.stat(`${folder.path}/${tarball}`);
      assert.ok(size < 3e6, `${size} bytes`);
      assert.equal(tarball, `linear-style-${configuration.version}.tgz`);
      const { stdout } = await spawn("node", [`${bin}/linear-style`, "--version"], { cwd });
      assert.equal(text(stdout).trim(), configuration.version);
    });

    await t.step("the command passes exit codes on", async () => {
      const { code, stderr } = await spawn("node", [`${bin}/linear-style`, "stylize", "nowhere"], {
        cwd,
      });
      assert.equal(code, 2, stderr);
    });

    // The library reads pictures as they are: they are made small first.
    const small = `${cwd}/content.png`;
    const paint = `${cwd}/style.png`;
    await Deno.writeFile(
      small,
      await encodeImage(await examplePicture("island.jpg", 144, 96), "png"),
    );
    await Deno.writeFile(
      paint,
      await encodeImage(await examplePicture("mosaic.jpg", 96, 96), "png"),
    );
    await Deno.writeTextFile(`${cwd}/library.mjs`, LIBRARY);
    for (const [runtime, ...args] of [["node"], ["bun"], ["deno", "run", "-A"]] as const) {
      await t.step(`the library works under ${runtime}`, async () => {
        const output = `${cwd}/${runtime}.png`;
        await run(`${bin}/${runtime}`, [...args, "library.mjs", small, paint, output], cwd);
        assert.ok(largestDifference(await decode(output), await decode(`${cwd}/node.png`)) <= 1);
        assert.ok(largestDifference(await decode(output), await decode(small)) > 20);
      });
    }
  },
});

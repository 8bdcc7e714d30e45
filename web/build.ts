/**
 * Builds the page: a folder that any host can serve as it is.
 *
 * `deno task page` builds and serves it, `deno run … web/build.ts FOLDER` only builds.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeImage, encodeImage, resizeShortSide } from "../src/mod.ts";
import configuration from "../deno.json" with { type: "json" };

const PROJECT = new URL("../", import.meta.url);

/** Packages that browsers get another build of: WebAssembly without the graphics card is half. */
const FOR_BROWSERS = { "onnxruntime-web": `${configuration.imports["onnxruntime-web"]}/wasm` };

/** What the bundle fetches from beside itself, by the name it has there. */
const ASSETS = [
  "onnxruntime-web/ort-wasm-simd-threaded.wasm",
  "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm",
  "onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm",
  "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
  "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm",
  "@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm",
  "@imagemagick/magick-wasm/magick.wasm",
];

/** Kernels of the built-in backend, of which a browser loads one. */
const KERNELS = ["kernels.wasm", "kernels_relaxed.wasm"];

/** Pictures of `examples` that come with the page, in the order in which they are shown. */
const GALLERY = {
  styles: [
    ...["mosaic.jpg", "strokes.jpg", "woodcut.jpg", "stained-glass.jpg"],
    ...["poppies.jpg", "ink.jpg", "stipple.jpg"],
  ],
  photos: ["cat.jpg", "coffee.jpg", "island.jpg"],
};

/** Short side of the small pictures that stand for them, in pixels: twice that on the page. */
const SMALL = 160;

/** What is too large to be loaded before it is needed, and then kept for offline use. */
const LARGE = /^(ort[.-].*|magick\.wasm|models\/.*|(styles|photos)\/[^/]*)$/;

const MODEL = new URL("models/default/", PROJECT);

/** Builds the page into a folder, which is emptied first. */
export async function buildPage(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(`${folder}/models/default`, { recursive: true });
  await bundle(["page.ts", "worker.ts", "thread.ts"], folder);
  await Deno.mkdir(`${folder}/kernels`);
  for (const name of KERNELS) {
    await copy(new URL(`backends/builtin/kernels/${name}`, PROJECT), `${folder}/kernels/${name}`);
  }
  for (const asset of ASSETS) await copyAsset(asset, folder);
  for await (const { name } of Deno.readDir(MODEL)) {
    // The page computes in float32.
    if (/\.(onnx|json)$/.test(name) && !name.includes("float16")) {
      await copy(new URL(name, MODEL), `${folder}/models/default/${name}`);
    }
  }
  await writeGallery(folder);
  for (const name of ["index.html", "page.css", "icon.svg"]) {
    await copy(new URL(`web/${name}`, PROJECT), `${folder}/${name}`);
  }
  await writeServiceWorker(folder);
}

async function writeGallery(folder: string): Promise<void> {
  for (const [kind, names] of Object.entries(GALLERY)) {
    await Deno.mkdir(`${folder}/${kind}/small`, { recursive: true });
    for (const name of names) {
      const bytes = await Deno.readFile(new URL(`examples/${name}`, PROJECT));
      const small = await resizeShortSide(await decodeImage(bytes), SMALL);
      await Deno.writeFile(`${folder}/${kind}/${name}`, bytes);
      const file = await encodeImage(small, "jpeg", { quality: 80 });
      await Deno.writeFile(`${folder}/${kind}/small/${name}`, file);
    }
  }
  await Deno.writeTextFile(`${folder}/gallery.json`, JSON.stringify(GALLERY));
}

/** Last, since its name for the cache depends on all other files. */
async function writeServiceWorker(folder: string): Promise<void> {
  const hash = createHash("sha256");
  const names = await list(folder);
  for (const name of names) {
    hash.update(name).update(await Deno.readFile(`${folder}/${name}`));
  }
  await bundle(["service_worker.ts"], folder);
  const script = await Deno.readTextFile(`${folder}/service_worker.js`);
  const build = JSON.stringify(hash.digest("hex").slice(0, 16));
  const files = JSON.stringify(["./", ...names.filter((name) => !LARGE.test(name))]);
  await Deno.writeTextFile(
    `${folder}/service_worker.js`,
    `const BUILD=${build},FILES=${files};${script}`,
  );
}

async function bundle(scripts: string[], folder: string): Promise<void> {
  const config = await Deno.makeTempFile({ suffix: ".json" });
  const { imports, compilerOptions } = configuration;
  await Deno.writeTextFile(
    config,
    JSON.stringify({ imports: { ...imports, ...FOR_BROWSERS }, compilerOptions }),
  );
  const options = ["--config", config, "--no-lock", "--platform", "browser", "--code-splitting"];
  // By name: what npx runs is another file than the one that the task permits.
  const { success, stderr } = await new Deno.Command("deno", {
    args: ["bundle", "--quiet", ...options, "--minify", "--outdir", resolve(folder), ...scripts],
    cwd: fileURLToPath(new URL("web/", PROJECT)),
    stdout: "null",
    stderr: "piped",
  }).output();
  await Deno.remove(config);
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".js")) continue;
    const script = await Deno.readTextFile(`${folder}/${name}`);
    // Modules of threads are named by URLs, which the bundler leaves alone.
    const named = script.replace(/(new URL\("\.\/[\w/]+)\.ts"/g, '$1.js"');
    if (named !== script) await Deno.writeTextFile(`${folder}/${name}`, named);
  }
}

async function copyAsset(path: string, folder: string): Promise<void> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  await copy(new URL(import.meta.resolve(path)), `${folder}/${name}`);
}

async function copy(from: URL, to: string): Promise<void> {
  await Deno.writeFile(to, await Deno.readFile(from));
}

/** Paths of all files in a folder, sorted. */
async function list(folder: string, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${prefix}`)) {
    if (isDirectory) paths.push(...await list(folder, `${prefix}${name}/`));
    else paths.push(`${prefix}${name}`);
  }
  return paths.sort();
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (!folder) throw new Error("Name the folder to build the page in");
  await buildPage(folder);
}

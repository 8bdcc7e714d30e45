/**
 * Builds the npm package: JavaScript and type declarations of all source files, the model, and a
 * launcher that runs the program on Deno.
 *
 * `deno task package` writes it to `package/`; `npm publish ./package` publishes it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import ts from "typescript";
import configuration from "../../deno.json" with { type: "json" };

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** Folders and files with what runs. */
const SOURCES = ["main.ts", "src", "backends"];

/** WebAssembly, whose sources are left out. */
const COMPILED = [
  "backends/builtin/kernels/kernels.wasm",
  "backends/builtin/kernels/kernels_relaxed.wasm",
  "src/video/stabilizer/kernel/stabilizer.wasm",
];

/** Packages that only tests, tools and the page need. */
const DEVELOPMENT = ["axe-core", "fast-check", "fflate", "puppeteer-core", "typescript"];

/** The Deno that the program runs on, and was tested with. */
const DENO = "2.9.6";

/** Builds the package in a folder, which is emptied first. */
export async function buildPackage(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  for (const source of SOURCES) await transpile(source, folder);
  await copyFolder("models/default", folder);
  for (const name of ["README.md", "LICENSE", ...COMPILED]) await copy(name, folder);
  await copy("tools/package/launcher.cjs", folder, "launcher.cjs");
  const { version } = configuration;
  await write(`${folder}/deno.json`, JSON.stringify({ version }));
  await write(`${folder}/package.json`, `${JSON.stringify(manifest(), null, 2)}\n`);
}

/** What npm is told of the package. */
function manifest() {
  const entry = (path: string) => ({ types: `./${path}.d.ts`, default: `./${path}.js` });
  return {
    name: "linear-style",
    version: configuration.version,
    description: "Restyle any photo after any picture, wholly on your own machine",
    license: "MIT",
    type: "module",
    bin: { "linear-style": "launcher.cjs" },
    exports: {
      ".": entry("src/mod"),
      "./image": entry("src/image/mod"),
      "./video": entry("src/video/mod"),
      "./package.json": "./package.json",
    },
    engines: { node: ">=24" },
    dependencies: { ...packages(), deno: DENO },
  };
}

/** Packages that the source imports, with their versions. */
function packages(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const target of Object.values(configuration.imports)) {
    const [, name, version] = /^npm:\/?(@?[^@]+)@([\d.]+)/.exec(target)!;
    if (!DEVELOPMENT.includes(name!)) found[name!] = version!;
  }
  return found;
}

async function transpile(path: string, folder: string): Promise<void> {
  if (!path.endsWith(".ts")) {
    for await (const { name, isDirectory } of Deno.readDir(`${PROJECT}${path}`)) {
      const isSource = name.endsWith(".ts") || (isDirectory && !name.includes("onnxruntime-node"));
      if (isSource && !/^kernels?$/.test(name)) await transpile(`${path}/${name}`, folder);
    }
    return;
  }
  const source = await Deno.readTextFile(`${PROJECT}${path}`);
  const target = `${folder}/${path.replace(/\.ts$/, "")}`;
  await write(`${target}.js`, toJavaScript(source, path));
  await write(`${target}.d.ts`, toDeclarations(source, path));
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  rewriteRelativeImportExtensions: true,
  verbatimModuleSyntax: true,
  declaration: true,
  isolatedDeclarations: true,
};

function toJavaScript(source: string, path: string): string {
  const { outputText } = ts.transpileModule(source, { fileName: path, compilerOptions: OPTIONS });
  // Modules of threads are named by URLs, which the compiler leaves alone.
  return outputText.replace(/(new URL\("\.[^"]*)\.ts"/g, '$1.js"');
}

function toDeclarations(source: string, path: string): string {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(source, {
    fileName: path,
    compilerOptions: OPTIONS,
    reportDiagnostics: true,
  });
  // These are no part of the library: their declarations are of no use to anybody.
  const isPublic = !/^(main\.ts|src\/cli\/|backends\/builtin\/)/.test(path);
  for (const { messageText } of isPublic ? diagnostics : []) {
    throw new Error(`${path}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
  }
  return outputText.replace(/((?:from|import\()\s*"\.[^"]*)\.ts"/g, '$1.js"');
}

async function copyFolder(path: string, folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(`${PROJECT}${path}`)) {
    await copy(`${path}/${name}`, folder);
  }
}

async function copy(path: string, folder: string, name = path): Promise<void> {
  await write(`${folder}/${name}`, await Deno.readFile(`${PROJECT}${path}`));
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  if (typeof content === "string") await Deno.writeTextFile(path, content);
  else await Deno.writeFile(path, content);
}

if (import.meta.main) await buildPackage(Deno.args[0] ?? "package");

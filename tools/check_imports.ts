// deno-lint-ignore-file no-console -- A program that prints.

/**
 * Checks how the files in `src` import one another: no circles, lower layers know nothing of higher
 * ones, and the command line comes in by the doors.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The layers of `src`, from the lowest. */
export const LAYERS: readonly string[] = [
  "util",
  "linear_algebra",
  "image",
  "transfer",
  "model",
  "pack",
  "photo",
  "tiling",
  "stylizer",
  "video",
  "choices",
  "mod",
  "cli",
];

/** What `src/cli` may import from outside it. */
const DOORS = [
  "src/choices.ts",
  "src/mod.ts",
  "src/image/mod.ts",
  "src/video/mod.ts",
  "backends/mod.ts",
];

/** The files that each file imports, types included; all by their paths from the project's folder. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** What is wrong with imports: a line for each fault. */
export function findFaults(imports: Imports): string[] {
  const faults: string[] = [];
  for (const [file, targets] of imports) {
    const from = layerOf(file);
    if (from === undefined) faults.push(`${file} is in no layer: add its folder to LAYERS`);
    for (const target of targets) {
      const to = layerOf(target);
      if (from !== undefined && to !== undefined && to > from) {
        faults.push(`${file} imports ${target}, which is in a higher layer`);
      }
      if (isCommandLine(file) && !isCommandLine(target) && !isAllowed(target)) {
        faults.push(`${file} imports ${target}: import ${DOORS.join(", ")} instead`);
      }
    }
  }
  const circle = findCircle(imports);
  if (circle) faults.push(`imports go in a circle: ${circle.join(" -> ")}`);
  return faults;
}

function layerOf(file: string): number | undefined {
  const [, name] = /^src\/([^/.]+)/.exec(file) ?? [];
  const layer = LAYERS.indexOf(name!);
  return layer < 0 ? undefined : layer;
}

function isCommandLine(file: string): boolean {
  return file.startsWith("src/cli/");
}

function isAllowed(target: string): boolean {
  return DOORS.includes(target) || target === "deno.json";
}

/** A circle of imports, if there is one: its first file comes last again. */
function findCircle(imports: Imports): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): string[] | undefined {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const target of imports.get(file) ?? []) {
      const circle = visit(target);
      if (circle) return circle;
    }
    path.pop();
    done.add(file);
    return undefined;
  }
  for (const file of imports.keys()) {
    const circle = visit(file);
    if (circle) return circle;
  }
  return undefined;
}

/** Reads the imports of all TypeScript files in a folder of the project. */
export function readImports(project: string, folder: string): Map<string, string[]> {
  const imports = new Map<string, string[]>();
  for (const { name, isDirectory } of Deno.readDirSync(join(project, folder))) {
    const path = join(folder, name);
    if (isDirectory) {
      for (const [file, targets] of readImports(project, path)) imports.set(file, targets);
    } else if (name.endsWith(".ts")) {
      const text = Deno.readTextFileSync(join(project, path));
      imports.set(path, importsOf(text).map((specifier) => join(dirname(path), specifier)));
    }
  }
  return imports;
}

/** The relative specifiers in a module's text, those in examples of its comments left out. */
export function importsOf(text: string): string[] {
  const code = text.replace(/\/\*.*?\*\//gs, "");
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, found]) => found!);
}

if (import.meta.main) {
  const project = fileURLToPath(new URL("..", import.meta.url));
  const faults = findFaults(readImports(project, "src"));
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) Deno.exit(1);
}

// deno-lint-ignore-file no-console -- A program that prints.

/**
 * `deno task corpus FOLDER...`: decodes every picture in folders, and compares it with what Pillow,
 * and where they differ libvips, makes of it. Lists all that is not the same, and counts:
 *
 * - `same`: close to Pillow's, or else to libvips'
 * - `differ`: close to neither
 * - `only we`, `only they`: read by one of the two
 * - `neither`: read by none
 *
 * Needs `python3` with Pillow, its lcms, and NumPy; pyvips is used where it is there.
 */

import { CodecThreads, isPictureName, type Pixels, toEightBits } from "../../src/image/mod.ts";
import { Reference } from "./reference.ts";

/** How long a file may take, in milliseconds. */
const LIMIT = 30_000;

/** Mean difference of samples, of 255, up to which pictures are the same: decoders round. */
const TOLERANCE = 2;

const CLASSES = ["same", "differ", "only we", "only they", "neither"] as const;

type Class = typeof CLASSES[number];

const folders = Deno.args;
if (folders.length === 0) {
  console.error("usage: deno task corpus FOLDER...");
  Deno.exit(2);
}
const counts = new Map<Class, number>(CLASSES.map((name) => [name, 0]));
using codecs = new CodecThreads(() => LIMIT);
using reference = new Reference(LIMIT);
for (const folder of folders) {
  for (const path of pictures(folder)) {
    const [found, detail] = await compare(path);
    counts.set(found, counts.get(found)! + 1);
    if (found !== "same") console.log(`${found}\t${path}\t${detail}`);
  }
}
console.log([...counts].map(([name, count]) => `${count} ${name}`).join(", "));

/** Paths of all files in a folder, and those in it, that are pictures by their names. */
function* pictures(folder: string): Generator<string> {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isFile, isDirectory } of entries) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* pictures(path);
    else if (isFile && isPictureName(name)) yield path;
  }
}

async function compare(path: string): Promise<[Class, detail: string]> {
  let ours: Pixels | string;
  try {
    ours = toEightBits((await codecs.decode(await Deno.readFile(path))).pixels);
  } catch (error) {
    ours = (error as Error).message;
  }
  const theirs = await reference.decode("pillow", path);
  if (typeof ours !== "string" && typeof theirs !== "string" && isSame(ours, theirs)) {
    return ["same", ""];
  }
  const others = await reference.decode("vips", path);
  if (typeof ours === "string") {
    const isRead = typeof theirs !== "string" || typeof others !== "string";
    return [isRead ? "only they" : "neither", ours];
  }
  if (typeof others !== "string" && isSame(ours, others)) return ["same", ""];
  if (typeof theirs === "string" && typeof others === "string") return ["only we", theirs];
  const rival = typeof theirs === "string" ? others as Pixels : theirs;
  return ["differ", describeDifference(ours, rival)];
}

function isSame(a: Pixels, b: Pixels): boolean {
  return a.width === b.width && a.height === b.height && meanDifference(a, b) <= TOLERANCE;
}

/** Mean difference of samples, of 255; colors count as much as they are opaque. */
function meanDifference({ data: a }: Pixels, { data: b }: Pixels): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 4) {
    const [opacity, other] = [a[index + 3]!, b[index + 3]!];
    sum += Math.abs(opacity - other);
    for (let channel = index; channel < index + 3; channel++) {
      sum += Math.abs(a[channel]! * opacity - b[channel]! * other) / 255;
    }
  }
  return sum / a.length;
}

function describeDifference(a: Pixels, b: Pixels): string {
  if (a.width !== b.width || a.height !== b.height) {
    return `${a.width}×${a.height} px, not ${b.width}×${b.height}`;
  }
  return `${meanDifference(a, b).toFixed(1)} of 255 apart`;
}

/**
 * A data set to be restyled in parts.
 *
 * @module
 */

import assert from "node:assert/strict";
import { encodeImage } from "../../src/mod.ts";
import { examplePicture } from "../helpers/pictures.ts";
import { commandLine, linearStyle, list } from "../helpers/program.ts";
import { RUNTIME } from "../helpers/runtime.ts";

/** Options of all runs. */
export const OPTIONS = ["--style-size", "64", "--alpha", "0.5..1", ...RUNTIME];

/** The program's command line, up to the subcommand. */
export const PROGRAM = [Deno.execPath(), ...commandLine(["dataset"]).slice(0, -1)].join(" ");

/** Draws `set`, pictures with labels, and `real`, styles. */
export async function drawDataset(folder: string, count: number): Promise<void> {
  for (const name of ["set/images", "set/labels", "real"]) {
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
  }
  for (let index = 0; index < count; index++) {
    const picture = await examplePicture("island.jpg", 96 + index % 8, 64);
    await Deno.writeFile(`${folder}/set/images/${index}.png`, await encodeImage(picture, "png"));
    await Deno.writeTextFile(`${folder}/set/labels/${index}.txt`, `0 0.5 0.5 1 ${index}\n`);
  }
  for (const name of ["mosaic.jpg", "strokes.jpg", "woodcut.jpg"]) {
    const picture = await examplePicture(name, 64, 64);
    await Deno.writeFile(`${folder}/real/${name}`, await encodeImage(picture, "jpeg"));
  }
}

/** Restyles the data set in one run. */
export function restyle(cwd: string, out: string) {
  return linearStyle(["dataset", "set", "real", "-o", out, ...OPTIONS], { cwd });
}

/** Number of the pictures that are made. */
export function results(folder: string): number {
  try {
    return list(`${folder}/images`).filter((name) => !name.startsWith(".")).length;
  } catch {
    return 0;
  }
}

/** Compares results, side files and index. */
export async function assertSame(one: string, other: string): Promise<void> {
  for (const part of ["images", "labels", "."]) {
    const names = list(`${other}/${part}`).filter((name) => /\.(png|txt|tsv|jsonl)$/.test(name));
    assert.deepEqual(
      list(`${one}/${part}`).filter((name) => /\.(png|txt|tsv|jsonl|part)$/.test(name)),
      names,
    );
    for (const name of names) {
      const files = [one, other].map((folder) => `${folder}/${part}/${name}`);
      const [a, b] = await Promise.all(files.map((file) => Deno.readFile(file)));
      assert.equal(a!.toHex(), b!.toHex(), `${part}/${name}`);
    }
  }
}

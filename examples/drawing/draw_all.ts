// deno-lint-ignore-file no-console -- A program that prints.

/**
 * Draws the pictures in `examples/` that are our own: `deno task draw-examples`, or some of them:
 * `deno task draw-examples ink.jpg`. It takes minutes.
 *
 * @module
 */

import { decodeImage, encodeImage, type Pixels, resize } from "../../src/mod.ts";
import { ink } from "./ink.ts";
import { island, islandSky } from "./island.ts";
import { mosaic } from "./mosaic.ts";
import { poppies } from "./poppies.ts";
import { fromPixels, type Raster } from "./raster.ts";
import { stainedGlass } from "./stained_glass.ts";
import { stipple } from "./stipple.ts";
import { strokes } from "./strokes.ts";
import { woodcut } from "./woodcut.ts";

const PICTURES: Record<string, () => Pixels | Promise<Pixels>> = {
  "island.jpg": () => island(768, 512),
  "island-sky.png": () => islandSky(384, 256),
  "ink.jpg": async () => ink(await photo("coffee.jpg", 600)),
  "mosaic.jpg": () => mosaic(512, 512),
  "poppies.jpg": () => poppies(640, 512),
  "stained-glass.jpg": () => stainedGlass(512, 640),
  "stipple.jpg": async () => stipple(await photo("cat.jpg", 600)),
  "strokes.jpg": () => strokes(640, 512),
  "woodcut.jpg": () => woodcut(640, 512),
};

/** A photograph in `examples/`, at a breadth in pixels. */
async function photo(name: string, width: number): Promise<Raster> {
  const pixels = await decodeImage(await Deno.readFile(new URL(`../${name}`, import.meta.url)));
  return fromPixels(await resize(pixels, width, Math.round(width * pixels.height / pixels.width)));
}

for (const name of Deno.args.length > 0 ? Deno.args : Object.keys(PICTURES)) {
  const draw = PICTURES[name];
  if (!draw) throw new Error(`${name} is none of ${Object.keys(PICTURES).join(", ")}`);
  const format = name.endsWith(".png") ? "png" : "jpeg";
  const bytes = await encodeImage(await draw(), format, { quality: 84 });
  await Deno.writeFile(new URL(`../${name}`, import.meta.url), bytes);
  console.error(`${name}: ${bytes.length} bytes`);
}

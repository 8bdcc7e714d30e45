/**
 * Draws the pictures in `examples/`: `deno task draw-examples`.
 *
 * @module
 */

import { encodeImage, type Pixels } from "../../src/mod.ts";
import { island, islandSky } from "./island.ts";
import { mosaic } from "./mosaic.ts";
import { strokes } from "./strokes.ts";
import { woodcut } from "./woodcut.ts";

const PICTURES: Record<string, () => Pixels> = {
  "island.jpg": () => island(768, 512),
  "island-sky.png": () => islandSky(384, 256),
  "mosaic.jpg": () => mosaic(512, 512),
  "strokes.jpg": () => strokes(640, 512),
  "woodcut.jpg": () => woodcut(640, 512),
};

for (const [name, draw] of Object.entries(PICTURES)) {
  const format = name.endsWith(".png") ? "png" : "jpeg";
  const bytes = await encodeImage(draw(), format, { quality: 90 });
  await Deno.writeFile(new URL(`../${name}`, import.meta.url), bytes);
  console.error(`${name}: ${bytes.length} bytes`);
}

/**
 * Draws the pictures in `examples/`: `deno task draw-examples`.
 *
 * @module
 */

import { encodeImage, type Pixels } from "../../src/mod.ts";
import { island } from "./island.ts";
import { mosaic } from "./mosaic.ts";
import { strokes } from "./strokes.ts";
import { woodcut } from "./woodcut.ts";

const PICTURES: Record<string, () => Pixels> = {
  island: () => island(768, 512),
  mosaic: () => mosaic(512, 512),
  strokes: () => strokes(640, 512),
  woodcut: () => woodcut(640, 512),
};

for (const [name, draw] of Object.entries(PICTURES)) {
  const bytes = await encodeImage(draw(), "jpeg", { quality: 90 });
  await Deno.writeFile(new URL(`../${name}.jpg`, import.meta.url), bytes);
  console.error(`${name}.jpg: ${bytes.length} bytes`);
}

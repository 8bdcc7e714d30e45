// deno-lint-ignore-file no-console -- A program that prints.

/**
 * Makes the pictures in `examples/results/`: `deno task gallery`. Needed after new weights.
 *
 * @module
 */

import { decodeImage, encodeImage, resizeShortSide, Stylizer } from "../../src/mod.ts";

/** Content, style and short side in pixels; results are named after the first two. */
const RESULTS = [
  ["island", "strokes", 512],
  ["cat", "strokes", 288],
  ["cat", "mosaic", 288],
  ["cat", "ink", 288],
  ["coffee", "poppies", 288],
  ["coffee", "stained-glass", 288],
  ["coffee", "woodcut", 288],
  ["rocket", "strokes", 288],
  ["rocket", "poppies", 288],
  ["rocket", "stipple", 288],
] as const;

const example = (name: string) => new URL(`../${name}`, import.meta.url);
const read = async (name: string) => await decodeImage(await Deno.readFile(example(`${name}.jpg`)));

await using stylizer = await Stylizer.load({ backend: "wasm" });
for (const [content, style, size] of RESULTS) {
  const statistics = await stylizer.encodeStyle(
    await resizeShortSide(await read(style), stylizer.model.styleSize),
  );
  const stylized = await stylizer.stylize(
    await resizeShortSide(await read(content), size),
    statistics,
  );
  const bytes = await encodeImage(stylized, "jpeg", { quality: 86 });
  await Deno.writeFile(example(`results/${content}-${style}.jpg`), bytes);
  console.error(`results/${content}-${style}.jpg: ${bytes.length} bytes`);
}

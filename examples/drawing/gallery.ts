// deno-lint-ignore-file no-console -- A program that prints.

/**
 * Makes the pictures in `examples/results/`: `deno task gallery`. Needed after new weights.
 *
 * @module
 */

import { decodeImage, encodeImage, resizeShortSide, Stylizer } from "../../src/mod.ts";

/** The rows and columns of the README's gallery. */
const CONTENTS = ["cat", "coffee", "astronaut"];
const STYLES = ["mosaic", "stained-glass", "woodcut"];

/** Short side of the gallery's pictures, in pixels. */
const SIZE = 300;

/** Content, style and short side in pixels; results are named after the first two. */
const RESULTS = [
  ["island", "stained-glass", 512] as const,
  ...CONTENTS.flatMap((content) => STYLES.map((style) => [content, style, SIZE] as const)),
];

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
  const bytes = await encodeImage(stylized, "jpeg", { quality: 82 });
  await Deno.writeFile(example(`results/${content}-${style}.jpg`), bytes);
  console.error(`results/${content}-${style}.jpg: ${bytes.length} bytes`);
}

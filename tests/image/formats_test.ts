import assert from "node:assert/strict";
import { decodeImage, type Pixels } from "../../src/mod.ts";
import { largestDifference } from "../helpers/pictures.ts";
import { makeFixtures, withoutPillow } from "../helpers/fixtures.ts";

/** Of 255, in any channel of any pixel. */
const TOLERANCE = 2;

Deno.test({
  name: "decodeImage() sees what Pillow and lcms see, in every format and flavour",
  ignore: withoutPillow,
  async fn(t) {
    for (const { file, bytes, pixels, width, height } of await makeFixtures()) {
      await t.step(file, async () => {
        const picture = await decodeImage(bytes);
        const right = { data: new Uint8ClampedArray(pixels), width, height };
        // What is transparent in a GIF has no colour: the frame is laid on an empty canvas.
        const difference = file.endsWith(".gif")
          ? largestDifference(blankInvisible(picture), blankInvisible(right))
          : largestDifference(picture, right);
        assert.ok(difference <= TOLERANCE, `${difference}`);
      });
    }
  },
});

/** A picture that is black where it is wholly transparent. */
function blankInvisible({ data, ...size }: Pixels): Pixels {
  const isShown = (index: number) => data[index | 3]! > 0;
  return { ...size, data: data.map((value, index) => isShown(index) ? value : 0) };
}

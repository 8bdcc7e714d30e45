import assert from "node:assert/strict";
import { decodeImage } from "../../src/mod.ts";
import { largestDifference } from "../pictures.ts";
import { makeFixtures, withoutPillow } from "./fixtures.ts";

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
        assert.ok(
          largestDifference(picture, right) <= TOLERANCE,
          `${largestDifference(picture, right)}`,
        );
      });
    }
  },
});

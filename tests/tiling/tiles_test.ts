import assert from "node:assert/strict";
import fc from "fast-check";
import { cutIntoTiles, grow } from "../../src/tiling/tiles.ts";

const side = fc.integer({ min: 8, max: 700 });

Deno.test("tiles cover every pixel once, aligned to the grid", () => {
  fc.assert(fc.property(side, side, fc.integer({ min: 64, max: 400 }), (width, height, tile) => {
    const seen = new Uint8Array(width * height);
    for (const area of cutIntoTiles(width, height, tile, 8)) {
      assert.equal(area.left % 8 + area.top % 8, 0);
      for (let y = area.top; y < area.top + area.height; y++) {
        for (let x = area.left; x < area.left + area.width; x++) seen[y * width + x]!++;
      }
    }
    assert.ok(seen.every((count) => count === 1));
  }));
});

Deno.test("a tile grows by its margin, and not beyond the picture", () => {
  const area = { left: 64, top: 0, width: 64, height: 40 };
  assert.deepEqual(grow(area, 20, 8, 140, 100), { left: 40, top: 0, width: 100, height: 64 });
});

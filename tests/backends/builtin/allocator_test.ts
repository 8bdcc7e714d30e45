import assert from "node:assert/strict";
import fc from "fast-check";
import { Allocator } from "../../../backends/builtin/allocator.ts";

Deno.test("what is taken does not overlap, and what is given back is taken again", () => {
  // Takes blocks of so many lines of 64 bytes, or gives back the one that was taken so long ago.
  const steps = fc.array(fc.record({ lines: fc.integer({ min: 1, max: 9 }), back: fc.nat(5) }));
  fc.assert(fc.property(steps, (steps) => {
    const allocator = new Allocator(4096);
    const taken: { address: number; bytes: number }[] = [];
    for (const { lines, back } of steps) {
      if (back < taken.length) {
        const [{ address }] = taken.splice(back, 1) as [typeof taken[number]];
        allocator.give(address);
        continue;
      }
      const bytes = 64 * lines;
      const address = allocator.take(bytes);
      assert.ok(address >= 4096 && address % 64 === 0);
      for (const other of taken) {
        assert.ok(address + bytes <= other.address || other.address + other.bytes <= address);
      }
      taken.push({ address, bytes });
    }
    for (const { address } of taken) allocator.give(address);
    assert.equal(allocator.take(1e9), 4096, "all of it is in one piece again");
  }));
});

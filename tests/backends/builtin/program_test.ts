import assert from "node:assert/strict";
import fc from "fast-check";
import { type Buffer, extent, ProgramBuilder } from "../../../backends/builtin/program.ts";

Deno.test("buffers that are needed at the same time do not overlap", () => {
  // Each instruction writes a new buffer, and reads one that so many others were written after.
  const steps = fc.array(fc.record({ size: fc.integer({ min: 1, max: 400 }), back: fc.nat(6) }), {
    minLength: 1,
  });
  fc.assert(fc.property(steps, fc.nat(), (steps, kept) => {
    const builder = new ProgramBuilder();
    const buffers: Buffer[] = [];
    for (const { size, back } of steps) {
      const buffer = builder.allocate(size);
      const read = buffers.at(-1 - back) ?? buffer;
      builder.emit("copy", 1, buffer, { input: { buffer: read, shift: 0 } });
      buffers.push(buffer);
    }
    builder.keep(buffers[kept % buffers.length]!);
    const { arenaBytes } = builder.build();
    for (const [at, buffer] of buffers.entries()) {
      const end = buffer.address + extent(buffer);
      assert.ok(end <= arenaBytes);
      for (const other of buffers.slice(0, at)) {
        const isApart = end <= other.address || other.address + extent(other) <= buffer.address;
        assert.ok(isApart || other.last < buffer.first || buffer.last < other.first);
      }
    }
  }));
});

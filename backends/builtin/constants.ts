import type { Machine } from "./machine.ts";
import { type Buffer, ProgramBuilder } from "./program.ts";
import { HostData, hostValues, Value } from "./value.ts";

/** Values of a graph that are in memory as long as the graph is, in the layouts that kernels want. */
export class Constants {
  readonly #buffers = new Map<HostData, Map<string, Buffer>>();

  constructor(readonly machine: Machine) {}

  /** A value in memory, as float32. */
  upload(value: Value): Value {
    const { source, type, dims, strides, offset, padding } = value;
    if (!(source instanceof HostData)) return value;
    if (strides.some((stride) => stride < 0)) {
      return this.upload(Value.ofHost(type, dims, new HostData(hostValues(value))));
    }
    const buffer = this.keep(source, "plain", () => this.#write(source));
    return new Value(type, dims, strides, offset, buffer, padding);
  }

  /** A buffer made of known values, unless it is made already. */
  keep(source: HostData, layout: string, make: () => Buffer): Buffer {
    const layouts = this.#buffers.get(source) ?? new Map<string, Buffer>();
    this.#buffers.set(source, layouts);
    const buffer = layouts.get(layout) ?? make();
    layouts.set(layout, buffer);
    return buffer;
  }

  /** Gives the memory back. */
  release(): void {
    for (const layouts of this.#buffers.values()) {
      for (const buffer of layouts.values()) this.machine.give(buffer);
    }
    this.#buffers.clear();
  }

  #write(source: HostData): Buffer {
    const { machine } = this;
    if (source.halves) return this.#widen(source.halves);
    const { values } = source;
    const buffer = machine.take(4 * values.length);
    machine.floats(buffer.address, values.length).set(values);
    return buffer;
  }

  #widen(halves: Uint8Array): Buffer {
    const { machine } = this;
    const input = machine.take(halves.length);
    machine.bytes(input.address, halves.length).set(halves);
    const buffer = machine.take(2 * halves.length);
    const builder = new ProgramBuilder();
    builder.emit("halves", 1, buffer, {
      input: { buffer: input, shift: 0 },
      out: { buffer, shift: 0 },
      count: halves.length / 2,
    });
    machine.run(builder.build());
    machine.give(input);
    return buffer;
  }
}

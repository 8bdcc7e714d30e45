/**
 * Tensors while a graph is planned: views of values that are known already, or of memory where they
 * will be.
 *
 * @module
 */

import { BackendError } from "../backend.ts";
import type { Buffer, Place } from "./program.ts";

/** Types of values. Kernels compute in float32; the others are for shapes, and for weights. */
export type ElementType = "float32" | "float16" | "int64" | "bool";

/** Values that are known. */
export class HostData {
  #values: ArrayLike<number> | undefined;
  #decode?: () => ArrayLike<number>;
  /** The same as float16, where they were stored so. */
  readonly halves?: Uint8Array;

  constructor(values?: ArrayLike<number>, halves?: Uint8Array, decode?: () => ArrayLike<number>) {
    this.#values = values;
    if (halves) this.halves = halves;
    if (decode) this.#decode = decode;
  }

  /** Values that are decoded when they are asked for. */
  static ofHalves(halves: Uint8Array, decode: () => ArrayLike<number>): HostData {
    return new HostData(undefined, halves, decode);
  }

  get values(): ArrayLike<number> {
    return this.#values ??= this.#decode!();
  }
}

/** How a picture is continued beyond its border. */
export interface Padding {
  mode: "constant" | "edge" | "reflect";
  outside: number;
  before: readonly number[];
  after: readonly number[];
}

/** A tensor. Strides and offset count values. */
export class Value {
  constructor(
    readonly type: ElementType,
    readonly dims: readonly number[],
    readonly strides: readonly number[],
    readonly offset: number,
    readonly source: HostData | Buffer,
    /** What is still to be put around it; dims are without it. */
    readonly padding?: Padding,
  ) {}

  /** Known values, row by row. */
  static ofHost(type: ElementType, dims: readonly number[], data: HostData): Value {
    return new Value(type, dims, denseStrides(dims), 0, data);
  }

  /** Integers of a shape, or alike. */
  static ofIntegers(values: readonly number[], dims: readonly number[] = [values.length]): Value {
    return Value.ofHost("int64", dims, new HostData(values));
  }

  /** The number of values. */
  get count(): number {
    return product(this.dims);
  }

  /** Another view of the same values. */
  view(dims: readonly number[], strides: readonly number[], offset = this.offset): Value {
    return new Value(this.type, dims, strides, offset, this.source);
  }

  /** Whether values are next to each other, row by row. */
  get isDense(): boolean {
    const dense = denseStrides(this.dims);
    return this.dims.every((side, at) => side === 1 || this.strides[at] === dense[at]);
  }

  /** Whether values are next to each other in some order of the dimensions. */
  get isPacked(): boolean {
    let stride = 1;
    const order = this.dims.map((side, at) => ({ side, stride: this.strides[at]! }))
      .filter(({ side }) => side !== 1).sort((a, b) => a.stride - b.stride);
    for (const dim of order) {
      if (dim.stride !== stride) return false;
      stride *= dim.side;
    }
    return true;
  }

  /** Whether it is known already. */
  get isHost(): boolean {
    return this.source instanceof HostData;
  }

  /** The memory where it will be. */
  get buffer(): Buffer {
    return this.source as Buffer;
  }

  /** Where it begins in its buffer. */
  get place(): Place {
    return { buffer: this.buffer, shift: 4 * this.offset };
  }

  /**
   * The same values in other dimensions, if strides can say so: where dimensions are joined, their
   * values must follow each other.
   */
  reshaped(dims: readonly number[]): Value | undefined {
    const strides = new Array<number>(dims.length).fill(0);
    const old = this.dims.map((side, at) => ({ side, stride: this.strides[at]! }))
      .filter(({ side }) => side !== 1);
    let at = 0;
    let to = 0;
    while (to < dims.length) {
      if (dims[to] === 1) {
        to++;
        continue;
      }
      // The fewest dimensions on both sides that hold as many values.
      const from = to;
      let [first, last] = [at, at + 1];
      let [have, want] = [old[at]?.side ?? 1, dims[to]!];
      to++;
      while (have !== want) {
        if (have < want) have *= old[last++]?.side ?? NaN;
        else want *= dims[to++] ?? NaN;
        if (Number.isNaN(have) || Number.isNaN(want)) return undefined;
      }
      at = last;
      for (; first + 1 < last; first++) {
        const [outer, inner] = [old[first]!, old[first + 1]!];
        if (outer.stride !== inner.side * inner.stride) return undefined;
      }
      let stride = old[last - 1]!.stride;
      for (let dim = to - 1; dim >= from; dim--) {
        strides[dim] = stride;
        stride *= dims[dim]!;
      }
    }
    return this.view(dims, strides);
  }
}

/** Strides of values that are next to each other, row by row. */
export function denseStrides(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (let at = dims.length - 1; at >= 0; at--) {
    strides[at] = stride;
    stride *= dims[at]!;
  }
  return strides;
}

/** The product of some numbers. */
export function product(numbers: readonly number[]): number {
  return numbers.reduce((product, number) => product * number, 1);
}

/** Known values in order. */
export function hostValues({ dims, strides, offset, source }: Value): number[] {
  const { values } = source as HostData;
  const result: number[] = [];
  const walk = (dim: number, at: number) => {
    if (dim === dims.length) {
      result.push(values[at]!);
      return;
    }
    for (let index = 0; index < dims[dim]!; index++) walk(dim + 1, at + index * strides[dim]!);
  };
  walk(0, offset);
  return result;
}

/** Dims of values that are combined with one another, by ONNX's rule of broadcasting. */
export function broadcastDims(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, at) => {
    let side = 1;
    for (const dims of shapes) {
      const own = dims[at - rank + dims.length] ?? 1;
      if (own === 1 || own === side) continue;
      if (side !== 1) throw new BackendError(`Shapes ${shapes.join(" and ")} do not go together`);
      side = own;
    }
    return side;
  });
}

/** A view of a value with the dims of a broadcast. */
export function broadcastTo(value: Value, dims: readonly number[]): Value {
  const shift = dims.length - value.dims.length;
  const strides = dims.map((_, at) => {
    const own = value.dims[at - shift];
    return own === undefined || own === 1 ? 0 : value.strides[at - shift]!;
  });
  return value.view(dims, strides);
}

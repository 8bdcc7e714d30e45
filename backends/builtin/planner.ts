import { UnsupportedGraphError } from "../backend.ts";
import type { Constants } from "./constants.ts";
import { denseStrides, type Padding, product, Value } from "./value.ts";
import {
  type Arguments,
  Buffer,
  type Instruction,
  type Opcode,
  type Place,
  type Program,
  ProgramBuilder,
} from "./program.ts";

/** Values from which on several threads share the work on them. */
const PARALLEL = 32768;

/** Dimensions that kernels take. */
const RANK = 6;

/** Values at a time, where there is one long row of them. */
const ROW = 4096;

/** Pixels at a time, where values are transposed: what is read stays in cache. */
const TRANSPOSED_ROW = 128;

/** A dimension of a copy. Strides count values; outside are -1. */
interface CopiedDim {
  size: number;
  from: number;
  to: number;
  /** Where each index is in the input, if not its stride's multiple. */
  positions?: number[];
}

/** Bounds and affine map that some kernels apply at last. */
export const UNBOUNDED = { low: -Infinity, high: Infinity } as const;
const UNCHANGED = { scale: 1, shift: 0, ...UNBOUNDED } as const;

/** Writes the program of a graph for inputs of known shapes: what operators need for it. */
export class Planner {
  readonly builder = new ProgramBuilder();
  /** Tables of positions, joined. */
  readonly #tables: number[] = [];
  readonly #tableBuffer = new Buffer(0, true);
  #zeros = 0;
  readonly #zeroBuffer = new Buffer(0, true);

  constructor(readonly constants: Constants) {}

  /** New memory for values, row by row. */
  allocate(dims: readonly number[]): Value {
    const buffer = this.builder.allocate(product(dims));
    return new Value("float32", dims, denseStrides(dims), 0, buffer);
  }

  /** New memory for values, in the layout of others. */
  allocateLike({ dims, strides }: Value): Value {
    return new Value("float32", dims, strides, 0, this.builder.allocate(product(dims)));
  }

  /** New memory for a picture [1,C,H,W], the values of a pixel next to each other. */
  allocatePixels(channels: number, rows: number, columns: number): Value {
    const strides = [rows * columns * channels, 1, columns * channels, channels];
    const buffer = this.builder.allocate(channels * rows * columns);
    return new Value("float32", [1, channels, rows, columns], strides, 0, buffer);
  }

  /** A value in memory, with its padding around it, if it has one. */
  settle(value: Value): Value {
    const inMemory = this.constants.upload(value);
    if (!inMemory.padding) return inMemory;
    const out = this.allocate(paddedDims(inMemory));
    this.copy(inMemory, out);
    return out;
  }

  /** A value in memory, row by row. */
  settleDense(value: Value): Value {
    const settled = this.settle(value);
    if (settled.isDense) return settled;
    const out = this.allocate(settled.dims);
    this.copy(settled, out);
    return out;
  }

  /** A picture in memory, the values of a pixel next to each other. */
  settlePixels(value: Value): Value {
    const inMemory = this.constants.upload(value);
    const [, channels, rows, columns] = paddedDims(inMemory) as [number, number, number, number];
    if (!inMemory.padding && (channels === 1 || inMemory.strides[1] === 1)) return inMemory;
    const out = this.allocatePixels(channels, rows, columns);
    this.copy(inMemory, out);
    return out;
  }

  /** A table of integers. */
  table(numbers: readonly number[]): Place {
    const shift = 4 * this.#tables.length;
    for (const number of numbers) this.#tables.push(number);
    return { buffer: this.#tableBuffer, shift };
  }

  /** So many zeros. */
  zeros(count: number): Place {
    this.#zeros = Math.max(this.#zeros, count);
    return { buffer: this.#zeroBuffer, shift: 0 };
  }

  /** Appends an instruction. */
  emit(
    opcode: Opcode,
    chunks: number,
    out: Value,
    args: Arguments,
    isPartial = false,
  ): Instruction {
    return this.builder.emit(opcode, chunks, out.buffer, args, isPartial);
  }

  /**
   * Copies a value, with its padding, into a view of the same dims.
   *
   * @param isPartial whether the view is a part of its buffer
   */
  copy(from: Value, to: Value, isPartial = false): void {
    const dims = copiedDims(from, to);
    this.#copyDims(from.place, to, dims, from.padding?.outside ?? 0, isPartial);
  }

  /** The values of tables and zeros; to be called at last. */
  build(): { program: Program; fixed: Buffer[] } {
    const { machine } = this.constants;
    const fixed: Buffer[] = [];
    const fill = (buffer: Buffer, values: Int32Array) => {
      if (values.length === 0) return;
      const taken = machine.take(values.byteLength);
      machine.bytes(taken.address, values.byteLength).set(new Uint8Array(values.buffer));
      buffer.address = taken.address;
      fixed.push(taken);
    };
    fill(this.#tableBuffer, Int32Array.from(this.#tables));
    // With what kernels read beyond the end.
    fill(this.#zeroBuffer, new Int32Array(this.#zeros && this.#zeros + 16));
    return { program: this.builder.build(), fixed };
  }

  #copyDims(from: Place, to: Value, dims: CopiedDim[], outside: number, isPartial: boolean): void {
    const inner = innermost(dims);
    const others = dims.filter((dim) => dim !== inner);
    const isDense = inner.from === 1 && inner.to === 1 && !inner.positions;
    const row = isDense && others.length === 0 ? ROW : isDense ? Infinity : TRANSPOSED_ROW;
    if (inner.size > row && !inner.positions) {
      // In rows, and what is left.
      const whole = Math.floor(inner.size / row);
      const rows = [
        { size: whole, from: row * inner.from, to: row * inner.to },
        { ...inner, size: row },
      ];
      const rest = inner.size % row;
      this.#emitCopy(from, to, [...others, ...rows], outside, isPartial || rest > 0);
      if (rest === 0) return;
      const done = whole * row;
      const last = { ...inner, size: rest };
      const place = { ...from, shift: from.shift + 4 * done * inner.from };
      const remainder = to.view(to.dims, to.strides, to.offset + done * inner.to);
      this.#emitCopy(place, remainder, [...others, last], outside, true);
      return;
    }
    this.#emitCopy(from, to, [...others, inner], outside, isPartial);
  }

  /** Copies dims in the order in which they are given, or nearly so; the last is the innermost. */
  #emitCopy(from: Place, to: Value, dims: CopiedDim[], outside: number, isPartial: boolean): void {
    const inner = dims.at(-1)!;
    // What is next to next in the input comes second, so that lines of the cache are read once.
    const others = dims.slice(0, -1).sort((a, b) => b.to - a.to);
    const nearest = others.toSorted((a, b) => a.from - b.from)[0];
    if (nearest && inner.from !== 1) {
      others.splice(others.indexOf(nearest), 1);
      others.push(nearest);
    }
    const all = [...others, inner];
    if (all.length > RANK) throw new UnsupportedGraphError("So many dimensions are not built in");
    while (all.length < RANK) all.unshift({ size: 1, from: 0, to: 0 });
    const positions = all.flatMap((dim) => positionsOf(dim).map((at) => at < 0 ? -1 : 4 * at));
    const rows = product(all.slice(0, -1).map(({ size }) => size));
    const rowsPerChunk = Math.max(1, Math.ceil(8192 / inner.size));
    const chunks = rows * inner.size < PARALLEL ? 1 : Math.ceil(rows / rowsPerChunk);
    const isDense = inner.from === 1 && inner.to === 1 && !inner.positions;
    this.emit("copy", chunks, to, {
      input: from,
      out: to.place,
      offsets: this.table(positions),
      ...numbered("size", all.map(({ size }) => size)),
      ...numbered("pitch", all.map((dim) => 4 * dim.to)),
      rows,
      rowsPerChunk: chunks === 1 ? rows : rowsPerChunk,
      isDense: Number(isDense),
      outside,
      ...UNCHANGED,
    }, isPartial);
  }

  /** Runs instructions at once, that need to run only once. */
  once(write: (planner: Planner) => void): void {
    const { constants } = this;
    const planner = new Planner(constants);
    write(planner);
    const { program, fixed } = planner.build();
    constants.machine.run(program);
    for (const buffer of fixed) constants.machine.give(buffer);
  }

  /** A flat map of values that are next to each other, in any order of dims. */
  map(operation: number, from: Value, to: Value, scale = 1, shift = 0): Instruction {
    const { count } = from;
    const chunks = count < PARALLEL ? 1 : Math.ceil(count / 8192);
    return this.emit("unary", chunks, to, {
      operation,
      input: from.place,
      out: to.place,
      count,
      countPerChunk: chunks === 1 ? count : 8192,
      ...UNCHANGED,
      scale,
      shift,
    });
  }

  /** Whether a value is all of a buffer that nobody else reads. */
  isOurs(value: Value): boolean {
    const { buffer } = value;
    return !buffer.isFixed && buffer.readers === 0 && value.isPacked &&
      4 * value.count === buffer.bytes;
  }

  /** The instruction that made a value, if it may still be changed to make another of it. */
  writerOf(value: Value): Instruction | undefined {
    return this.isOurs(value) ? this.builder.writerOf(value.buffer) : undefined;
  }

  /** Where a result goes: over the value it is made of, if nobody else reads that. */
  resultOf(value: Value): Value {
    return this.isOurs(value) ? value : this.allocateLike(value);
  }
}

/** Splits work on rows into chunks. */
export function chunkRows(rows: number, work: number): { chunks: number; rowsPerChunk: number } {
  if (rows * work < PARALLEL) return { chunks: 1, rowsPerChunk: rows };
  const rowsPerChunk = Math.max(1, Math.ceil(8192 / work));
  return { chunks: Math.ceil(rows / rowsPerChunk), rowsPerChunk };
}

/** Dims of a value with its padding. */
export function paddedDims({ dims, padding }: Value): number[] {
  return dims.map((side, at) => side + (padding ? padding.before[at]! + padding.after[at]! : 0));
}

/** Which index of a side a position in its padded self shows, or -1: none. */
export function unpad(position: number, side: number, dim: number, padding?: Padding): number {
  const index = position - (padding?.before[dim] ?? 0);
  if (index >= 0 && index < side) return index;
  if (!padding || padding.mode === "constant") return -1;
  if (padding.mode === "edge") return Math.min(Math.max(index, 0), side - 1);
  if (side === 1) return 0;
  const period = 2 * (side - 1);
  const within = ((index % period) + period) % period;
  return within < side ? within : period - within;
}

/** `{ name0: …, name1: … }`. */
export function numbered(name: string, values: readonly number[]): Record<string, number> {
  return Object.fromEntries(values.map((value, at) => [`${name}${at}`, value]));
}

/** The dims of a copy, joined where they can be; at least one. */
function copiedDims(from: Value, to: Value): CopiedDim[] {
  const { padding } = from;
  const dims = to.dims.map((size, at): CopiedDim => {
    const dim = { size, from: from.strides[at]!, to: to.strides[at]! };
    if (!padding || (padding.before[at] === 0 && padding.after[at] === 0)) return dim;
    const positions = Array.from({ length: size }, (_, index) => {
      const source = unpad(index, from.dims[at]!, at, padding);
      return source < 0 ? -1 : source * dim.from;
    });
    return { ...dim, positions };
  }).filter(({ size, positions }) => size !== 1 || positions);
  dims.sort((a, b) => b.to - a.to);
  const joined: CopiedDim[] = [];
  for (const dim of dims) {
    const outer = joined.at(-1);
    const isOne = outer && !outer.positions && !dim.positions &&
      outer.from === dim.size * dim.from && outer.to === dim.size * dim.to;
    if (isOne) joined[joined.length - 1] = { ...dim, size: outer.size * dim.size };
    else joined.push(dim);
  }
  return joined.length > 0 ? joined : [{ size: 1, from: 1, to: 1 }];
}

/** The dimension that the innermost loop goes over: a long one, best one without gaps. */
function innermost(dims: readonly CopiedDim[]): CopiedDim {
  const dense = dims.find(({ from, to, positions }) => from === 1 && to === 1 && !positions);
  if (dense && dense.size >= 16) return dense;
  return dims.toSorted((a, b) => b.size - a.size)[0]!;
}

function positionsOf({ size, from, positions }: CopiedDim): number[] {
  return positions ?? Array.from({ length: size }, (_, at) => at * from);
}

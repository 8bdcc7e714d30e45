import type { Node } from "../onnx_file.ts";
import { chunkRows, numbered, type Planner, UNBOUNDED } from "../planner.ts";
import { broadcastDims, broadcastTo, hostValues, product, type Value } from "../value.ts";
import { fuseAffine, fuseSum } from "./fusion.ts";
import { known, type Operator, unsupported } from "./operator.ts";

/** An operator on two values: its number in `kernels/binary.ts`, and what it does to numbers. */
interface BinaryOperator {
  code?: number;
  compute(a: number, b: number): number;
}

/** Values in a row, where there is one row of them alone. */
const ROW = 4096;

const DIMS = 6;

const OPERATORS: Record<string, BinaryOperator> = {
  Add: { code: 0, compute: (a, b) => a + b },
  Sub: { code: 1, compute: (a, b) => a - b },
  Mul: { code: 2, compute: (a, b) => a * b },
  Div: { code: 3, compute: (a, b) => a / b },
  Max: { code: 4, compute: Math.max },
  Min: { code: 5, compute: Math.min },
  Mod: { compute: (a, b) => a - b * Math.floor(a / b) },
  Equal: { compute: (a, b) => Number(a === b) },
};

/** Add, Sub, Mul, Div, Max, Min; Mod and Equal of known values. */
export const binaryOperators: Record<string, Operator> = Object.fromEntries(
  Object.entries(OPERATORS).map(([name, operator]) => [name, {
    check(node) {
      if (node.inputs.length !== 2) throw unsupported(node, `has ${node.inputs.length} inputs`);
    },
    plan(node, inputs, planner) {
      const [a, b] = inputs as [Value, Value];
      if (a.isHost && b.isHost) return [computeKnown(node, operator, a, b)];
      if (operator.code === undefined) throw unsupported(node, "is of computed values");
      return [combine(operator.code, a, b, planner)];
    },
  }]),
);

/** Where of known values. */
export const where: Operator = {
  plan(node, inputs) {
    const [condition, yes, no] = inputs as [Value, Value, Value];
    if (!inputs.every((input) => input!.isHost)) throw unsupported(node, "is of computed values");
    const dims = broadcastDims(condition.dims, yes.dims, no.dims);
    const [which, first, second] = [condition, yes, no]
      .map((value) => hostValues(broadcastTo(value, dims)));
    return [known(yes.type, dims, which!.map((is, at) => is ? first![at]! : second![at]!))];
  },
};

function computeKnown(
  { operator: name }: Node,
  { compute }: BinaryOperator,
  a: Value,
  b: Value,
): Value {
  const dims = broadcastDims(a.dims, b.dims);
  const [first, second] = [a, b].map((value) => hostValues(broadcastTo(value, dims)));
  const isInteger = a.type === "int64";
  const values = first!.map((value, at) => {
    const result = compute(value, second![at]!);
    if (!isInteger) return Math.fround(result);
    return name === "Div" ? Math.trunc(result) : result;
  });
  return known(name === "Equal" ? "bool" : a.type, dims, values);
}

function combine(operation: number, a: Value, b: Value, planner: Planner): Value {
  const dims = broadcastDims(a.dims, b.dims);
  const affine = affineOf(operation, a, b, dims);
  if (affine) {
    const { value, scale, shift } = affine;
    const writer = planner.writerOf(value);
    if (writer && fuseAffine(writer, scale, shift)) return value;
    if (value.isPacked) {
      const out = planner.resultOf(value);
      planner.map(0, value, out, scale, shift);
      return out;
    }
  }
  const [first, second] = [planner.settle(a), planner.settle(b)];
  if (operation === 0) {
    for (const [sum, other] of [[first, second], [second, first]] as const) {
      const isWhole = [sum, other].every((value) => String(value.dims) === String(dims));
      if (isWhole && fuseSum(planner, sum, other)) return sum;
    }
  }
  const model = [first, second].find((value) =>
    value.isPacked && String(value.dims) === String(dims)
  );
  const out = !model ? planner.allocate(dims) : planner.resultOf(model);
  emit(operation, broadcastTo(first, dims), broadcastTo(second, dims), out, planner);
  return out;
}

/** A sum with, or a product by, one known number: an affine map. */
function affineOf(
  operation: number,
  a: Value,
  b: Value,
  dims: readonly number[],
): { value: Value; scale: number; shift: number } | undefined {
  const [value, other] = a.isHost ? [b, a] : [a, b];
  if (!other.isHost || other.count !== 1 || String(value.dims) !== String(dims)) return undefined;
  if (value.padding) return undefined;
  const number = Math.fround(hostValues(other)[0]!);
  if (operation === 0) return { value, scale: 1, shift: number };
  if (operation === 1) {
    return value === a ? { value, scale: 1, shift: -number } : { value, scale: -1, shift: number };
  }
  return operation === 2 ? { value, scale: number, shift: 0 } : undefined;
}

interface Dim {
  size: number;
  first: number;
  second: number;
  out: number;
}

function emit(operation: number, first: Value, second: Value, out: Value, planner: Planner): void {
  let dims = joinDims(out.dims.map((size, at) => ({
    size,
    first: first.strides[at]!,
    second: second.strides[at]!,
    out: out.strides[at]!,
  })));
  let lastSize = dims.at(-1)!.size;
  if (dims.length === 1 && lastSize > ROW) {
    const [{ size, ...strides }] = dims as [Dim];
    const row = {
      first: ROW * strides.first,
      second: ROW * strides.second,
      out: ROW * strides.out,
    };
    dims = [{ size: Math.ceil(size / ROW), ...row }, { size: ROW, ...strides }];
    lastSize = size - (dims[0]!.size - 1) * ROW;
  }
  const inner = dims.at(-1)!.size;
  while (dims.length < DIMS) dims.unshift({ size: 1, first: 0, second: 0, out: 0 });
  const rows = product(dims.slice(0, -1).map(({ size }) => size));
  const { chunks, rowsPerChunk } = chunkRows(rows, inner);
  const bytes = (of: keyof Dim) => dims.map((dim) => 4 * dim[of]);
  planner.emit("binary", chunks, out, {
    operation,
    first: first.place,
    second: second.place,
    out: out.place,
    ...numbered("size", dims.map(({ size }) => size)),
    ...numbered("first", bytes("first")),
    ...numbered("second", bytes("second")),
    ...numbered("out", bytes("out")),
    rows,
    rowsPerChunk,
    lastSize,
    ...UNBOUNDED,
  });
}

/** Dims from the outermost, joined where they can be; at least one. */
function joinDims(dims: readonly Dim[]): Dim[] {
  const joined: Dim[] = [];
  for (const dim of dims.filter(({ size }) => size !== 1).sort((a, b) => b.out - a.out)) {
    const outer = joined.at(-1);
    const isOne = outer && (["first", "second", "out"] as const)
      .every((of) => outer[of] === dim.size * dim[of]);
    if (isOne) joined[joined.length - 1] = { ...dim, size: outer.size * dim.size };
    else joined.push(dim);
  }
  return joined.length > 0 ? joined : [{ size: 1, first: 0, second: 0, out: 1 }];
}

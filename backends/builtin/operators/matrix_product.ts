import { BackendError } from "../../backend.ts";
import { type Planner, UNBOUNDED } from "../planner.ts";
import { broadcastDims, broadcastTo, denseStrides, product, type Value } from "../value.ts";
import { type Operator, unsupported } from "./operator.ts";

/** Products of two numbers from which on threads share the work. */
const PARALLEL = 2 ** 19;

/** As many make a chunk. */
const CHUNK = 2 ** 18;

/** Rows of a chunk, at least: all of the right matrix is read for each. */
const LEAST_ROWS = 16;

/** MatMul of two or more dimensions. */
export const matrixProduct: Operator = {
  isForKernels: true,
  check(node) {
    if (node.inputs.length !== 2) throw unsupported(node, `has ${node.inputs.length} inputs`);
  },
  plan(node, inputs, planner) {
    const [a, b] = inputs as [Value, Value];
    if (a.dims.length < 2 || b.dims.length < 2) throw unsupported(node, "is of a vector");
    const [rows, length] = a.dims.slice(-2) as [number, number];
    const [inner, columns] = b.dims.slice(-2) as [number, number];
    if (length !== inner) throw new BackendError(`MatMul cannot be of ${a.dims} and ${b.dims}`);
    // The larger side makes the rows, which threads share.
    if (columns > rows) {
      return [transpose(multiply(planner, transpose(b), transpose(a)))];
    }
    return [multiply(planner, a, b)];
  },
};

/** A product whose rows are next to each other. */
function multiply(planner: Planner, a: Value, b: Value): Value {
  const [rows, length] = a.dims.slice(-2) as [number, number];
  const columns = b.dims.at(-1)!;
  const [left, right] = [inRows(planner, a), inRows(planner, b)];
  const batch = broadcastDims(a.dims.slice(0, -2), b.dims.slice(0, -2));
  const dims = [...batch, rows, columns];
  const out = planner.allocate(dims);
  const [leftAll, rightAll] = [left, right].map((value) =>
    broadcastTo(value, [...batch, ...value.dims.slice(-2)])
  ) as [Value, Value];
  const isParallel = rows * length * columns > PARALLEL;
  const wanted = Math.max(LEAST_ROWS, 4 * Math.ceil(CHUNK / (length * columns) / 4));
  const rowsPerChunk = isParallel ? wanted : rows;
  const count = product(batch);
  for (let index = 0; index < count; index++) {
    const place = (value: Value) => ({
      buffer: value.buffer,
      shift: 4 * (value.offset + offsetOf(index, batch, value.strides)),
    });
    planner.emit("matrixProduct", Math.ceil(rows / rowsPerChunk), out, {
      left: place(leftAll),
      leftPitch: 4 * left.strides.at(-2)!,
      rows,
      length,
      right: place(rightAll),
      rightPitch: 4 * right.strides.at(-2)!,
      columns,
      rowsPerChunk,
      start: planner.zeros(columns),
      startPitch: 0,
      residual: 0,
      residualPitch: 0,
      out: place(out),
      outPitch: 4 * columns,
      ...UNBOUNDED,
    }, count > 1);
  }
  return out;
}

/** A matrix in memory, the values of a row next to each other. */
function inRows(planner: Planner, value: Value): Value {
  const settled = planner.settle(value);
  const [rows, columns] = settled.dims.slice(-2) as [number, number];
  const [ofRow, ofColumn] = settled.strides.slice(-2) as [number, number];
  if ((ofColumn === 1 || columns === 1) && (ofRow > 0 || rows === 1)) return settled;
  const out = planner.allocate(settled.dims);
  planner.copy(settled, out);
  return out;
}

function transpose(value: Value): Value {
  const swapped = <T>(of: readonly T[]) => [...of.slice(0, -2), of.at(-1)!, of.at(-2)!];
  return value.view(swapped(value.dims), swapped(value.strides));
}

/** Where a matrix of a batch begins. */
function offsetOf(index: number, batch: readonly number[], strides: readonly number[]): number {
  const steps = denseStrides(batch);
  return batch.reduce(
    (offset, side, at) => offset + (Math.floor(index / steps[at]!) % side) * strides[at]!,
    0,
  );
}

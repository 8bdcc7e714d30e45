/**
 * Operators that only say where values are: shapes, views and copies.
 *
 * @module
 */

import { ELEMENT_TYPES } from "../stored_tensor.ts";
import { paddedDims, type Planner } from "../planner.ts";
import { broadcastDims, broadcastTo, hostValues, product, Value } from "../value.ts";
import {
  axisOf,
  known,
  knownValues,
  numberOf,
  numbersOf,
  type Operator,
  unsupported,
  wordOf,
} from "./operator.ts";

/** Constant. */
export const constant: Operator = {
  check(node) {
    if (!(node.attributes.get("value") instanceof Value)) throw unsupported(node, "is no tensor");
  },
  plan: (node) => [node.attributes.get("value") as Value],
};

/** Shape. */
export const shape: Operator = {
  takesPadding: true,
  check(node) {
    if (numberOf(node, "start", 0) !== 0 || node.attributes.has("end")) {
      throw unsupported(node, "has a start or an end");
    }
  },
  plan: (_node, [input]) => [Value.ofIntegers(paddedDims(input!))],
};

/** ConstantOfShape. */
export const constantOfShape: Operator = {
  plan(node, [shape]) {
    const dims = knownValues(node, shape!, "shape");
    const value = node.attributes.get("value") as Value | undefined;
    const fill = value ? hostValues(value)[0]! : 0;
    return [known(value?.type ?? "float32", dims, new Array(product(dims)).fill(fill))];
  },
};

/** EyeLike. */
export const eyeLike: Operator = {
  plan(node, [input]) {
    const type = ELEMENT_TYPES[numberOf(node, "dtype", 1)]!;
    const [rows, columns] = input!.dims as [number, number];
    const shift = numberOf(node, "k", 0);
    const values = Array.from(
      { length: rows * columns },
      (_, at) => Number(at % columns - Math.floor(at / columns) === shift),
    );
    return [known(type, [rows, columns], values)];
  },
};

/** Reshape. */
export const reshape: Operator = {
  check(node) {
    if (numberOf(node, "allowzero", 0)) throw unsupported(node, "allows zero");
  },
  plan(node, [input, shape], planner) {
    const dims = knownValues(node, shape!, "shape")
      .map((side, at) => side === 0 ? input!.dims[at]! : side);
    const unknown = dims.indexOf(-1);
    if (unknown >= 0) dims[unknown] = input!.count / -product(dims);
    return [reshaped(planner, input!, dims)];
  },
};

/** Unsqueeze. */
export const unsqueeze: Operator = {
  plan(node, [input, given], planner) {
    const axes = given ? knownValues(node, given, "axes") : numbersOf(node, "axes")!;
    const rank = input!.dims.length + axes.length;
    const dims = [...input!.dims];
    for (const axis of axes.map((axis) => axisOf(axis, rank)).sort((a, b) => a - b)) {
      dims.splice(axis, 0, 1);
    }
    return [reshaped(planner, input!, dims)];
  },
};

/** Squeeze. */
export const squeeze: Operator = {
  plan(node, [input, given], planner) {
    const { dims } = input!;
    const axes = given ? knownValues(node, given, "axes") : [...dims.keys()];
    const ones = new Set(axes.map((axis) => axisOf(axis, dims.length)));
    const rest = dims.filter((side, at) => side !== 1 || !ones.has(at));
    return [reshaped(planner, input!, rest)];
  },
};

/** Transpose. */
export const transpose: Operator = {
  plan(node, [input]) {
    const { dims, strides } = input!;
    const order = numbersOf(node, "perm") ?? [...dims.keys()].reverse();
    return [input!.view(order.map((axis) => dims[axis]!), order.map((axis) => strides[axis]!))];
  },
};

/** Expand. */
export const expand: Operator = {
  plan(node, [input, shape]) {
    const dims = broadcastDims(input!.dims, knownValues(node, shape!, "shape"));
    return [broadcastTo(input!, dims)];
  },
};

/** Slice. */
export const slice: Operator = {
  plan(node, inputs) {
    const [input, starts, ends, given, steps] = inputs as [Value, Value, Value, Value?, Value?];
    const [dims, strides] = [[...input.dims], [...input.strides]];
    const [from, to] = [knownValues(node, starts, "starts"), knownValues(node, ends, "ends")];
    const axes = given ? knownValues(node, given, "axes") : [...from.keys()];
    const by = steps ? knownValues(node, steps, "steps") : axes.map(() => 1);
    let { offset } = input;
    for (const [at, each] of axes.entries()) {
      const axis = axisOf(each, dims.length);
      const [side, step] = [dims[axis]!, by[at]!];
      const [least, most] = step > 0 ? [0, side] : [-1, side - 1];
      const place = (index: number) =>
        Math.min(Math.max(index < 0 ? index + side : index, least), most);
      const [start, end] = [place(from[at]!), place(to[at]!)];
      if (step < 0 && !input.isHost) throw unsupported(node, "goes backward");
      offset += start * strides[axis]!;
      dims[axis] = Math.max(0, Math.ceil((end - start) / step));
      strides[axis]! *= step;
    }
    return [input.view(dims, strides, offset)];
  },
};

/** Gather, by one index, or along a dimension of known values. */
export const gather: Operator = {
  plan(node, [input, which]) {
    const { dims, strides, offset } = input!;
    const axis = axisOf(numberOf(node, "axis", 0), dims.length);
    const indices = knownValues(node, which!, "indices")
      .map((index) => axisOf(index, dims[axis]!));
    if (which!.dims.length === 0) {
      const without = <T>(of: readonly T[]) => of.filter((_, at) => at !== axis);
      return [input!.view(without(dims), without(strides), offset + indices[0]! * strides[axis]!)];
    }
    const step = (indices[1] ?? indices[0]! + 1) - indices[0]!;
    const isEven = which!.dims.length === 1 && step > 0 &&
      indices.every((index, at) => index === indices[0]! + at * step);
    if (isEven) {
      const changed = (of: readonly number[], value: number) =>
        of.map((old, at) => at === axis ? value : old);
      const start = offset + indices[0]! * strides[axis]!;
      return [
        input!.view(changed(dims, indices.length), changed(strides, step * strides[axis]!), start),
      ];
    }
    if (!input!.isHost || axis !== 0 || dims.length !== 1) {
      throw unsupported(node, "is by several indices");
    }
    const values = hostValues(input!);
    return [known(input!.type, which!.dims, indices.map((index) => values[index]!))];
  },
};

/** Concat. */
export const concat: Operator = {
  plan(node, inputs, planner) {
    const values = inputs as Value[];
    const [first] = values as [Value];
    const axis = axisOf(numberOf(node, "axis", 0), first.dims.length);
    const side = values.reduce((sum, { dims }) => sum + dims[axis]!, 0);
    const dims = first.dims.map((old, at) => at === axis ? side : old);
    if (values.every((value) => value.isHost)) {
      return [known(first.type, dims, concatKnown(values, axis))];
    }
    const settled = values.filter(({ count }) => count > 0).map((value) => planner.settle(value));
    const isPixels = dims.length === 4 && dims[0] === 1 && dims[1]! > 1 &&
      settled.every(({ dims, strides }) => dims[1] === 1 || strides[1] === 1);
    const [, channels, rows, columns] = dims as [number, number, number, number];
    const out = isPixels ? planner.allocatePixels(channels, rows, columns) : planner.allocate(dims);
    let { offset } = out;
    for (const value of settled) {
      planner.copy(value, out.view(value.dims, out.strides, offset), settled.length > 1);
      offset += value.dims[axis]! * out.strides[axis]!;
    }
    return [out];
  },
};

/** DepthToSpace. */
export const depthToSpace: Operator = {
  plan(node, [input], planner) {
    const block = numberOf(node, "blocksize", 1);
    const [batch, channels, rows, columns] = input!.dims as [number, number, number, number];
    const [ofBatch, ofChannel, ofRow, ofColumn] = input!.strides as [
      number,
      number,
      number,
      number,
    ];
    const fewer = channels / block ** 2;
    const isColumnFirst = wordOf(node, "mode", "DCR") === "CRD";
    const [ofOut, ofDown, ofRight] = isColumnFirst
      ? [block ** 2, block, 1]
      : [1, block * fewer, fewer];
    const blocks = input!.view(
      [batch, fewer, rows, block, columns, block],
      [ofBatch, ofOut * ofChannel, ofRow, ofDown * ofChannel, ofColumn, ofRight * ofChannel],
    );
    return [reshaped(planner, blocks, [batch, fewer, rows * block, columns * block])];
  },
};

/** A value in other dims; copied where strides cannot say so. */
function reshaped(planner: Planner, value: Value, dims: readonly number[]): Value {
  const view = value.reshaped(dims);
  if (view) return view;
  if (value.isHost) return known(value.type, dims, hostValues(value));
  return copied(planner, value).reshaped(dims)!;
}

function copied(planner: Planner, value: Value): Value {
  const out = planner.allocate(value.dims);
  planner.copy(value, out);
  return out;
}

function concatKnown(values: readonly Value[], axis: number): number[] {
  const outer = product(values[0]!.dims.slice(0, axis));
  const parts = values.map((value) => ({
    values: hostValues(value),
    row: product(value.dims.slice(axis)),
  }));
  const result: number[] = [];
  for (let at = 0; at < outer; at++) {
    for (const { values, row } of parts) result.push(...values.slice(at * row, (at + 1) * row));
  }
  return result;
}

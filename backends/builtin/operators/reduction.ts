import { type Planner, UNBOUNDED } from "../planner.ts";
import { product, type Value } from "../value.ts";
import {
  axisOf,
  knownValues,
  numberOf,
  numbersOf,
  type Operator,
  unsupported,
} from "./operator.ts";

/** Dimensions that stay, and that are summed, at most. */
const DIMS = 3;

/** ReduceSum. */
export const sum: Operator = reduction(() => 1);

/** ReduceMean. */
export const mean: Operator = reduction((count) => 1 / count);

function reduction(scaleOf: (count: number) => number): Operator {
  return {
    isForKernels: true,
    plan(node, inputs, planner) {
      const [input, given] = inputs as [Value, Value | undefined];
      const rank = input.dims.length;
      const axes = given ? knownValues(node, given, "axes") : numbersOf(node, "axes");
      const isNone = !axes || axes.length === 0;
      if (isNone && numberOf(node, "noop_with_empty_axes", 0)) return [input];
      const summed = new Set(
        isNone ? input.dims.keys() : axes.map((axis) => axisOf(axis, rank)),
      );
      const settled = planner.settle(input);
      const split = (isSummed: boolean) =>
        join(
          settled.dims.flatMap((size, at) =>
            summed.has(at) === isSummed && size !== 1
              ? [{ size, stride: settled.strides[at]! }]
              : []
          ),
        );
      const [kept, over] = [split(false), split(true)];
      if (kept.length > DIMS || over.length > DIMS) {
        throw unsupported(node, "is of many dimensions");
      }
      const dims = input.dims.flatMap((side, at) => {
        if (!summed.has(at)) return [side];
        return numberOf(node, "keepdims", 1) ? [1] : [];
      });
      const out = planner.allocate(dims);
      emit(planner, settled, kept, over.toSorted((a, b) => b.stride - a.stride), scaleOf, out);
      return [out];
    },
  };
}

interface Dim {
  size: number;
  stride: number;
}

function emit(
  planner: Planner,
  input: Value,
  kept: Dim[],
  over: Dim[],
  scaleOf: (count: number) => number,
  out: Value,
): void {
  for (const dims of [kept, over]) {
    while (dims.length < DIMS) dims.unshift({ size: 1, stride: 0 });
  }
  const sizes = (dims: Dim[]) => dims.map(({ size }) => size);
  const count = product(sizes(kept));
  const each = product(sizes(over));
  const isParallel = count >= 32 && count * each > 2 ** 17;
  const countPerChunk = isParallel ? 16 : count;
  const fields = (name: string, dims: Dim[]) => ({
    ...Object.fromEntries(dims.map(({ size }, at) => [`${name}${at}`, size])),
    ...Object.fromEntries(dims.map(({ stride }, at) => [`${name}Pitch${at}`, 4 * stride])),
  });
  planner.emit("reduction", Math.ceil(count / countPerChunk), out, {
    input: input.place,
    out: out.place,
    ...fields("kept", kept),
    ...fields("summed", over),
    count,
    countPerChunk,
    scale: scaleOf(each),
    ...UNBOUNDED,
  });
}

/** Dims, joined where one goes on where the next one ends. */
function join(dims: readonly Dim[]): Dim[] {
  const joined: Dim[] = [];
  for (const dim of dims) {
    const outer = joined.at(-1);
    if (outer && outer.stride === dim.size * dim.stride) {
      joined[joined.length - 1] = { size: outer.size * dim.size, stride: dim.stride };
    } else joined.push(dim);
  }
  return joined;
}

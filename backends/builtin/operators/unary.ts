import { ELEMENT_TYPES } from "../stored_tensor.ts";
import type { Planner } from "../planner.ts";
import { HostData, hostValues, Value } from "../value.ts";
import { fuseAffine, fuseBounds } from "./fusion.ts";
import { known, knownValues, numberOf, type Operator, unsupported } from "./operator.ts";

/** Numbers of `kernels/unary.ts`. */
const [AFFINE, SQUARE_ROOT, LOGARITHM] = [0, 1, 2];

/** Sqrt and Log. */
export const squareRoot: Operator = mapped(SQUARE_ROOT, Math.sqrt);
export const logarithm: Operator = mapped(LOGARITHM, Math.log);

/** Neg. */
export const negation: Operator = {
  plan(_node, [input], planner) {
    if (input!.isHost) return [mapKnown(input!, (value) => -value)];
    return [apply(planner, input!, (writer) => fuseAffine(writer, -1, 0), { scale: -1 })];
  },
};

/** Relu. */
export const rectifier: Operator = {
  plan: (_node, [input], planner) => [bounded(planner, input!, 0, Infinity)],
};

/** Clip, by known bounds. */
export const clip: Operator = {
  plan(node, [input, least, greatest], planner) {
    const low = least ? knownValues(node, least, "bounds")[0]! : -Infinity;
    const high = greatest ? knownValues(node, greatest, "bounds")[0]! : Infinity;
    return [bounded(planner, input!, low, high)];
  },
};

/** Cast. Computed values are float32, and stay so. */
export const cast: Operator = {
  check(node) {
    const to = ELEMENT_TYPES[numberOf(node, "to", 0)];
    if (!to || to === "float16") throw unsupported(node, `is to type ${numberOf(node, "to", 0)}`);
  },
  plan(node, [input]) {
    const type = ELEMENT_TYPES[numberOf(node, "to", 0)]!;
    const { dims, strides, offset, source, padding } = input!;
    if (type === input!.type) return [input!];
    if (!(source instanceof HostData)) throw unsupported(node, `is to ${type}`);
    // Every float16 is a float32: nothing is to be done, and nothing decoded.
    if (input!.type === "float16" && type === "float32") {
      return [new Value(type, dims, strides, offset, source, padding)];
    }
    const values = hostValues(input!).map((value) => {
      if (type === "int64") return Math.trunc(value);
      return type === "bool" ? Number(value !== 0) : Math.fround(value);
    });
    return [known(type, dims, values)];
  },
};

/** Identity. */
export const identity: Operator = { takesPadding: true, plan: (_node, [input]) => [input!] };

function mapped(operation: number, compute: (value: number) => number): Operator {
  return {
    plan(_node, [input], planner) {
      if (input!.isHost) return [mapKnown(input!, (value) => Math.fround(compute(value)))];
      return [apply(planner, input!, () => false, { operation })];
    },
  };
}

function bounded(planner: Planner, input: Value, low: number, high: number): Value {
  if (input.isHost) return mapKnown(input, (value) => Math.min(Math.max(value, low), high));
  return apply(planner, input, (writer) => fuseBounds(writer, low, high), { low, high });
}

function mapKnown(input: Value, compute: (value: number) => number): Value {
  return known(input.type, input.dims, hostValues(input).map(compute));
}

/** Lets the instruction that made a value do something more, or emits another one. */
function apply(
  planner: Planner,
  input: Value,
  fuse: (writer: NonNullable<ReturnType<Planner["writerOf"]>>) => boolean,
  { operation = AFFINE, ...args }: Record<string, number>,
): Value {
  const writer = planner.writerOf(input);
  if (writer && fuse(writer)) return input;
  const packed = input.isPacked ? input : planner.settleDense(input);
  const out = planner.resultOf(packed);
  Object.assign(planner.map(operation!, packed, out).args, args);
  return out;
}

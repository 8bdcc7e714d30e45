import { Value } from "../value.ts";
import { knownValues, type Operator, unsupported, wordOf } from "./operator.ts";

const MODES = ["constant", "edge", "reflect"] as const;

/** Pad. The values stay where they are: whoever reads them looks beyond the border. */
export const pad: Operator = {
  isForKernels: true,
  check(node) {
    const mode = wordOf(node, "mode", "constant");
    if (!MODES.some((name) => name === mode)) throw unsupported(node, `is of mode ${mode}`);
    if (node.inputs[3]) throw unsupported(node, "names axes");
  },
  plan(node, [input, sides, outside]) {
    const mode = MODES.find((name) => name === wordOf(node, "mode", "constant"))!;
    const { type, dims, strides, offset, source } = input!;
    const amounts = knownValues(node, sides!, "sizes");
    const [before, after] = [amounts.slice(0, dims.length), amounts.slice(dims.length)];
    if (amounts.some((amount) => amount < 0)) throw unsupported(node, "cuts");
    if (amounts.every((amount) => amount === 0)) return [input!];
    const value = outside ? knownValues(node, outside, "value")[0] ?? 0 : 0;
    const padding = { mode, outside: value, before, after };
    return [new Value(type, dims, strides, offset, source, padding)];
  },
};

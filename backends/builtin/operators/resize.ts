import type { Node } from "../onnx_file.ts";
import { UNBOUNDED } from "../planner.ts";
import type { Value } from "../value.ts";
import { knownValues, type Operator, unsupported, wordOf } from "./operator.ts";

/** Where the center of an output pixel lies in the input, in pixels, by the attribute's name. */
const POSITIONS: Record<string, (at: number, from: number, to: number, scale: number) => number> = {
  "half_pixel": (at, _from, _to, scale) => (at + 0.5) / scale - 0.5,
  "pytorch_half_pixel": (at, _from, to, scale) => to > 1 ? (at + 0.5) / scale - 0.5 : 0,
  "align_corners": (at, from, to) => to > 1 ? at * (from - 1) / (to - 1) : 0,
  "asymmetric": (at, _from, _to, scale) => at / scale,
};

/** Resize of a picture, bilinear. */
export const resize: Operator = {
  isForKernels: true,
  check(node) {
    const mode = wordOf(node, "mode", "nearest");
    if (mode !== "linear") throw unsupported(node, `is of mode ${mode}`);
    const position = positionOf(node);
    if (!(position in POSITIONS)) throw unsupported(node, `places pixels by ${position}`);
    for (const name of ["antialias", "axes", "exclude_outside"]) {
      if (node.attributes.get(name)) throw unsupported(node, `has the attribute ${name}`);
    }
    if (wordOf(node, "keep_aspect_ratio_policy", "stretch") !== "stretch") {
      throw unsupported(node, "keeps the aspect ratio");
    }
  },
  plan(node, inputs, planner) {
    const [input, , factors, sides] = inputs as [Value, undefined, Value?, Value?];
    const { dims } = input;
    if (dims.length !== 4) throw unsupported(node, `is of ${dims.length} dimensions`);
    const scales = factors && factors.count > 0
      ? knownValues(node, factors, "scales")
      : knownValues(node, sides!, "sizes").map((side, at) => side / dims[at]!);
    const out = dims.map((side, at) => Math.floor(side * scales[at]! + 1e-6));
    if (dims[0] !== 1 || out[0] !== 1 || out[1] !== dims[1]) {
      throw unsupported(node, "is of more than rows and columns");
    }
    const [, channels, rows, columns] = out as [number, number, number, number];
    const pixels = planner.settlePixels(input);
    const position = POSITIONS[positionOf(node)]!;
    const table = (axis: number) => {
      const [from, to, stride] = [dims[axis]!, out[axis]!, 4 * pixels.strides[axis]!];
      const entries: number[] = [];
      for (let at = 0; at < to; at++) {
        const place = Math.min(Math.max(position(at, from, to, scales[axis]!), 0), from - 1);
        const first = Math.floor(place);
        const second = Math.min(first + 1, from - 1);
        entries.push(first * stride, second * stride, bitsOf(place - first));
      }
      return planner.table(entries);
    };
    const result = planner.allocatePixels(channels, rows, columns);
    planner.emit("interpolation", rows, result, {
      input: pixels.place,
      rowTable: table(2),
      columnTable: table(3),
      columns,
      channels,
      out: result.place,
      residual: 0,
      ...UNBOUNDED,
    });
    return [result];
  },
};

function positionOf(node: Node): string {
  return wordOf(node, "coordinate_transformation_mode", "half_pixel");
}

/** The bits of a float32 number, as an integer. */
function bitsOf(number: number): number {
  return new Int32Array(Float32Array.of(number).buffer)[0]!;
}

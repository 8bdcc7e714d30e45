import type { Node } from "../onnx_file.ts";
import { paddedDims, type Planner, UNBOUNDED, unpad } from "../planner.ts";
import type { Buffer, Place } from "../program.ts";
import { HostData, type Padding, Value } from "../value.ts";
import { numberOf, numbersOf, type Operator, unsupported, wordOf } from "./operator.ts";

/** Columns of a panel of weights, as `kernels/tile.ts` has it. */
const PANEL = 8;

/** Pixels of a chunk, unless a thread's memory for their addresses is too small. */
const PIXELS = 64;
const ADDRESSES = 65536 / 4;

/** Channels below which taps of a row are taken as one: short loops are slow. */
const FEW_CHANNELS = 16;

/** What a convolution is. */
interface Shape {
  rows: number;
  columns: number;
  channels: number;
  outputs: number;
  groups: number;
  kernel: [number, number];
  strides: [number, number];
  dilations: [number, number];
  /** Zeros around the input: above, left, below, right. */
  pads: [number, number, number, number];
  /** Size of the output. */
  out: [number, number];
}

/** Conv, in two dimensions. */
export const convolution: Operator = {
  takesPadding: true,
  isForKernels: true,
  check(node) {
    const automatic = wordOf(node, "auto_pad", "NOTSET");
    if (automatic !== "NOTSET" && automatic !== "VALID") {
      throw unsupported(node, `pads by ${automatic}`);
    }
    const kernel = numbersOf(node, "kernel_shape");
    if (kernel && kernel.length !== 2) throw unsupported(node, `has ${kernel.length} dimensions`);
  },
  plan(node, inputs, planner) {
    const [input, weights, bias] = inputs as [Value, Value, Value | undefined];
    if (input.dims.length !== 4) throw unsupported(node, `has ${input.dims.length - 2} dimensions`);
    const [batch] = input.dims as [number];
    if (batch !== 1) throw unsupported(node, `is of ${batch} pictures`);
    const shape = shapeOf(node, input, weights);
    const { groups, channels, outputs } = shape;
    const start = bias ? planner.settleDense(bias).place : planner.zeros(outputs);
    const isDepthwise = groups === channels && outputs === channels && channels >= 4;
    const plan = isDepthwise ? planDepthwise : planProduct;
    return [plan(planner, shape, input, weights, start)];
  },
};

function shapeOf(node: Node, input: Value, weights: Value): Shape {
  const [, channels, rows, columns] = paddedDims(input) as [number, number, number, number];
  const [outputs, , ...kernel] = weights.dims as [number, number, number, number];
  const pair = (name: string) => (numbersOf(node, name) ?? [1, 1]) as [number, number];
  const [strides, dilations] = [pair("strides"), pair("dilations")];
  const pads = (numbersOf(node, "pads") ?? [0, 0, 0, 0]) as Shape["pads"];
  const side = (length: number, axis: 0 | 1) => {
    const reach = dilations[axis] * (kernel[axis]! - 1) + 1;
    return Math.floor((length + pads[axis] + pads[axis + 2]! - reach) / strides[axis]) + 1;
  };
  return {
    rows,
    columns,
    channels,
    outputs,
    groups: numberOf(node, "group", 1),
    kernel,
    strides,
    dilations,
    pads,
    out: [side(rows, 0), side(columns, 1)],
  };
}

/** A convolution as a matrix product, for each group. */
function planProduct(
  planner: Planner,
  shape: Shape,
  input: Value,
  weights: Value,
  start: Place,
): Value {
  const { channels, outputs, groups } = shape;
  const [outRows, outColumns] = shape.out;
  const ofGroup = { channels: channels / groups, outputs: outputs / groups };
  // Where a pixel has few values, taps in a row are read as one long one, which padding must not cut.
  const isJoined = ofGroup.channels < FEW_CHANNELS && groups === 1 && shape.kernel[1] > 1 &&
    shape.dilations[1] === 1;
  const isPadded = isJoined || !canLookBeyond(input, shape);
  const pixels = pixelsOf(planner, input, isPadded, isJoined ? shape : undefined);
  const tapped = isJoined ? { ...shape, pads: [0, 0, 0, 0] as Shape["pads"] } : shape;
  const [rowOffsets, columnOffsets] = offsetTables(planner, tapped, pixels, isJoined);
  const kernelColumns = isJoined ? 1 : shape.kernel[1];
  const length = isJoined ? ofGroup.channels * shape.kernel[1] : ofGroup.channels;
  const out = planner.allocatePixels(outputs, outRows, outColumns);
  const count = outRows * outColumns;
  const taps = shape.kernel[0] * kernelColumns;
  const pixelsPerChunk = Math.min(PIXELS, Math.floor(ADDRESSES / taps / 4) * 4);
  for (let group = 0; group < groups; group++) {
    const shift = (place: Place, values: number) => ({ ...place, shift: place.shift + 4 * values });
    planner.emit("convolution", Math.ceil(count / pixelsPerChunk), out, {
      input: shift(pixels.place, group * ofGroup.channels),
      rowOffsets,
      columnOffsets,
      kernelRows: shape.kernel[0],
      kernelColumns,
      pixels: count,
      columns: outColumns,
      pixelsPerChunk,
      channels: length,
      outputs: ofGroup.outputs,
      weights: packWeights(planner, weights, group, groups),
      zeros: planner.zeros(length),
      start: shift(start, group * ofGroup.outputs),
      startPitch: 0,
      residual: 0,
      residualPitch: 0,
      out: shift(out.place, group * ofGroup.outputs),
      outPitch: 4 * outputs,
      ...UNBOUNDED,
    }, groups > 1);
  }
  return out;
}

/** Whether all that the kernel sees beyond the input is pixels of the input, or zeros. */
function canLookBeyond({ padding }: Value, { pads }: Shape): boolean {
  if (!padding) return true;
  const isOfZeros = padding.mode === "constant" && padding.outside === 0;
  return isOfZeros || (padding.mode !== "constant" && pads.every((side) => side === 0));
}

/**
 * The input with the values of a pixel next to each other.
 *
 * @param isPadded whether its padding is put around it in memory
 * @param shape of a convolution whose zeros are put around it, too
 */
function pixelsOf(planner: Planner, input: Value, isPadded: boolean, shape?: Shape): Value {
  if (!isPadded) {
    const { dims, strides, offset, source, type, padding } = input;
    const bare = new Value(type, dims, strides, offset, source);
    const pixels = planner.settlePixels(bare);
    return padding
      ? new Value(type, dims, pixels.strides, pixels.offset, pixels.source, padding)
      : pixels;
  }
  if (!shape || shape.pads.every((side) => side === 0)) {
    const pixels = planner.settlePixels(input);
    // A view of pixels that have more values than count would have gaps between the taps.
    return pixels.strides[3] === pixels.dims[1] ? pixels : copyPixels(planner, pixels);
  }
  const [above, left, below, right] = shape.pads;
  const padding: Padding = {
    mode: "constant",
    outside: 0,
    before: [0, 0, above, left],
    after: [0, 0, below, right],
  };
  const { dims, strides, offset, source, type } = planner.settle(input);
  return planner.settlePixels(new Value(type, dims, strides, offset, source, padding));
}

function copyPixels(planner: Planner, pixels: Value): Value {
  const [, channels, rows, columns] = pixels.dims as [number, number, number, number];
  const out = planner.allocatePixels(channels, rows, columns);
  planner.copy(pixels, out);
  return out;
}

/** For each output row and tap, bytes to the input row, or -1; and the same for columns. */
function offsetTables(
  planner: Planner,
  { kernel, strides, dilations, pads, out }: Shape,
  { dims, strides: steps, padding }: Value,
  isJoined: boolean,
): [Place, Place] {
  const table = (axis: 0 | 1, taps: number) => {
    const offsets: number[] = [];
    for (let at = 0; at < out[axis]; at++) {
      for (let tap = 0; tap < taps; tap++) {
        const position = at * strides[axis] + tap * dilations[axis] - pads[axis];
        const index = unpad(position, dims[axis + 2]!, axis + 2, padding);
        offsets.push(index < 0 ? -1 : 4 * index * steps[axis + 2]!);
      }
    }
    return planner.table(offsets);
  };
  return [table(0, kernel[0]), table(1, isJoined ? 1 : kernel[1])];
}

/** Weights of a group in panels: for each tap and channel, {@linkcode PANEL} outputs. */
function packWeights(planner: Planner, weights: Value, group: number, groups: number): Place {
  const [all, channels, rows, columns] = weights.dims as [number, number, number, number];
  const outputs = all / groups;
  const values = Math.ceil(outputs / PANEL) * PANEL * channels * rows * columns;
  const layout = `panels ${group} of ${groups}`;
  return packed(planner, weights, layout, values, (inMemory, buffer, into) => {
    const taps = rows * columns;
    const strides = [0, 1, PANEL * columns * channels, PANEL * channels, PANEL];
    const first = group * outputs;
    const whole = Math.floor(outputs / PANEL);
    const [ofOutput, ofChannel, ofRow, ofColumn] = inMemory.strides as [
      number,
      number,
      number,
      number,
    ];
    const from = (panel: number, panels: number, count: number) =>
      inMemory.view(
        [panels, count, rows, columns, channels],
        [PANEL * ofOutput, ofOutput, ofRow, ofColumn, ofChannel],
        inMemory.offset + (first + panel * PANEL) * ofOutput,
      );
    const to = (panel: number, panels: number, count: number) =>
      new Value(
        "float32",
        [panels, count, rows, columns, channels],
        [PANEL * taps * channels, ...strides.slice(1)],
        panel * PANEL * taps * channels,
        buffer,
      );
    if (whole > 0) into.copy(from(0, whole, PANEL), to(0, whole, PANEL), true);
    const rest = outputs - whole * PANEL;
    if (rest > 0) into.copy(from(whole, 1, rest), to(whole, 1, rest), true);
  });
}

/** A depthwise convolution: each channel by itself. */
function planDepthwise(
  planner: Planner,
  shape: Shape,
  input: Value,
  weights: Value,
  bias: Place,
): Value {
  const { channels, kernel, strides, dilations, out: [outRows, outColumns] } = shape;
  const pixels = pixelsOf(planner, input, true, shape);
  const [rowBytes, pixelBytes] = [4 * pixels.strides[2]!, 4 * pixels.strides[3]!];
  const values = channels * kernel[0] * kernel[1];
  const packedWeights = packed(planner, weights, "taps", values, (inMemory, buffer, into) => {
    const [ofChannel, , ofRow, ofColumn] = inMemory.strides as [number, number, number, number];
    const dims = [...kernel, channels];
    const from = inMemory.view(dims, [ofRow, ofColumn, ofChannel]);
    into.copy(from, new Value("float32", dims, [kernel[1] * channels, channels, 1], 0, buffer));
  });
  const out = planner.allocatePixels(channels, outRows, outColumns);
  planner.emit("depthwise", outRows, out, {
    input: pixels.place,
    kernelRows: kernel[0],
    kernelColumns: kernel[1],
    strideDown: strides[0] * rowBytes,
    strideRight: strides[1] * pixelBytes,
    tapDown: dilations[0] * rowBytes,
    tapRight: dilations[1] * pixelBytes,
    weights: packedWeights,
    bias,
    channels,
    columns: outColumns,
    out: out.place,
    residual: 0,
    ...UNBOUNDED,
  });
  return out;
}

/** Weights in another layout: once for all runs if they are known, else each time. */
function packed(
  planner: Planner,
  weights: Value,
  layout: string,
  values: number,
  pack: (weights: Value, buffer: Buffer, planner: Planner) => void,
): Place {
  const { source } = weights;
  if (!(source instanceof HostData)) {
    const buffer = planner.builder.allocate(values);
    pack(planner.settle(weights), buffer, planner);
    return { buffer, shift: 0 };
  }
  const buffer = planner.constants.keep(
    source,
    `${layout} ${weights.strides} ${weights.offset}`,
    () => {
      const buffer = planner.constants.machine.take(4 * values);
      planner.once((into) => pack(into.constants.upload(weights), buffer, into));
      return buffer;
    },
  );
  return { buffer, shift: 0 };
}

import { PbfWriter } from "pbf";

/** Numbers of ONNX's types. */
export const ONNX_TYPES = { float32: 1, int64: 7, float16: 10, double: 11 } as const;

/** A tensor to be written into a graph. */
export interface OnnxTensor {
  dims: readonly number[];
  values: ArrayLike<number>;
  /** Default: float32. */
  type?: keyof typeof ONNX_TYPES;
  /** Whether its values are said to be in another file. */
  isElsewhere?: boolean;
}

/** A node to be written. */
export interface OnnxNode {
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, number | string | readonly number[] | OnnxTensor>;
}

/** A graph to be written. */
export interface OnnxGraph {
  nodes: OnnxNode[];
  inputs: Record<string, readonly (number | string)[]>;
  outputs: string[];
  constants?: Record<string, OnnxTensor>;
  /** Version of ONNX's operators. Default: 17. */
  version?: number;
  /** Type of the inputs. Default: float32. */
  inputType?: number;
}

/** An ONNX file; fields are numbered as in onnx.proto. */
export function writeOnnx(graph: OnnxGraph): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(1, 8);
  writer.writeMessage(7, writeGraph, graph);
  writer.writeMessage(8, (set: number, writer: PbfWriter) => {
    writer.writeStringField(1, "");
    writer.writeVarintField(2, set);
  }, graph.version ?? 17);
  return writer.finish();
}

function writeGraph(graph: OnnxGraph, writer: PbfWriter): void {
  const { nodes, inputs, outputs, constants = {}, inputType = 1 } = graph;
  for (const node of nodes) writer.writeMessage(1, writeNode, node);
  writer.writeStringField(2, "graph");
  for (const [name, tensor] of Object.entries(constants)) {
    writer.writeMessage(5, writeTensor, { name, ...tensor });
  }
  for (const [name, dims] of Object.entries(inputs)) {
    writer.writeMessage(11, writeValueInfo, { name, dims, type: inputType });
  }
  for (const name of outputs) writer.writeMessage(12, writeValueInfo, { name, type: 1 });
}

function writeNode({ operator, inputs, outputs, attributes = {} }: OnnxNode, writer: PbfWriter) {
  for (const name of inputs) writer.writeStringField(1, name);
  for (const name of outputs) writer.writeStringField(2, name);
  writer.writeStringField(4, operator);
  for (const [name, value] of Object.entries(attributes)) {
    writer.writeMessage(5, writeAttribute, { name, value });
  }
}

/** Numbers of onnx.proto's AttributeType. */
const [FLOAT, INT, STRING, TENSOR, INTS] = [1, 2, 3, 4, 7];

function writeAttribute(
  { name, value }: { name: string; value: NonNullable<OnnxNode["attributes"]>[string] },
  writer: PbfWriter,
): void {
  writer.writeStringField(1, name);
  const write = (type: number, content: () => void) => {
    content();
    writer.writeVarintField(20, type);
  };
  if (typeof value === "string") {
    write(STRING, () => writer.writeBytesField(4, new TextEncoder().encode(value)));
  } else if (typeof value === "number") {
    if (Number.isInteger(value)) write(INT, () => writer.writeVarintField(3, value));
    else write(FLOAT, () => writer.writeFloatField(2, value));
  } else if ("dims" in value) {
    write(TENSOR, () => writer.writeMessage(5, writeTensor, { name: "", ...value }));
  } else write(INTS, () => writer.writePackedVarint(8, [...value]));
}

function writeTensor(
  { name, dims, values, type = "float32", isElsewhere }: OnnxTensor & { name: string },
  writer: PbfWriter,
): void {
  writer.writePackedVarint(1, [...dims]);
  writer.writeVarintField(2, ONNX_TYPES[type]);
  writer.writeStringField(8, name);
  const data = type === "float32"
    ? Float32Array.from(values)
    : type === "float16"
    ? Uint16Array.from(values) // Bits.
    : BigInt64Array.from(Array.from(values, BigInt));
  writer.writeBytesField(9, new Uint8Array(data.buffer));
  if (isElsewhere) writer.writeVarintField(14, 1);
}

function writeValueInfo(
  { name, dims, type }: { name: string; dims?: readonly (number | string)[]; type: number },
  writer: PbfWriter,
): void {
  writer.writeStringField(1, name);
  writer.writeMessage(2, (_: null, writer: PbfWriter) => {
    writer.writeMessage(1, (_: null, writer: PbfWriter) => {
      writer.writeVarintField(1, type);
      if (dims) writer.writeMessage(2, writeShape, dims);
    }, null);
  }, null);
}

function writeShape(dims: readonly (number | string)[], writer: PbfWriter): void {
  for (const dim of dims) {
    writer.writeMessage(1, (side: number | string, writer: PbfWriter) => {
      if (typeof side === "number") writer.writeVarintField(1, side);
      else writer.writeStringField(2, side);
    }, dim);
  }
}

/**
 * Reads ONNX files: protocol buffers, as https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 * lays them out. Numbers of fields below are those of that file.
 *
 * @module
 */

import { PbfReader } from "pbf";
import { BackendError, UnsupportedGraphError } from "../backend.ts";
import { decodeTensor, type StoredTensor } from "./stored_tensor.ts";
import type { Value } from "./value.ts";

/** Value of an attribute. */
export type Attribute = number | string | Value | readonly number[];

/** An operator, applied. */
export interface Node {
  operator: string;
  /** Names of values; `""` where an optional one is not given. */
  inputs: string[];
  outputs: string[];
  attributes: Map<string, Attribute>;
}

/** An input or output of a graph. Sides that are not known before it runs have names. */
export interface ValueInfo {
  name: string;
  type: number;
  dims: (number | string)[];
}

/** What a file holds. */
export interface GraphFile {
  nodes: Node[];
  constants: Map<string, Value>;
  inputs: ValueInfo[];
  outputs: ValueInfo[];
}

/** Versions of ONNX's operators that are known here. */
const OPERATOR_SETS = { least: 13, greatest: 22 };

/**
 * Reads a model. Files that are joined are read as one, as protocol buffers are.
 *
 * @throws {BackendError} if it is no ONNX file
 * @throws {UnsupportedGraphError} if it is one of a kind that is not known here
 */
export function readGraph(bytes: Uint8Array): GraphFile {
  const graph: GraphFile = { nodes: [], constants: new Map(), inputs: [], outputs: [] };
  const operatorSets: OperatorSet[] = [];
  try {
    new PbfReader(bytes).readFields((field, _, reader) => {
      if (field === 7) reader.readMessage(readGraphField, graph);
      else if (field === 8) {
        operatorSets.push(reader.readMessage(readOperatorSet, { domain: "", version: 0 }));
      }
    }, graph);
  } catch (cause) {
    if (cause instanceof BackendError) throw cause;
    throw new BackendError("The file is no ONNX model", { cause });
  }
  if (graph.outputs.length === 0) throw new BackendError("The file is no ONNX model");
  for (const { domain, version } of operatorSets) {
    const isKnown = domain === "" && version >= OPERATOR_SETS.least &&
      version <= OPERATOR_SETS.greatest;
    if (!isKnown) {
      throw new UnsupportedGraphError(
        `Operators of "${domain || "ai.onnx"}", version ${version}, are not built in`,
      );
    }
  }
  return graph;
}

interface OperatorSet {
  domain: string;
  version: number;
}

function readOperatorSet(field: number, set: OperatorSet, reader: PbfReader): void {
  if (field === 1) set.domain = reader.readString();
  else if (field === 2) set.version = reader.readVarint(true);
}

function readGraphField(field: number, graph: GraphFile, reader: PbfReader): void {
  if (field === 1) graph.nodes.push(readNode(reader));
  else if (field === 5) {
    const tensor = readTensor(reader);
    graph.constants.set(tensor.name, decodeTensor(tensor));
  } else if (field === 11) graph.inputs.push(readValueInfo(reader));
  else if (field === 12) graph.outputs.push(readValueInfo(reader));
}

function readNode(reader: PbfReader): Node {
  const node: Node = { operator: "", inputs: [], outputs: [], attributes: new Map() };
  return reader.readMessage((field, node) => {
    if (field === 1) node.inputs.push(reader.readString());
    else if (field === 2) node.outputs.push(reader.readString());
    else if (field === 4) node.operator = reader.readString();
    else if (field === 5) readAttribute(node, reader);
  }, node);
}

function readAttribute(node: Node, reader: PbfReader): void {
  const read = reader.readMessage((field, attribute) => {
    if (field === 1) attribute.name = reader.readString();
    else if (field === 2) attribute.value = reader.readFloat();
    else if (field === 3) attribute.value = reader.readVarint(true);
    else if (field === 4) attribute.value = reader.readString();
    else if (field === 5) attribute.value = decodeTensor(readTensor(reader));
    else if (field === 7) reader.readPackedFloat(attribute.numbers);
    else if (field === 8) reader.readPackedVarint(attribute.numbers, true);
  }, { name: "", value: undefined as Attribute | undefined, numbers: [] as number[] });
  node.attributes.set(read.name, read.value ?? read.numbers);
}

function readTensor(reader: PbfReader): StoredTensor {
  const tensor: StoredTensor = { name: "", dims: [], type: 0, numbers: [] };
  return reader.readMessage((field, tensor) => {
    if (field === 1) reader.readPackedVarint(tensor.dims, true);
    else if (field === 2) tensor.type = reader.readVarint();
    else if (field === 4) reader.readPackedFloat(tensor.numbers);
    else if (field === 5 || field === 7) reader.readPackedVarint(tensor.numbers, true);
    else if (field === 8) tensor.name = reader.readString();
    else if (field === 9) tensor.bytes = reader.readBytes();
    else if (field === 14 && reader.readVarint() !== 0) {
      throw new UnsupportedGraphError("Weights in a file of their own are not built in");
    }
  }, tensor);
}

function readValueInfo(reader: PbfReader): ValueInfo {
  const info: ValueInfo = { name: "", type: 0, dims: [] };
  return reader.readMessage((field, info) => {
    if (field === 1) info.name = reader.readString();
    else if (field === 2) reader.readMessage(readType, info);
  }, info);
}

function readType(field: number, info: ValueInfo, reader: PbfReader): void {
  if (field === 1) reader.readMessage(readTensorType, info);
}

function readTensorType(field: number, info: ValueInfo, reader: PbfReader): void {
  if (field === 1) info.type = reader.readVarint();
  else if (field === 2) reader.readMessage(readShape, info);
}

function readShape(field: number, info: ValueInfo, reader: PbfReader): void {
  if (field !== 1) return;
  const dim = reader.readMessage((field, dim) => {
    if (field === 1) dim.side = reader.readVarint(true);
    else if (field === 2) dim.side = reader.readString();
  }, { side: "" as number | string });
  info.dims.push(dim.side);
}

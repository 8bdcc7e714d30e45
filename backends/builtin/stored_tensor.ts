import { UnsupportedGraphError } from "../backend.ts";
import { type ElementType, HostData, Value } from "./value.ts";

/** A tensor as it is stored in an ONNX file. */
export interface StoredTensor {
  name: string;
  dims: number[];
  /** Number of ONNX's type. */
  type: number;
  /** Values as numbers, or, mostly, as bytes. */
  numbers: number[];
  bytes?: Uint8Array;
}

/** ONNX's numbers of types, and what values of them are here. */
export const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  1: "float32",
  6: "int64", // int32: integers are numbers here, whatever their width.
  7: "int64",
  9: "bool",
  10: "float16",
};

/**
 * A tensor of a file as a value.
 *
 * @throws {UnsupportedGraphError} if its type is not built in
 */
export function decodeTensor({ name, dims, type, numbers, bytes }: StoredTensor): Value {
  const elements = ELEMENT_TYPES[type];
  if (!elements) {
    throw new UnsupportedGraphError(`"${name}" is of type ${type}, which is not built in`);
  }
  let data: HostData;
  if (!bytes) {
    data = new HostData(elements === "float16" ? numbers.map(halfToNumber) : numbers);
  } else if (elements === "float16") data = HostData.ofHalves(bytes, () => readHalves(bytes));
  else data = new HostData(readNumbers(bytes, type));
  return Value.ofHost(elements, dims, data);
}

function readNumbers(bytes: Uint8Array, type: number): ArrayLike<number> {
  const { buffer } = bytes.slice(); // Aligned.
  if (type === 1) return new Float32Array(buffer);
  if (type === 6) return new Int32Array(buffer);
  if (type === 9) return new Uint8Array(buffer);
  return Array.from(new BigInt64Array(buffer), Number);
}

function readHalves(bytes: Uint8Array): Float32Array {
  return Float32Array.from(new Uint16Array(bytes.slice().buffer), halfToNumber);
}

/** The value of a float16 number, from its bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}

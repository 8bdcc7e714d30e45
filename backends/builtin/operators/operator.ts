import { UnsupportedGraphError } from "../../backend.ts";
import type { Attribute, Node } from "../onnx_file.ts";
import type { Planner } from "../planner.ts";
import { HostData, hostValues, Value } from "../value.ts";

/** How an operator of ONNX is carried out. */
export interface Operator {
  /**
   * Looks at its attributes, when the graph is loaded.
   *
   * @throws {UnsupportedGraphError} if one is not built in
   */
  check?(node: Node): void;
  /** Plans it for inputs of known shapes. What is known already is computed at once. */
  plan(node: Node, inputs: (Value | undefined)[], planner: Planner): Value[];
  /** Whether it is left to the kernels even where its inputs are known. */
  isForKernels?: boolean;
  /** Whether inputs may come with padding that is still to be put around them. */
  takesPadding?: boolean;
}

/** An error that names the node's operator. */
export function unsupported({ operator }: Node, what: string): UnsupportedGraphError {
  return new UnsupportedGraphError(`${operator} ${what}, which is not built in`);
}

/** A number that is an attribute. */
export function numberOf({ attributes }: Node, name: string, otherwise: number): number {
  const value = attributes.get(name);
  return typeof value === "number" ? value : otherwise;
}

/** A word that is an attribute. */
export function wordOf({ attributes }: Node, name: string, otherwise: string): string {
  const value = attributes.get(name);
  return typeof value === "string" ? value : otherwise;
}

/** Numbers that are an attribute. */
export function numbersOf({ attributes }: Node, name: string): readonly number[] | undefined {
  const value: Attribute | undefined = attributes.get(name);
  return Array.isArray(value) ? value : undefined;
}

/** Values of an input that must be known before the graph runs. */
export function knownValues(node: Node, input: Value, what: string): number[] {
  if (!input.isHost) throw unsupported(node, `takes its ${what} from computed values`);
  return hostValues(input);
}

/** An axis that may count from the end. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** A value that is known, from values row by row. */
export function known(
  type: Value["type"],
  dims: readonly number[],
  values: ArrayLike<number>,
): Value {
  return Value.ofHost(type, dims, new HostData(values));
}

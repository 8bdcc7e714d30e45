/**
 * What needs no instruction of its own, as the one before it can do it at last.
 *
 * @module
 */

import type { Planner } from "../planner.ts";
import type { Instruction } from "../program.ts";
import type { Value } from "../value.ts";

/** Bounds results by two values. Returns whether the instruction can. */
export function fuseBounds({ args }: Instruction, low: number, high: number): boolean {
  if (!("low" in args)) return false;
  const bound = (value: number) => Math.min(Math.max(value, low), high);
  args["low"] = bound(args["low"] as number);
  args["high"] = bound(args["high"] as number);
  return true;
}

/** Makes of results v `scale v + shift`. Returns whether the instruction can. */
export function fuseAffine(
  { opcode, args }: Instruction,
  scale: number,
  shift: number,
): boolean {
  const isAffine = opcode === "copy" || (opcode === "unary" && args["operation"] === 0);
  if (!isAffine || isBounded(args)) return false;
  args["scale"] = (args["scale"] as number) * scale;
  args["shift"] = (args["shift"] as number) * scale + shift;
  return true;
}

/** Adds another value of the same layout to a result. Returns whether the instruction can. */
export function fuseSum(planner: Planner, result: Value, other: Value): boolean {
  const instruction = planner.writerOf(result);
  if (!instruction || isBounded(instruction.args)) return false;
  const { args } = instruction;
  const isSame = result.dims.length === other.dims.length &&
    result.dims.every((side, at) => side === 1 || result.strides[at] === other.strides[at]);
  if (args["residual"] !== 0 || !isSame) return false;
  if (!planner.builder.addOperand(instruction, "residual", other.place)) return false;
  if ("residualPitch" in args) args["residualPitch"] = args["outPitch"]!;
  return true;
}

function isBounded(args: Instruction["args"]): boolean {
  return args["low"] !== -Infinity || args["high"] !== Infinity;
}

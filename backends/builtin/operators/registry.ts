import { binaryOperators, where } from "./binary.ts";
import { convolution } from "./convolution.ts";
import { matrixProduct } from "./matrix_product.ts";
import type { Operator } from "./operator.ts";
import { pad } from "./padding.ts";
import { mean, sum } from "./reduction.ts";
import { resize } from "./resize.ts";
import * as shape from "./shape.ts";
import * as unary from "./unary.ts";

/** The operators that are built in, by ONNX's names. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...binaryOperators,
  Cast: unary.cast,
  Clip: unary.clip,
  Concat: shape.concat,
  Constant: shape.constant,
  ConstantOfShape: shape.constantOfShape,
  Conv: convolution,
  DepthToSpace: shape.depthToSpace,
  Expand: shape.expand,
  EyeLike: shape.eyeLike,
  Gather: shape.gather,
  Identity: unary.identity,
  Log: unary.logarithm,
  MatMul: matrixProduct,
  Neg: unary.negation,
  Pad: pad,
  ReduceMean: mean,
  ReduceSum: sum,
  Relu: unary.rectifier,
  Reshape: shape.reshape,
  Resize: resize,
  Shape: shape.shape,
  Slice: shape.slice,
  Sqrt: unary.squareRoot,
  Squeeze: shape.squeeze,
  Transpose: shape.transpose,
  Unsqueeze: shape.unsqueeze,
  Where: where,
};

/**
 * Small dense matrices, row by row.
 *
 * @module
 */

/** Product of two n × n matrices, row by row. */
export function multiply(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  n: number,
): Float64Array {
  const product = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let inner = 0; inner < n; inner++) {
      const factor = a[row * n + inner]!;
      for (let column = 0; column < n; column++) {
        product[row * n + column]! += factor * b[inner * n + column]!;
      }
    }
  }
  return product;
}

/** Product of an n × n matrix and a vector of n. */
export function apply(
  matrix: ArrayLike<number>,
  vector: ArrayLike<number>,
  n: number,
): Float64Array {
  const result = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      result[row]! += matrix[row * n + column]! * vector[column]!;
    }
  }
  return result;
}

/**
 * Square root and inverse square root of a symmetric positive semidefinite n × n matrix, row by
 * row, by coupled Newton–Schulz iterations (Higham, "Functions of Matrices", 2008, eq. 6.35).
 *
 * The diagonal is raised by a ten-millionth of its mean, so that there is an inverse.
 */
export function matrixRoots(
  matrix: ArrayLike<number>,
  n: number,
): { root: Float64Array; inverse: Float64Array } {
  const raised = Float64Array.from(matrix);
  let trace = 0;
  for (let index = 0; index < n; index++) trace += raised[index * (n + 1)]!;
  for (let index = 0; index < n; index++) raised[index * (n + 1)]! += 1e-7 * trace / n + 1e-9;
  const norm = Math.hypot(...raised);
  let root: Float64Array = raised.map((value) => value / norm);
  let inverse: Float64Array = identity(n);
  for (let iteration = 0; iteration < 60; iteration++) {
    const product = multiply(inverse, root, n);
    const step = product.map((value, index) => (index % (n + 1) === 0 ? 1.5 : 0) - 0.5 * value);
    root = multiply(root, step, n);
    inverse = multiply(step, inverse, n);
    if (step.every((value, index) => Math.abs(value - (index % (n + 1) === 0 ? 1 : 0)) < 1e-12)) {
      break;
    }
  }
  const scale = Math.sqrt(norm);
  return {
    root: root.map((value) => value * scale),
    inverse: inverse.map((value) => value / scale),
  };
}

function identity(n: number): Float64Array {
  return new Float64Array(n * n).map((_, index) => index % (n + 1) === 0 ? 1 : 0);
}

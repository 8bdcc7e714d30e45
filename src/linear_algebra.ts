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
 * row, from its eigenvalues: they exist for every such matrix, singular ones included.
 *
 * What rounding has left of negative eigenvalues counts as 0. For the inverse, eigenvalues are
 * raised by a ten-millionth of their mean.
 */
export function matrixRoots(
  matrix: ArrayLike<number>,
  n: number,
): { root: Float64Array; inverse: Float64Array } {
  const { values, vectors } = eigen(matrix, n);
  const clipped = values.map((value) => Math.max(0, value));
  const floor = 1e-7 * clipped.reduce((sum, value) => sum + value, 0) / n + 1e-9;
  return {
    root: recompose(vectors, clipped.map(Math.sqrt), n),
    inverse: recompose(vectors, clipped.map((value) => 1 / Math.sqrt(value + floor)), n),
  };
}

/**
 * Eigenvalues and eigenvectors of a symmetric n × n matrix, by cyclic Jacobi rotations (Golub and
 * Van Loan, "Matrix Computations", 4th edition, section 8.5). Of the matrix, the mean of each
 * element and its mirror image counts.
 *
 * @returns n values in no order, and n × n vectors, one in each row
 */
export function eigen(
  matrix: ArrayLike<number>,
  n: number,
): { values: Float64Array; vectors: Float64Array } {
  const a = Float64Array.from(
    { length: n * n },
    (_, at) => (matrix[at]! + matrix[at % n * n + Math.floor(at / n)]!) / 2,
  );
  const vectors = new Float64Array(n * n).map((_, index) => index % (n + 1) === 0 ? 1 : 0);
  const norm = Math.hypot(...a);
  const isDiagonal = () => {
    let sum = 0;
    for (let at = 0; at < n * n; at++) if (at % (n + 1) !== 0) sum += a[at]! ** 2;
    return Math.sqrt(sum) <= 1e-14 * norm;
  };
  // The convergence is quadratic: some eight sweeps do.
  for (let sweep = 0; sweep < 40 && !isDiagonal(); sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q, n);
    }
  }
  return { values: a.filter((_, index) => index % (n + 1) === 0), vectors };
}

/** Makes element (p, q) of a symmetric matrix 0 by a rotation, which the vectors follow. */
function rotate(a: Float64Array, vectors: Float64Array, p: number, q: number, n: number): void {
  const off = a[p * n + q]!;
  if (off === 0) return;
  const ratio = (a[q * n + q]! - a[p * n + p]!) / (2 * off);
  const tangent = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.hypot(1, ratio));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = tangent * cosine;
  for (let k = 0; k < n; k++) {
    const [left, right] = [a[k * n + p]!, a[k * n + q]!];
    a[k * n + p] = cosine * left - sine * right;
    a[k * n + q] = sine * left + cosine * right;
  }
  for (const rows of [a, vectors]) {
    for (let k = 0; k < n; k++) {
      const [upper, lower] = [rows[p * n + k]!, rows[q * n + k]!];
      rows[p * n + k] = cosine * upper - sine * lower;
      rows[q * n + k] = sine * upper + cosine * lower;
    }
  }
}

/** Σ value · vector vectorᵀ, the vectors in rows: what {@linkcode eigen} takes apart. */
export function recompose(vectors: Float64Array, values: Float64Array, n: number): Float64Array {
  const sum = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let row = 0; row < n; row++) {
      const factor = values[k]! * vectors[k * n + row]!;
      for (let column = 0; column < n; column++) {
        sum[row * n + column]! += factor * vectors[k * n + column]!;
      }
    }
  }
  return sum;
}

/** Inverse of a 3 × 3 matrix, row by row, by its cofactors. */
export function inverse3(m: Float64Array): Float64Array {
  const at = (row: number, column: number) => m[3 * (row % 3) + column % 3]!;
  const cofactor = (row: number, column: number) =>
    at(row + 1, column + 1) * at(row + 2, column + 2) -
    at(row + 1, column + 2) * at(row + 2, column + 1);
  const determinant = at(0, 0) * cofactor(0, 0) + at(0, 1) * cofactor(0, 1) +
    at(0, 2) * cofactor(0, 2);
  return m.map((_, index) => cofactor(index % 3, Math.floor(index / 3)) / determinant);
}

import assert from "node:assert/strict";
import fc from "fast-check";
import { apply, eigen, matrixRoots, multiply } from "../src/linear_algebra.ts";

const transpose = (matrix: ArrayLike<number>, n: number) =>
  Float64Array.from({ length: n * n }, (_, at) => matrix[at % n * n + Math.floor(at / n)]!);

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  for (let at = 0; at < expected.length; at++) {
    const difference = Math.abs(found[at]! - expected[at]!);
    assert.ok(difference <= tolerance, `element ${at}: ${found[at]}, not ${expected[at]}`);
  }
}

/** A n × n matrix A Aᵀ, of any rank, and n. */
const positive = fc.integer({ min: 1, max: 9 }).chain((n) =>
  fc.tuple(fc.integer({ min: 0, max: n }), fc.constantFrom(1e-6, 1, 1e4)).chain(([rank, scale]) =>
    fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n })
      .map((values) => {
        const a = values.map((value, at) => at % n < rank ? scale * value : 0);
        return { matrix: multiply(a, transpose(a, n), n), n };
      })
  )
);

Deno.test("multiply() is the matrix product, apply() that with a vector", () => {
  assert.deepEqual([...multiply([1, 2, 3, 4], [5, 6, 7, 8], 2)], [19, 22, 43, 50]);
  assert.deepEqual([...apply([1, 2, 3, 4], [5, 6], 2)], [17, 39]);
});

Deno.test("eigen() takes a symmetric matrix apart", () => {
  fc.assert(fc.property(positive, ({ matrix, n }) => {
    const { values, vectors } = eigen(matrix, n);
    const scaled = vectors.map((value, at) => value * values[Math.floor(at / n)]!);
    const size = Math.hypot(...matrix);
    assertClose(multiply(transpose(vectors, n), scaled, n), matrix, 1e-12 * size + 1e-100);
    const identity = Float64Array.from({ length: n * n }, (_, at) => at % (n + 1) === 0 ? 1 : 0);
    assertClose(multiply(vectors, transpose(vectors, n), n), identity, 1e-12);
  }));
});

Deno.test("matrixRoots() gives the root of every positive matrix, of whatever rank", () => {
  fc.assert(fc.property(positive, ({ matrix, n }) => {
    const { root, inverse } = matrixRoots(matrix, n);
    const size = Math.hypot(...matrix);
    assertClose(multiply(root, root, n), matrix, 1e-10 * size + 1e-100);
    assert.ok(inverse.every(Number.isFinite));
  }));
});

Deno.test("matrixRoots() gives the inverse of the root where there is one", () => {
  const { root, inverse } = matrixRoots([4, 1, 0.5, 1, 3, -0.2, 0.5, -0.2, 0.2], 3);
  assertClose(multiply(root, inverse, 3), [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-5);
});

Deno.test("matrixRoots() takes what rounding left of a matrix that is not positive", () => {
  const { root, inverse } = matrixRoots([1, 0, 0, -1e-9], 2);
  assertClose(root, [1, 0, 0, 0], 1e-9);
  assert.ok(inverse.every(Number.isFinite));
});

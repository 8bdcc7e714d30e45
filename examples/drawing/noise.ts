/** Random numbers that are the same on every run: a generator of 0..1. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function lattice(x: number, y: number): number {
  let mixed = Math.imul(x, 374761393) + Math.imul(y, 668265263);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 1274126177);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** Smooth random function of the plane, 0..1, that changes over distances of about 1. */
export function noise(x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const ease = (t: number) => t * t * t * (t * (6 * t - 15) + 10);
  const [u, v] = [ease(x - left), ease(y - top)];
  const upper = lattice(left, top) * (1 - u) + lattice(left + 1, top) * u;
  const lower = lattice(left, top + 1) * (1 - u) + lattice(left + 1, top + 1) * u;
  return upper * (1 - v) + lower * v;
}

/** Sum of noise at ever smaller scales, 0..1, as clouds and mountains have it. */
export function fractal(x: number, y: number, octaves: number): number {
  let [sum, weight, total] = [0, 1, 0];
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * noise(x, y);
    total += weight;
    weight /= 2;
    // Turned as it shrinks, so that the lattice does not show.
    [x, y] = [1.6 * x - 1.2 * y + 5.3, 1.2 * x + 1.6 * y + 1.7];
  }
  return sum / total;
}

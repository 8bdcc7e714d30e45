/** Side of the dither's pattern, in pixels; a power of two. */
export const DITHER_SIDE = 64;

/**
 * Offsets from −0.5 to 0.5, one for each pixel of a square, that are added to values before they
 * are rounded to 8 bits, so that slow gradients do not fall into bands: interleaved gradient noise
 * (Jimenez, "Next Generation Post Processing in Call of Duty: Advanced Warfare", 2014). Values that
 * are whole already stay as they are.
 */
export const DITHER: Float32Array = Float32Array.from(
  { length: DITHER_SIDE ** 2 },
  (_, index) => {
    const [x, y] = [index % DITHER_SIDE, Math.floor(index / DITHER_SIDE)];
    return 0.998 * (52.9829189 * ((0.06711056 * x + 0.00583715 * y) % 1) % 1 - 0.5);
  },
);

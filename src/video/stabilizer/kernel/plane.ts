/** Padding around a plane, in values: as far as a patch may lie outside. */
export const PAD: i32 = 9;

/** A plane of float32 values, in rows from the top, with `PAD` more on each side. */
export class Plane {
  private readonly values: usize;
  private readonly bytes: usize;
  /** Address of the first value that is not padding. */
  private readonly first: usize;
  /** Bytes from a row to the next. */
  readonly pitch: i32;

  constructor(readonly width: i32, readonly height: i32) {
    const columns = width + 2 * PAD;
    // Rows are written four values at a time, the last one up to three values too far.
    this.bytes = (columns * (height + 2 * PAD) + 3) << 2;
    this.values = heap.alloc(this.bytes);
    this.pitch = columns << 2;
    this.first = this.values + PAD * this.pitch + (PAD << 2);
    this.clear();
  }

  /** Address of a value. */
  at(column: i32, row: i32): usize {
    return this.first + row * this.pitch + (column << 2);
  }

  /** Sets all values to 0, padding included. */
  clear(): void {
    memory.fill(this.values, 0, this.bytes);
  }

  /** Copies another plane of the same size, padding included. */
  copy(other: Plane): void {
    memory.copy(this.values, other.values, this.bytes);
  }

  /** Fills the padding by repeating the border. */
  pad(): void {
    for (let row = 0; row < this.height; row++) {
      const left = this.at(0, row);
      const right = this.at(this.width - 1, row);
      const first = load<f32>(left);
      const last = load<f32>(right);
      for (let offset = 4; offset <= PAD << 2; offset += 4) {
        store<f32>(left - offset, first);
        store<f32>(right + offset, last);
      }
    }
    for (let row = 1; row <= PAD; row++) {
      memory.copy(this.at(-PAD, -row), this.at(-PAD, 0), this.pitch);
      memory.copy(this.at(-PAD, this.height - 1 + row), this.at(-PAD, this.height - 1), this.pitch);
    }
  }
}

/** The sum of four values. */
export function sumOfLanes(values: v128): f32 {
  return f32x4.extract_lane(values, 0) + f32x4.extract_lane(values, 1) +
    f32x4.extract_lane(values, 2) + f32x4.extract_lane(values, 3);
}

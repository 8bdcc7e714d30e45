import { computeTile, TILE_COLUMNS, TILE_ROWS, TileEnds } from "./tile.ts";

/** Arguments of {@linkcode convolve}. */
@unmanaged
export class Convolution {
  /** The picture, with the values of a pixel next to each other. */
  input: usize;
  /** For each output row and each row of the kernel, bytes to the input row, or -1: zeros. */
  rowOffsets: usize;
  /** The same for columns. */
  columnOffsets: usize;
  kernelRows: i32;
  kernelColumns: i32;
  /** Size of the output. */
  pixels: i32;
  columns: i32;
  /** Pixels of a chunk, a multiple of 4. */
  pixelsPerChunk: i32;
  /** Values of a pixel that count, and of the output. */
  channels: i32;
  outputs: i32;
  /** Panels of eight outputs: for each tap and channel, its eight weights. */
  weights: usize;
  /** As many zeros as there are channels. */
  zeros: usize;
  /** {@linkcode TileEnds}; the bias is its start. */
}

/**
 * Convolution as a matrix product: pixels by weights. Pixels are found by way of their addresses,
 * which is what Dukhan calls indirect convolution ("The Indirect Convolution Algorithm", 2019).
 */
export function convolve(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<Convolution>(args);
  const ends = changetype<TileEnds>(args + offsetof<Convolution>());
  const first = chunk * a.pixelsPerChunk;
  const count = min(a.pixelsPerChunk, a.pixels - first);
  const taps = a.kernelRows * a.kernelColumns;
  const groups = (count + TILE_ROWS - 1) / TILE_ROWS;
  for (let at = 0; at < groups * TILE_ROWS; at++) {
    const pointers = scratch +
      (<usize> ((at / TILE_ROWS) * taps * TILE_ROWS + (at % TILE_ROWS)) << 2);
    writePointers(a, first + min(at, count - 1), pointers);
  }
  const panelBytes = <usize> (taps * a.channels * TILE_COLUMNS) << 2;
  let panel = a.weights;
  for (let column = 0; column < a.outputs; column += TILE_COLUMNS) {
    const columns = min(TILE_COLUMNS, a.outputs - column);
    let pointers = scratch;
    for (let row = 0; row < count; row += TILE_ROWS) {
      const rows = min(TILE_ROWS, count - row);
      computeTile(
        pointers,
        taps,
        a.channels,
        panel,
        TILE_COLUMNS << 2,
        ends,
        first + row,
        rows,
        column,
        columns,
        true,
      );
      pointers += <usize> (taps * TILE_ROWS) << 2;
    }
    panel += panelBytes;
  }
}

/** Writes where the taps of an output pixel are, {@linkcode TILE_ROWS} words apart. */
function writePointers(a: Convolution, pixel: i32, to: usize): void {
  const row = pixel / a.columns;
  const column = pixel - row * a.columns;
  const rowOffsets = a.rowOffsets + (<usize> (row * a.kernelRows) << 2);
  const columnOffsets = a.columnOffsets + (<usize> (column * a.kernelColumns) << 2);
  for (let y = 0; y < a.kernelRows; y++) {
    const down = load<i32>(rowOffsets + (<usize> y << 2));
    for (let x = 0; x < a.kernelColumns; x++) {
      const right = load<i32>(columnOffsets + (<usize> x << 2));
      store<usize>(to, (down | right) < 0 ? a.zeros : a.input + <usize> down + <usize> right);
      to += TILE_ROWS << 2;
    }
  }
}

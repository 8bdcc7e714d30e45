import { computeTile, TILE_COLUMNS, TILE_ROWS, TileEnds } from "./tile.ts";

/** Values of a row that are summed at a time, so that the rows of the right matrix stay in cache. */
const BLOCK: i32 = 256;

/** Arguments of {@linkcode multiplyMatrices}. */
@unmanaged
export class MatrixProduct {
  /** Left matrix: rows of `length` values, and bytes from a row to the next. */
  left: usize;
  leftPitch: usize;
  rows: i32;
  length: i32;
  /** Right matrix: `length` rows of `columns` values, and bytes from a row to the next. */
  right: usize;
  rightPitch: usize;
  columns: i32;
  /** Rows of a chunk, a multiple of 4. */
  rowsPerChunk: i32;
  /** {@linkcode TileEnds}. */
}

/** A matrix product, some rows of it. */
export function multiplyMatrices(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<MatrixProduct>(args);
  const ends = changetype<TileEnds>(args + offsetof<MatrixProduct>());
  const goOn = changetype<TileEnds>(scratch + 64);
  memory.copy(scratch + 64, changetype<usize>(ends), offsetof<TileEnds>());
  goOn.start = ends.out;
  goOn.startPitch = ends.outPitch;
  const first = chunk * a.rowsPerChunk;
  const end = min(first + a.rowsPerChunk, a.rows);
  for (let from = 0; from < a.length; from += BLOCK) {
    const length = min(BLOCK, a.length - from);
    const right = a.right + <usize> from * a.rightPitch;
    const isLast = from + length === a.length;
    for (let row = first; row < end; row += TILE_ROWS) {
      const rows = min(TILE_ROWS, end - row);
      const left = a.left + (<usize> from << 2);
      for (let at = 0; at < TILE_ROWS; at++) {
        const pointer = left + <usize> min(row + at, end - 1) * a.leftPitch;
        store<usize>(scratch + (<usize> at << 2), pointer);
      }
      for (let column = 0; column < a.columns; column += TILE_COLUMNS) {
        computeTile(
          scratch,
          1,
          length,
          right + (<usize> column << 2),
          a.rightPitch,
          from === 0 ? ends : goOn,
          row,
          rows,
          column,
          min(TILE_COLUMNS, a.columns - column),
          isLast,
        );
      }
    }
  }
}

import type { Planes } from "../image/planes.ts";
import type { Manifest } from "./manifest.ts";

/**
 * What the encoder sees of a picture and its draft: six planes, RGB in −1 to 1, the picture's above
 * the draft's, extended by reflection, right and below, to what the networks take, and then by
 * `border` pixels on all sides, which repeat the border.
 *
 * It is made here, in one go: a graph would copy all pixels for each of these steps.
 */
export interface EncoderView {
  /** 6 × height × width values. */
  data: Float32Array;
  /** In pixels, with the border. */
  width: number;
  /** In pixels, with the border. */
  height: number;
}

/**
 * The view of a picture.
 *
 * @param draft enlarged result of the coarser pass, of the picture's size; the picture itself where
 *   there is none
 */
export function encoderView(
  picture: Planes,
  draft: Planes,
  { multiple, border }: Pick<Manifest, "multiple" | "border">,
): EncoderView {
  const extended = (side: number) => Math.ceil(side / multiple) * multiple + 2 * border;
  const [width, height] = [extended(picture.width), extended(picture.height)];
  const size = width * height;
  const data = new Float32Array(6 * size);
  for (let plane = 0; plane < 3; plane++) {
    extend(picture, plane, data.subarray(plane * size, (plane + 1) * size), width, border);
  }
  if (draft === picture) data.copyWithin(3 * size, 0, 3 * size);
  else {
    for (let plane = 0; plane < 3; plane++) {
      extend(draft, plane, data.subarray((3 + plane) * size, (4 + plane) * size), width, border);
    }
  }
  return { data, width, height };
}

/** Writes a plane of a picture, 0 to 1, into the larger plane of a view, −1 to 1. */
function extend(
  { data, width, height }: Planes,
  plane: number,
  to: Float32Array,
  wide: number,
  border: number,
): void {
  const rows = to.length / wide;
  const end = wide - border;
  for (let row = 0; row < height; row++) {
    const from = data.subarray((plane * height + row) * width, (plane * height + row + 1) * width);
    const start = (border + row) * wide;
    const first = start + border;
    const inner = to.subarray(first, first + width);
    for (let column = 0; column < width; column++) inner[column] = 2 * from[column]! - 1;
    for (let column = border + width; column < end; column++) {
      to[start + column] = to[start + 2 * (border + width - 1) - column]!;
    }
    to.fill(to[first]!, start, first);
    to.fill(to[start + end - 1]!, start + end, start + wide);
  }
  const repeat = (row: number, of: number) => to.copyWithin(row * wide, of * wide, (of + 1) * wide);
  for (let row = border + height; row < rows - border; row++) {
    repeat(row, 2 * (border + height - 1) - row);
  }
  for (let row = 0; row < border; row++) repeat(row, border);
  for (let row = rows - border; row < rows; row++) repeat(row, rows - border - 1);
}

/** Shares of red, green and blue in brightness (Rec. ITU-R BT.601). */
export const LUMA = [0.299, 0.587, 0.114] as const;

/** Brightness of the color whose red, green and blue are at a place and the two after it. */
export function brightnessAt(colors: ArrayLike<number>, at = 0): number {
  return LUMA[0] * colors[at]! + LUMA[1] * colors[at + 1]! + LUMA[2] * colors[at + 2]!;
}

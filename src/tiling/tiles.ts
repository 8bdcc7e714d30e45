/**
 * Which parts of a picture are worked on at a time.
 *
 * @module
 */

import type { Area } from "../image/pixels.ts";

/**
 * Cuts a picture into tiles, from left to right and from the top.
 *
 * @param tile side of a tile, in pixels; rounded up to a multiple, and the last ones may be smaller
 * @param multiple what the left and the top of every tile are multiples of
 */
export function cutIntoTiles(
  width: number,
  height: number,
  tile: number,
  multiple: number,
): Area[] {
  const side = Math.ceil(tile / multiple) * multiple;
  const tiles: Area[] = [];
  for (let top = 0; top < height; top += side) {
    for (let left = 0; left < width; left += side) {
      tiles.push({
        left,
        top,
        width: Math.min(side, width - left),
        height: Math.min(side, height - top),
      });
    }
  }
  return tiles;
}

/**
 * An area and its surroundings, as far as the picture goes.
 *
 * @param margin pixels on each side; rounded up to a multiple, so that grids stay aligned
 */
export function grow(
  { left, top, width, height }: Area,
  margin: number,
  multiple: number,
  pictureWidth: number,
  pictureHeight: number,
): Area {
  const around = Math.ceil(margin / multiple) * multiple;
  const [fromX, fromY] = [Math.max(0, left - around), Math.max(0, top - around)];
  return {
    left: fromX,
    top: fromY,
    width: Math.min(pictureWidth, left + width + around) - fromX,
    height: Math.min(pictureHeight, top + height + around) - fromY,
  };
}

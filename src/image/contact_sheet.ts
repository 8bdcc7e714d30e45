import font from "oled-font-5x7";
import { checkPixels } from "./check_arguments.ts";
import type { Pixels } from "./pixels.ts";

/** An image on a contact sheet. */
export interface Cell {
  /** The image, at the size in which it is shown. */
  pixels: Pixels;
  /** Text below the image; characters beyond ASCII become `?`. */
  label: string;
}

/** Pixels of the sheet for each pixel of the font, across and down. */
const SCALE = 2;
const LINE = (font.height + 4) * SCALE;
const GAP = 8;

/**
 * Draws images side by side on white, each above its label.
 *
 * @example
 * ```ts
 * import { contactSheet, decodeImage } from "./mod.ts";
 *
 * const pixels = await decodeImage(await Deno.readFile("examples/island.jpg"));
 * const sheet = contactSheet([{ pixels, label: "before" }, { pixels, label: "after" }], 2);
 * ```
 *
 * @param cells at least one
 * @param columns images in a row, from 1
 * @throws {TypeError | RangeError} if an argument is invalid.
 */
export function contactSheet(cells: readonly Cell[], columns: number): Pixels {
  if (cells.length === 0) throw new RangeError("cells must hold at least one image, not 0");
  if (!(Number.isInteger(columns) && columns > 0)) {
    throw new RangeError(`columns must be a whole number from 1, not ${columns}`);
  }
  for (const [index, { pixels }] of cells.entries()) checkPixels(pixels, `cells[${index}].pixels`);
  const cellWidth = Math.max(...cells.map(({ pixels }) => pixels.width)) + GAP;
  const cellHeight = Math.max(...cells.map(({ pixels }) => pixels.height)) + LINE + GAP;
  const width = GAP + columns * cellWidth;
  const height = GAP + Math.ceil(cells.length / columns) * cellHeight;
  const sheet = { data: new Uint8ClampedArray(4 * width * height).fill(255), width, height };
  cells.forEach(({ pixels, label }, index) => {
    const left = GAP + index % columns * cellWidth;
    const top = GAP + Math.floor(index / columns) * cellHeight;
    for (let row = 0; row < pixels.height; row++) {
      const line = pixels.data.subarray(4 * row * pixels.width, 4 * (row + 1) * pixels.width);
      sheet.data.set(line, 4 * ((top + row) * width + left));
    }
    drawText(sheet, left, top + pixels.height + 2 * SCALE, label, cellWidth - GAP);
  });
  return sheet;
}

/** Draws a line of text in black, cut off at a width in pixels. */
function drawText(sheet: Pixels, left: number, top: number, text: string, width: number): void {
  const advance = (font.width + 1) * SCALE;
  const fitting = [...text].slice(0, Math.floor(width / advance));
  fitting.forEach((character, position) => {
    const known = font.lookup.indexOf(character);
    const glyph = known < 0 ? font.lookup.indexOf("?") : known;
    for (let x = 0; x < font.width * SCALE; x++) {
      const bits = font.fontData[glyph * font.width + Math.floor(x / SCALE)]!;
      for (let y = 0; y < font.height * SCALE; y++) {
        if (!(bits >> Math.floor(y / SCALE) & 1)) continue;
        const pixel = (top + y) * sheet.width + left + position * advance + x;
        sheet.data.fill(0, 4 * pixel, 4 * pixel + 3);
      }
    }
  });
}

import font from "oled-font-5x7";
import type { Pixels } from "./pixels.ts";

/** A picture on a contact sheet. */
export interface Cell {
  pixels: Pixels;
  /** Shown below it; what is not ASCII as `?`. */
  label: string;
}

/** Pixels of the sheet for each pixel of the font. */
const SCALE = 2;
const LINE = (font.height + 4) * SCALE;
const GAP = 8;

/** Pictures side by side on white, `columns` in a row, each with its label. */
export function contactSheet(cells: readonly Cell[], columns: number): Pixels {
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

/** Draws a line of text in black, cut at a width in pixels. */
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

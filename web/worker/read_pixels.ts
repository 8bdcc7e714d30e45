/**
 * Files to pixels. The browser decodes what it can, and knows all color profiles; PNG, JPEG and
 * TIFF are decoded by the library, so that the page gives the same pixels as the command line.
 *
 * @module
 */

import {
  decodeImage,
  detectFormat,
  ImageError,
  type Pixels,
  readHeader,
} from "../../src/image/mod.ts";

/** Formats that the library decodes, with no more than a small codec to be fetched. */
const BY_LIBRARY: readonly string[] = ["png", "jpeg", "tiff"];

/**
 * Pixels of a file, upright and in sRGB.
 *
 * @param maxPixels how many pixels the image may have
 * @throws {ImageError} if the file is no image, is damaged or has more pixels.
 */
export async function readPixels(file: Blob, maxPixels: number): Promise<Pixels> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const format = detectFormat(bytes);
  const header = await readHeader(bytes);
  if (header.width * header.height > maxPixels) {
    throw new ImageError(
      `The picture has ${header.width}×${header.height} px, more than this device can hold: ` +
        `${Math.floor(maxPixels / 1e6)} megapixels`,
    );
  }
  const isPlain = BY_LIBRARY.includes(format) && (format === "tiff" || !header.profile);
  return isPlain
    ? await decodeImage(bytes, { maxPixels })
    : await decodeByBrowser(file, header.format);
}

async function decodeByBrowser(file: Blob, format: string): Promise<Pixels> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new ImageError(
      `The file is damaged, or this browser cannot read ${format.toUpperCase()}`,
    );
  }
  return pixelsOf(bitmap);
}

/** Pixels of a bitmap, which is closed. */
export function pixelsOf(bitmap: ImageBitmap): Pixels {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", {
    willReadFrequently: true,
  })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { data: data as Uint8ClampedArray<ArrayBuffer>, width, height };
}

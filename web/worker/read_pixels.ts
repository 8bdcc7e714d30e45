/**
 * Files to pixels. The browser decodes what it can, and knows all color profiles; PNG, JPEG and
 * TIFF are decoded by the library, so that the page gives the same pixels as the command line.
 *
 * @module
 */

import {
  decodeImage,
  formatLabel,
  ImageError,
  type ImageHeader,
  type Pixels,
  readHeader,
} from "../../src/image/mod.ts";

/** Formats that the library decodes, with no more than a small codec to be fetched. */
const BY_LIBRARY: readonly string[] = ["png", "jpeg", "tiff"];

/**
 * Pixels of a file, upright and in sRGB.
 *
 * @param maxPixels how many pixels they may be: a larger image is made smaller
 * @throws {ImageError} if the file is no image, or is damaged.
 */
export async function readPixels(file: Blob, maxPixels: number): Promise<Pixels> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let header;
  try {
    header = await readHeader(bytes);
  } catch (error) {
    // Some browsers read what the library does not: HEIC, JPEG XL, SVG.
    return await decodeByBrowser(file, (error as Error).message);
  }
  const { format, width, height, profile } = header;
  const label = formatLabel(format);
  if (width * height > maxPixels) {
    const scale = Math.sqrt(maxPixels / (width * height));
    return await decodeByBrowser(
      file,
      `The picture has ${width}×${height} px, more than this device can hold`,
      { resizeWidth: Math.floor(uprightWidth(header) * scale), resizeQuality: "high" },
    );
  }
  const isPlain = BY_LIBRARY.includes(format) && (format === "tiff" || !profile);
  return isPlain
    ? await decodeImage(bytes, { maxPixels })
    : await decodeByBrowser(file, `The ${label} file is damaged, or no ${label} for this browser`);
}

/** Width once an image is turned upright: orientations from 5 on lie on a side. */
function uprightWidth({ width, height, orientation }: ImageHeader): number {
  return orientation >= 5 ? height : width;
}

/** @param reason what is said where the browser cannot read the file */
async function decodeByBrowser(
  file: Blob,
  reason: string,
  options: ImageBitmapOptions = {},
): Promise<Pixels> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, options);
  } catch {
    throw new ImageError(reason);
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

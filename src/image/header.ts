import { detectFormat, type ImageFormat } from "./format.ts";
import { ImageError } from "./pixels.ts";

/** What the first bytes of a picture say of it. */
export interface ImageHeader {
  format: ImageFormat;
  /** In pixels, before it is turned upright. */
  width: number;
  /** In pixels, before it is turned upright. */
  height: number;
  /** `"RGB"`, `"grey"`, `"palette"`, `"CMYK"`. */
  colour: string;
  alpha: boolean;
  /** Of a channel. */
  bits: number;
  /** EXIF orientation, 1 (upright) to 8. */
  orientation: number;
}

/**
 * Reads the header of a PNG, JPEG or GIF, and nothing of its pixels.
 *
 * @throws {ImageError} if it is of another format, or cut off.
 */
export function readHeader(bytes: Uint8Array): ImageHeader {
  const format = detectFormat(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const found = READERS[format](view);
    if (found.width > 0 && found.height > 0) return { format, orientation: 1, ...found };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new ImageError(`The head of the ${format.toUpperCase()} file is damaged or cut off`);
}

type Found = Omit<ImageHeader, "format" | "orientation"> & { orientation?: number };

const READERS: Record<ImageFormat, (view: DataView) => Found> = {
  png: readPng,
  jpeg: readJpeg,
  gif: (view) => ({
    width: view.getUint16(6, true),
    height: view.getUint16(8, true),
    colour: "palette",
    alpha: false,
    bits: 8,
  }),
};

function readPng(view: DataView): Found {
  const type = view.getUint8(25);
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    colour: type === 3 ? "palette" : type & 2 ? "RGB" : "grey",
    alpha: (type & 4) !== 0,
    bits: view.getUint8(24),
  };
}

/** Walks the segments of a JPEG up to the frame that gives its size. */
function readJpeg(view: DataView): Found {
  let orientation = 1;
  for (let at = 2;;) {
    while (view.getUint8(at) !== 0xff) at++;
    while (view.getUint8(at) === 0xff) at++;
    const marker = view.getUint8(at);
    const segment = at + 1;
    if (marker === 0xda || marker === 0xd9) throw new RangeError("no frame before the scan");
    if (marker === 0xe1) orientation = readOrientation(view, segment + 2) ?? orientation;
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) {
      const components = view.getUint8(segment + 7);
      return {
        width: view.getUint16(segment + 5),
        height: view.getUint16(segment + 3),
        colour: { 1: "grey", 3: "RGB", 4: "CMYK" }[components] ?? `${components} channels`,
        alpha: false,
        bits: view.getUint8(segment + 2),
        orientation,
      };
    }
    const bare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at = bare ? segment : segment + view.getUint16(segment);
  }
}

/** The orientation in an EXIF segment (tag 0x0112 of its first directory). */
function readOrientation(view: DataView, start: number): number | undefined {
  if (view.getUint32(start) !== 0x45786966) return undefined; // "Exif"
  const tiff = start + 6;
  const little = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, little);
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (view.getUint16(at, little) !== 0x0112) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

import { exifForResult } from "./exif.ts";

/** What a file says of its image beyond pixels and colors. */
export interface Metadata {
  /** A TIFF structure, as EXIF has it. */
  exif?: Uint8Array;
  /** XML, in UTF-8. */
  xmp?: Uint8Array;
}

/** Copies metadata, so that the file's bytes are not kept in memory. */
export function copyMetadata({ exif, xmp }: Metadata): Metadata {
  return { ...(exif ? { exif: exif.slice() } : {}), ...(xmp ? { xmp: xmp.slice() } : {}) };
}

/** Metadata for a result: without orientation, size and thumbnail, which are no longer true. */
export function metadataForResult({ exif, xmp }: Metadata): Metadata {
  const kept = exif && exifForResult(exif);
  return { ...(kept ? { exif: kept } : {}), ...(xmp ? { xmp: xmpForResult(xmp) } : {}) };
}

/** Properties to leave out, as attributes or as elements, the two forms of XMP. */
const DROPPED =
  /\s(tiff:Orientation|tiff:ImageWidth|tiff:ImageLength|exif:PixelXDimension|exif:PixelYDimension|exif:ColorSpace|photoshop:ICCProfile)=("[^"]*"|'[^']*')|<(tiff:Orientation|tiff:ImageWidth|tiff:ImageLength|exif:PixelXDimension|exif:PixelYDimension|exif:ColorSpace|photoshop:ICCProfile|xmp:Thumbnails|xap:Thumbnails)\b[^>]*>.*?<\/\3>/gs;

function xmpForResult(xmp: Uint8Array): Uint8Array {
  return new TextEncoder().encode(new TextDecoder().decode(xmp).replace(DROPPED, ""));
}

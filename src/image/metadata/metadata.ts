import { exifForResult } from "./exif.ts";

/** What a file says of its picture beyond pixels and colors. */
export interface Metadata {
  /** A TIFF structure, as EXIF has it. */
  exif?: Uint8Array;
  /** XML, in UTF-8. */
  xmp?: Uint8Array;
}

/** Metadata in memory of their own, so that the file they are from is not kept. */
export function copyMetadata({ exif, xmp }: Metadata): Metadata {
  return { ...(exif ? { exif: exif.slice() } : {}), ...(xmp ? { xmp: xmp.slice() } : {}) };
}

/** Metadata as they are for a picture made of theirs: without orientation, size and thumbnail. */
export function metadataForResult({ exif, xmp }: Metadata): Metadata {
  const kept = exif && exifForResult(exif);
  return { ...(kept ? { exif: kept } : {}), ...(xmp ? { xmp: xmpForResult(xmp) } : {}) };
}

/** As attributes or as elements, the two forms that XMP has. */
const DROPPED =
  /\s(tiff:Orientation|tiff:ImageWidth|tiff:ImageLength|exif:PixelXDimension|exif:PixelYDimension|exif:ColorSpace|photoshop:ICCProfile)=("[^"]*"|'[^']*')|<(tiff:Orientation|tiff:ImageWidth|tiff:ImageLength|exif:PixelXDimension|exif:PixelYDimension|exif:ColorSpace|photoshop:ICCProfile|xmp:Thumbnails|xap:Thumbnails)\b[^>]*>.*?<\/\3>/gs;

function xmpForResult(xmp: Uint8Array): Uint8Array {
  return new TextEncoder().encode(new TextDecoder().decode(xmp).replace(DROPPED, ""));
}

import type { Note } from "../note.ts";
import { exifForResult } from "./exif.ts";
import type { Resolution } from "./resolution.ts";

/** What a file says of its image beyond pixels and colors. */
export interface Metadata {
  /** A TIFF structure, as EXIF has it. */
  exif?: Uint8Array;
  /** XML, in UTF-8. */
  xmp?: Uint8Array;
  /** As a field of the format states it; EXIF may state one, too. */
  resolution?: Resolution;
  /** What only files of its format hold. */
  blocks?: readonly MetadataBlock[];
}

/** A part of a file that says something, in a way that only its format has. */
export interface MetadataBlock {
  /** Name of the format: `"png"`. */
  format: string;
  /** What users know it as: `"IPTC"`, `"comment"` or `"text"`. */
  kind: string;
  /** As the container of the format writes it. */
  bytes: Uint8Array;
}

/** Copies metadata, so that the file's bytes are not kept in memory. */
export function copyMetadata({ exif, xmp, blocks, ...others }: Metadata): Metadata {
  const copies = blocks?.map(({ bytes, ...block }) => ({ ...block, bytes: bytes.slice() }));
  return {
    ...others,
    ...(copies ? { blocks: copies } : {}),
    ...(exif ? { exif: exif.slice() } : {}),
    ...(xmp ? { xmp: xmp.slice() } : {}),
  };
}

/**
 * Metadata for a result: without orientation, size and thumbnail, which are no longer true.
 *
 * @param format of the result
 * @param note called with what is left out, as it is damaged or the format cannot hold it
 */
export function metadataForResult(
  { exif, xmp, blocks = [], ...others }: Metadata,
  { name, label }: { name: string; label: string },
  note: Note,
): Metadata {
  const kept = exif && exifForResult(exif, note);
  const { own = [], foreign = [] } = Object.groupBy(
    blocks,
    ({ format }) => format === name ? "own" : "foreign",
  );
  for (const kind of new Set(foreign.map(({ kind }) => kind))) {
    note(`Its ${kind} is left out: ${label} files do not hold it`);
  }
  return {
    ...others,
    ...(kept ? { exif: kept } : {}),
    ...(xmp ? { xmp: xmpForResult(xmp) } : {}),
    ...(own.length > 0 ? { blocks: own } : {}),
  };
}

/** Properties to leave out, as attributes or as elements, the two forms of XMP. */
const DROPPED =
  /\s(tiff:Orientation|tiff:ImageWidth|tiff:ImageLength|exif:PixelXDimension|exif:PixelYDimension|exif:ColorSpace|photoshop:ICCProfile)=("[^"]*"|'[^']*')|<(tiff:Orientation|tiff:ImageWidth|tiff:ImageLength|exif:PixelXDimension|exif:PixelYDimension|exif:ColorSpace|photoshop:ICCProfile|xmp:Thumbnails|xap:Thumbnails)\b[^>]*>.*?<\/\3>/gs;

function xmpForResult(xmp: Uint8Array): Uint8Array {
  return new TextEncoder().encode(new TextDecoder().decode(xmp).replace(DROPPED, ""));
}

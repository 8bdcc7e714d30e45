import { checkBytes } from "./check_arguments.ts";
import type { ContainerHeader } from "./formats/format.ts";
import { detectFormat, formatOf, type ImageFormat } from "./formats/registry.ts";
import { ImageError } from "./image_error.ts";
import { copyMetadata } from "./metadata/metadata.ts";

/** What the header of an image file says. */
export interface ImageHeader extends ContainerHeader {
  /** Detected by the first bytes. */
  format: ImageFormat;
  /** EXIF orientation, 1 (upright) to 8. */
  orientation: number;
}

/**
 * Reads the header of an image file without decoding the pixels. Profile and metadata are views of
 * the file's bytes.
 *
 * @example
 * ```ts
 * import { readHeader } from "./mod.ts";
 *
 * const { width, height, format } = await readHeader(await Deno.readFile("examples/island.jpg"));
 * ```
 *
 * @throws {ImageError} if the file is in no format that can be read, or its header is damaged.
 */
export async function readHeader(bytes: Uint8Array): Promise<ImageHeader> {
  checkBytes(bytes, "bytes");
  const name = detectFormat(bytes);
  const format = formatOf(name);
  const container = await format.container();
  try {
    const header = await container.readHeader(bytes);
    if (header.width > 0 && header.height > 0) return { orientation: 1, ...header, format: name };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new ImageError(`The header of the ${format.label} file is damaged or cut off`, {
    code: "damaged",
  });
}

/** A header that does not refer to the file's bytes. */
export function detachHeader({ profile, metadata, ...header }: ImageHeader): ImageHeader {
  return {
    ...header,
    ...(profile ? { profile: profile.slice() } : {}),
    metadata: copyMetadata(metadata),
  };
}

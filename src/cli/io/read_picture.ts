import {
  type CodecService,
  type DecodedImage,
  type DecodeOptions,
  defaultCodecs,
  type Samples,
  toEightBits,
} from "../../image/mod.ts";
import { type Input, openInput } from "./input.ts";
import { withPathInErrors } from "./with_path_in_errors.ts";

/** How a picture is read. */
export interface ReadSettings extends DecodeOptions {
  /** Short side, in pixels, to which it is resized; default: its own. */
  shortSide?: number;
  /** What decodes it; default: this process's. */
  images?: CodecService;
}

/**
 * Reads a picture, in as many bits a channel as the settings ask for.
 *
 * @throws {FileError} naming the file, if it cannot be read or is no picture.
 */
export async function readPicture(
  path: string,
  settings: ReadSettings,
): Promise<DecodedImage<Samples>> {
  using input = await openInput(path);
  return await readFrom(input, path, settings);
}

/** Reads a picture in 8 bits a channel, as {@linkcode readPicture} does. */
export async function readImage(path: string, settings: ReadSettings): Promise<DecodedImage> {
  using input = await openInput(path);
  return await readImageFrom(input, path, settings);
}

/** Reads a picture in 8 bits a channel from a file that is open. */
export async function readImageFrom(
  input: Input,
  path: string,
  settings: ReadSettings,
): Promise<DecodedImage> {
  const picture = await readFrom(input, path, { ...settings, depth: 8 });
  return { ...picture, pixels: toEightBits(picture.pixels) };
}

async function readFrom(
  input: Input,
  path: string,
  { shortSide, images = defaultCodecs, ...options }: ReadSettings,
): Promise<DecodedImage<Samples>> {
  const bytes = await input.readAll();
  return await withPathInErrors(path, () => images.decode(bytes, options, shortSide));
}

import {
  type CodecService,
  type DecodedImage,
  type DecodeOptions,
  defaultCodecs,
  readHeader,
  type Samples,
  toEightBits,
} from "../../image/mod.ts";
import { FileError } from "../errors.ts";
import { isClipName } from "./file_kinds.ts";
import { type Input, isPicture, openInput, readWhole } from "./input.ts";
import { describePath } from "./paths.ts";
import type { Reporter } from "./reporter.ts";
import { checkResizing, resizePicture, type Resizing, type Sides } from "../resizing.ts";
import { withPathInErrors } from "./with_path_in_errors.ts";

/** How a picture is read. */
export interface ReadSettings extends DecodeOptions {
  maxPixels: number;
  /** What it is resized to, given its own size; default: not at all. */
  resizing?: (source: Sides) => Resizing;
  /** What decodes it; default: this process's. */
  images?: CodecService;
  /** Reports what is to be noted about the file. */
  reporter: Reporter;
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
  return await readPictureFrom({ readAll: () => readWhole(path) }, path, settings);
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
  const picture = await readPictureFrom(input, path, { ...settings, depth: 8 });
  return { ...picture, pixels: toEightBits(picture.pixels) };
}

/** Reads a picture as {@linkcode readPicture} does, from a file that is open. */
export async function readPictureFrom(
  input: Pick<Input, "readAll">,
  path: string,
  { resizing, images = defaultCodecs, reporter, ...options }: ReadSettings,
): Promise<DecodedImage<Samples>> {
  const bytes = await input.readAll();
  if (isClipName(path) && !isPicture(bytes)) {
    throw new FileError(`${describePath(path)}: The file is a video: use the command video`);
  }
  const image = await withPathInErrors(path, async () => {
    if (!resizing) return await images.decode(bytes, options);
    const header = await readHeader(bytes);
    const { width, height, orientation } = header;
    const source = orientation < 5 ? { width, height } : { width: height, height: width };
    const target = resizing(source);
    checkResizing(source, target, options.maxPixels);
    const settings = { ...options, header };
    // Resized where it is decoded, if that can be.
    if (typeof target.size === "number") return await images.decode(bytes, settings, target.size);
    const image = await images.decode(bytes, settings);
    const pixels = await resizePicture(image.pixels, target, options.maxPixels, images);
    return { ...image, pixels };
  });
  for (const note of image.notes) reporter.note(`${describePath(path)}: ${note}`);
  return image;
}

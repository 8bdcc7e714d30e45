/**
 * ImageMagick, for what smaller libraries lack or get wrong.
 *
 * @module
 */

import {
  ColorProfile,
  ColorSpace,
  Density,
  DensityUnit,
  type IMagickImage,
  initializeImageMagick,
  type MagickFormat,
  MagickImage,
  MagickImageCollection,
  MagickReadSettings,
} from "@imagemagick/magick-wasm";
import { readAsset } from "../../util/asset.ts";
import type { Metadata } from "../metadata/metadata.ts";
import { exifWithResolution, inInches, readResolution } from "../metadata/resolution.ts";
import type { Pixels } from "../pixels.ts";
import { isOpaque } from "../planes.ts";
import { DAMAGED_PROFILE, describes } from "../color/profile.ts";
import type { Note } from "../note.ts";
import type { AnimationFrame, ContainerHeader } from "./format.ts";
import { srgbProfile } from "../color/srgb.ts";

let ready: Promise<void> | undefined;

async function start(): Promise<void> {
  await initializeImageMagick(await readAsset(locate()));
}

/** The compiled library: in its package or, where all is bundled, beside the bundle. */
function locate(): URL {
  try {
    return new URL(import.meta.resolve("@imagemagick/magick-wasm/magick.wasm"));
  } catch {
    return new URL("magick.wasm", import.meta.url);
  }
}

/** Runs work with ImageMagick. After a crash the next work gets a new instance. */
async function withMagick<T>(work: () => T): Promise<T> {
  await (ready ??= start());
  try {
    return work();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) ready = undefined;
    throw error;
  }
}

/**
 * Decodes the first frame of a file: RGB and gray as stored, CMYK and Lab in sRGB.
 *
 * @throws if the file is damaged.
 */
export async function decodeWithMagick(
  bytes: Uint8Array,
  format: MagickFormat,
  { color, profile }: Pick<ContainerHeader, "color" | "profile">,
  note: Note,
): Promise<Pixels> {
  const settings = new MagickReadSettings({ format, frameIndex: 0, frameCount: 1 });
  return await withMagick(() => {
    const image = MagickImage.create();
    try {
      image.read(bytes, settings);
      if (image.colorSpace !== ColorSpace.sRGB && image.colorSpace !== ColorSpace.Gray) {
        const isUsed = profile !== undefined && describes(profile, color);
        if (!isUsed) image.removeProfile("icc");
        if (!isUsed || !isConverted(image)) {
          if (isUsed) note(DAMAGED_PROFILE);
          image.removeProfile("icc");
          image.colorSpace = ColorSpace.sRGB;
        }
      }
      return toPixels(image);
    } finally {
      image.dispose();
    }
  });
}

/**
 * Decodes the frames of an animation, each composed with those before it; `plays` is how often they
 * are shown, 0 forever.
 *
 * @throws if the file is damaged.
 */
export async function* decodeFramesWithMagick(
  bytes: Uint8Array,
  format: MagickFormat,
): AsyncGenerator<AnimationFrame & { plays: number }, void, void> {
  const images = await withMagick(() => {
    const images = MagickImageCollection.create();
    try {
      images.read(bytes, new MagickReadSettings({ format }));
      images.coalesce();
      return images;
    } catch (error) {
      images.dispose();
      throw error;
    }
  });
  try {
    for (const image of images) {
      const delay = Math.round(100 * image.animationDelay / (image.animationTicksPerSecond || 100));
      yield { pixels: toPixels(image), delay, plays: image.animationIterations };
    }
  } finally {
    images.dispose();
  }
}

/**
 * Encodes an animation of frames of one size.
 *
 * @param plays how often the animation is shown, 0 forever
 */
export async function encodeFramesWithMagick(
  frames: AsyncIterable<AnimationFrame> | Iterable<AnimationFrame>,
  plays: number,
  { format, quality, defines = {} }: Omit<MagickEncoding, "metadata">,
): Promise<Uint8Array<ArrayBuffer>> {
  const images = await withMagick(() => MagickImageCollection.create());
  try {
    for await (const { pixels, delay } of frames) {
      const image = fromPixels(pixels, "RGBA");
      images.push(image);
      if (isOpaque(pixels)) image.hasAlpha = false;
      image.quality = quality;
      image.animationDelay = delay;
      image.animationTicksPerSecond = 100;
      image.animationIterations = plays;
      for (const [name, value] of Object.entries(defines)) image.settings.setDefine(name, value);
    }
    return await withMagick(() => images.write(format, (bytes) => bytes.slice()));
  } finally {
    images.dispose();
  }
}

/** Converts an image to sRGB by its profile; tells whether that worked. */
function isConverted(image: IMagickImage): boolean {
  try {
    return image.hasProfile("icc") && image.transformColorSpace(sRgb());
  } catch {
    return false;
  }
}

/** Pixels that are copied in or out at a time. */
const BAND = 2 ** 22;

function toPixels(image: IMagickImage): Pixels {
  const { width, height } = image;
  const data = new Uint8ClampedArray(4 * width * height);
  const rows = Math.max(1, Math.floor(BAND / width));
  image.getPixels((pixels) => {
    for (let top = 0; top < height; top += rows) {
      const part = pixels.toByteArray(0, top, width, Math.min(rows, height - top), "RGBA");
      if (!part) throw new Error("The pixels cannot be read");
      data.set(part, 4 * top * width);
    }
  });
  return { data, width, height };
}

function fromPixels({ data, width, height }: Pixels, format: MagickFormat): IMagickImage {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return MagickImage.create(bytes, new MagickReadSettings({ format, width, height, depth: 8 }));
}

function sRgb(): ColorProfile {
  return new ColorProfile(srgbProfile());
}

/**
 * Converts pixels to sRGB, in place, by Little CMS: perceptual intent with black point compensation.
 *
 * @param profile ICC, of RGB, or of gray where `isGray`
 * @throws if the profile is damaged.
 */
export async function convertWithMagick(
  pixels: Pixels,
  profile: Uint8Array,
  isGray: boolean,
): Promise<void> {
  const { data, width, height } = pixels;
  const rows = Math.max(1, Math.floor(BAND / width));
  await withMagick(() => {
    for (let top = 0; top < height; top += rows) {
      const part = data.subarray(4 * top * width, 4 * Math.min(top + rows, height) * width);
      const band = { data: part, width, height: part.length / 4 / width };
      const image = fromPixels(band, "RGBA");
      try {
        if (isGray) image.grayscale();
        // As bytes: ImageMagick's class for profiles would read any number of tags.
        image.setProfile("icc", profile);
        // Fails at the first band, if at all.
        if (!image.transformColorSpace(sRgb())) throw new Error("The profile cannot be used");
        image.getPixels((pixels) =>
          part.set(pixels.toByteArray(0, 0, width, band.height, "RGBA")!)
        );
      } finally {
        image.dispose();
      }
    }
  });
}

/** Settings of {@linkcode encodeWithMagick}. */
export interface MagickEncoding {
  format: MagickFormat;
  /** 1 to 100. */
  quality: number;
  /** Settings of the format's encoder, as ImageMagick names them. */
  defines?: Record<string, string>;
  /** Default: none, and no profile of sRGB. */
  metadata?: Metadata;
}

/** Encodes pixels in sRGB, with metadata. */
export async function encodeWithMagick(
  pixels: Pixels,
  { format, quality, defines = {}, metadata }: MagickEncoding,
): Promise<Uint8Array> {
  return await withMagick(() => {
    const image = fromPixels(pixels, "RGBA");
    try {
      if (isOpaque(pixels)) image.hasAlpha = false;
      image.quality = quality;
      for (const [name, value] of Object.entries(defines)) image.settings.setDefine(name, value);
      if (metadata) describe(image, metadata);
      return image.write(format, (bytes) => bytes.slice());
    } finally {
      image.dispose();
    }
  });
}

/** Adds a profile of sRGB, and metadata. */
function describe(image: IMagickImage, metadata: Metadata): void {
  const [exif, xmp] = [exifWithResolution(metadata), metadata.xmp];
  image.setProfile("icc", srgbProfile());
  if (exif) image.setProfile("exif", exif);
  if (xmp) image.setProfile("xmp", xmp);
  // ImageMagick writes its own resolution into EXIF, in whole numbers.
  const resolution = exif && readResolution(exif);
  if (resolution) {
    const isWhole = Number.isInteger(resolution.x) && Number.isInteger(resolution.y);
    const { x, y, unit } = isWhole ? resolution : inInches(resolution);
    image.density = new Density(x, y, DENSITY_UNITS[unit]);
  }
}

const DENSITY_UNITS = {
  none: DensityUnit.Undefined,
  inch: DensityUnit.PixelsPerInch,
  centimeter: DensityUnit.PixelsPerCentimeter,
};

/**
 * Resizing of pictures to what an option asks for: a short side, or a frame.
 *
 * @module
 */

import {
  type CodecService,
  crop,
  defaultCodecs,
  ImageError,
  MAX_PIXELS,
  type Pixels,
  resize,
  type Samples,
} from "../image/mod.ts";
import type { Fit } from "./options/parsers.ts";

/** A frame for a result; sides in pixels. */
export interface Frame {
  width: number;
  height: number;
  fit: Fit;
}

/** What a picture is resized to: a short side, in pixels, or a frame. */
export type Size = number | Frame;

/** A size, and the option that asks for it, to be named where it is too large. */
export interface Resizing {
  size: Size;
  option: "--size" | "--style-size";
}

/** Width and height of a picture, in pixels. */
export interface Sides {
  width: number;
  height: number;
}

/** The size of a picture before anything of it is cropped. */
export function scaledSides({ width, height }: Sides, size: Size): Sides {
  if (typeof size === "number") {
    const scale = size / Math.min(width, height);
    const side = (length: number) => Math.max(size, Math.round(length * scale));
    return { width: side(width), height: side(height) };
  }
  const [across, down] = [size.width / width, size.height / height];
  switch (size.fit) {
    case "fill":
      return { width: size.width, height: size.height };
    case "cover": {
      const scale = Math.max(across, down);
      const side = (length: number, least: number) => Math.max(least, Math.round(length * scale));
      return { width: side(width, size.width), height: side(height, size.height) };
    }
    case "contain": {
      const scale = Math.min(across, down);
      const side = (length: number) => Math.max(1, Math.round(length * scale));
      return { width: side(width), height: side(height) };
    }
  }
}

/**
 * Refuses to resize a picture to more pixels than the limit for pictures, or than the default one.
 *
 * @throws {ImageError} that names the option, with the code `"too-many-pixels"`.
 */
export function checkResizing(source: Sides, { size, option }: Resizing, maxPixels: number): void {
  const { width, height } = scaledSides(source, size);
  const limit = Math.max(maxPixels, MAX_PIXELS);
  // A picture that is too large itself is refused as such, where it is decoded.
  if (width * height <= limit || source.width * source.height > maxPixels) return;
  const asked = typeof size === "number" ? size : `${size.width}x${size.height}`;
  throw new ImageError(
    `At ${option} ${asked} the picture would have ${width}×${height} px, more than the limit of` +
      ` ${limit / 1e6} MP`,
    { code: "too-many-pixels" },
  );
}

/**
 * Resizes a picture; what protrudes from a frame that it covers is cropped on both sides alike.
 *
 * @throws {ImageError} as {@linkcode checkResizing} does.
 */
export async function resizePicture<S extends Samples>(
  pixels: Pixels<S>,
  resizing: Resizing,
  maxPixels: number,
  images: CodecService = defaultCodecs,
): Promise<Pixels<S>> {
  checkResizing(pixels, resizing, maxPixels);
  const { width, height } = scaledSides(pixels, resizing.size);
  const scaled = pixels.data instanceof Uint8ClampedArray
    ? await images.resize(pixels as Pixels, width, height) as Pixels<S>
    : await resize(pixels, width, height);
  const { size } = resizing;
  if (typeof size === "number" || size.fit !== "cover") return scaled;
  return crop(scaled, {
    left: Math.floor((scaled.width - size.width) / 2),
    top: Math.floor((scaled.height - size.height) / 2),
    width: size.width,
    height: size.height,
  });
}

import { Tag, type Tiff } from "../../metadata/tiff_directory.ts";

/** Values of the tag `PhotometricInterpretation`. */
export const Photometric = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3 } as const;

/** Values of the tag `ExtraSamples`. */
export const Extra = { unspecified: 0, premultiplied: 1, alpha: 2 } as const;

/** Values of the tag `SampleFormat`. */
export const Format = { unsigned: 1, signed: 2, float: 3, undefined: 4 } as const;

/** How the samples of an image are stored. */
export interface Layout {
  width: number;
  height: number;
  photometric: number;
  compression: number;
  /** Bits a sample. */
  bits: number;
  /** One of {@linkcode Format}. */
  format: number;
  /** Samples a pixel, with the extra ones. */
  samples: number;
  /** Index of the sample that is opacity, if there is one. */
  alpha?: number;
  /** Whether colors are multiplied by opacity. */
  isPremultiplied: boolean;
  /** Whether each sample has strips or tiles of its own. */
  isPlanar: boolean;
  /** 1: none, 2: differences, 3: differences of floating-point numbers. */
  predictor: number;
  /** Whether the first bit of a byte is the lowest. */
  isLowFirst: boolean;
  /** Size of a strip or tile, in pixels. */
  segment: { width: number; height: number };
  /** Place of each strip or tile in the file. */
  places: { offset: number; length: number }[];
  /** Red, green and blue of a palette, one after another, 0 to 65535. */
  colorMap: number[];
}

/** Samples of a pixel that are color. */
const COLORS: Record<number, number> = { 0: 1, 1: 1, 2: 3, 3: 1 };

/** Largest number of strips and tiles that is read. */
const MOST_SEGMENTS = 2 ** 24;

/**
 * Reads how the first image of a file is stored.
 *
 * @returns `undefined` where it is neither gray, RGB nor a palette, or its samples differ in size
 */
export function readLayout(tiff: Tiff): Layout | undefined {
  const number = (tag: number, otherwise: number) => tiff.number(tag) ?? otherwise;
  const [width, height] = [number(Tag.width, 0), number(Tag.height, 0)];
  const samples = number(Tag.samples, 1);
  const photometric = readPhotometric(tiff);
  const colors = COLORS[photometric];
  const bits = number(Tag.bits, 1);
  const format = number(Tag.sampleFormat, Format.unsigned);
  const isUniform = tiff.numbers(Tag.bits).every((value) => value === bits) &&
    tiff.numbers(Tag.sampleFormat).every((value) => value === format);
  if (colors === undefined || samples < colors || !isUniform) return undefined;
  const isPlanar = samples > 1 && number(Tag.planar, 1) === 2;
  const isTiled = tiff.number(Tag.tileWidth) !== undefined;
  const segment = isTiled
    ? { width: number(Tag.tileWidth, 0), height: number(Tag.tileHeight, 0) }
    : { width, height: Math.min(height, number(Tag.rowsPerStrip, height)) };
  if (!(segment.width > 0 && segment.height > 0)) throw new RangeError("empty strips");
  const count = Math.ceil(width / segment.width) * Math.ceil(height / segment.height) *
    (isPlanar ? samples : 1);
  if (count > MOST_SEGMENTS) throw new RangeError("too many strips");
  const [offsets, lengths] = isTiled
    ? [Tag.tileOffsets, Tag.tileBytes]
    : [Tag.stripOffsets, Tag.stripBytes];
  const starts = tiff.numbers(offsets, tiff.first, count);
  const sizes = tiff.numbers(lengths, tiff.first, count);
  const end = tiff.view.byteLength;
  return {
    ...{ width, height, photometric, bits, format, samples, isPlanar, segment },
    ...alphaOf(tiff, colors, samples),
    compression: number(Tag.compression, 1),
    predictor: number(Tag.predictor, 1),
    isLowFirst: number(Tag.fillOrder, 1) === 2,
    // Where lengths are missing, a strip goes on to the end of the file at most.
    places: starts.map((offset, index) => ({ offset, length: sizes[index] || end - offset })),
    colorMap: photometric === Photometric.palette
      ? tiff.numbers(Tag.colorMap, tiff.first, 3 * 2 ** Math.min(bits, 16))
      : [],
  };
}

/** What the samples mean; where the file does not say, by how many there are. */
export function readPhotometric(tiff: Tiff): number {
  const isColor = (tiff.number(Tag.samples) ?? 1) >= 3;
  return tiff.number(Tag.photometric) ??
    (isColor ? Photometric.rgb : Photometric.blackIsZero);
}

/** A fourth sample of RGB, of which nothing is said, is opacity: panorama programs write it. */
function alphaOf(tiff: Tiff, colors: number, samples: number) {
  const extra = tiff.numbers(Tag.extraSamples);
  const index = extra.findIndex((kind) => kind === Extra.alpha || kind === Extra.premultiplied);
  const isSaid = index >= 0 && colors + index < samples;
  const isMeant = extra.length === 0 && colors === 3 && samples === 4;
  return {
    ...(isSaid || isMeant ? { alpha: colors + Math.max(0, index) } : {}),
    isPremultiplied: isSaid && extra[index] === Extra.premultiplied,
  };
}

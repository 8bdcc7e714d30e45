import type { StatedColors } from "../color/stated_colors.ts";
import type { Metadata } from "../metadata/metadata.ts";
import type { Note } from "../note.ts";
import type { Pixels } from "../pixels.ts";

/** Bits a channel that images are written with. */
export const DEPTHS = [8, 16] as const;

/** Bits a channel of decoded pixels: 8 or 16. */
export type Depth = typeof DEPTHS[number];

/** What an encoder strives for: a small file, or to be done soon. */
export type Effort = "size" | "speed";

/** All of them. */
export const EFFORTS: readonly Effort[] = ["size", "speed"];

/**
 * What is known of a file format. Each folder beside this file has one in its `format.ts`; the
 * registry lists them. Whatever decodes or encodes is imported when it is first needed.
 */
export interface Format<Name extends string = string> {
  /** As options and JSON have it: `"jpeg"`. */
  readonly name: Name;
  /** As people write it: `"JPEG"`. */
  readonly label: string;
  /** File name suffixes without the dot, the usual one first. */
  readonly suffixes: readonly [string, ...string[]];
  /** Matches the start of a file, one character a byte. */
  readonly signature: RegExp;
  /** Reads headers and writes metadata. */
  container(): Promise<Container>;
  /** Decodes the first frame. */
  codec(): Promise<Codec>;
  /** How images are written; absent for a format that is only read. */
  readonly output?: FormatOutput;
  /** How several frames are read and written; absent where only the first frame counts. */
  readonly animation?: FormatAnimation;
}

/** A format that can be written. */
export interface Writable {
  /** How images are written. */
  readonly output: FormatOutput;
}

/** A format that animations can be written in. */
export interface Animated {
  /** How several frames are read and written. */
  readonly animation: FormatAnimation;
}

/** How a format writes images. */
export interface FormatOutput {
  /** Bits a channel that a file can hold. */
  readonly depths: readonly Depth[];
  /** Longest side in pixels; absent where the format's limit is beyond all images. */
  readonly maxSide?: number;
  /** Whether `quality` applies. */
  readonly isLossy: boolean;
  /** Whether a large image is encoded some rows at a time, in little memory. */
  readonly inBands: boolean;
  /** Encodes images. */
  encoder(): Promise<Encoder>;
}

/** How a format holds animations. */
export interface FormatAnimation {
  /**
   * Whether a file is to be treated as an animation.
   *
   * @param start its first bytes
   */
  isAnimated(start: Uint8Array): boolean;
  /** Reads the frames of a file. */
  decoder(): Promise<AnimationDecoder>;
  /** Writes frames to a file. */
  encoder(): Promise<AnimationEncoder>;
}

/** What a container knows of an image without decoding it. */
export interface ContainerHeader {
  /** In pixels, as stored: before the orientation is applied. */
  width: number;
  /** In pixels, as stored: before the orientation is applied. */
  height: number;
  /** Kind of the samples: `"RGB"`, `"gray"`, `"palette"`, `"CMYK"` and so on. */
  color: string;
  /** Whether the file has transparency. */
  alpha: boolean;
  /** Bits a channel. */
  bits: number;
  /** EXIF orientation, 1 (upright) to 8. Default: 1. */
  orientation?: number;
  /** ICC profile, if any; it takes precedence over `colors`. */
  profile?: Uint8Array;
  /** Colors that are stated by numbers. Without these and a profile they are sRGB. */
  colors?: StatedColors;
  /** EXIF, XMP and resolution, if any. */
  metadata: Metadata;
}

/** What `container.ts` of a format exports. */
export interface Container {
  /**
   * Reads the header.
   *
   * @throws {RangeError} if the header is cut off or invalid.
   */
  readHeader(bytes: Uint8Array): ContainerHeader | Promise<ContainerHeader>;
  /**
   * Adds metadata and the color space to an encoded file, or its head, where the encoder cannot.
   *
   * @param note called with what the format cannot hold
   */
  addMetadata?(bytes: Uint8Array, metadata: Metadata, note: Note): Uint8Array;
}

/** What `codec.ts` of a format exports. */
export interface Codec {
  /**
   * Decodes the first frame in 8 bits a channel, as stored: not yet upright, RGB and gray not yet
   * converted to sRGB.
   *
   * @param note called with what a user should know of the file
   * @throws if the file is damaged.
   */
  decode(bytes: Uint8Array, header: ContainerHeader, note: Note): Promise<Pixels>;
  /** As `decode`, in 16 bits a channel, of files with more than 8. */
  decodeDeep?(
    bytes: Uint8Array,
    header: ContainerHeader,
    note: Note,
  ): Promise<Pixels<Uint16Array>>;
}

/** How an image is encoded. */
export interface EncoderSettings {
  /** 1 to 100, of lossy formats. */
  quality: number;
  /** A small file, or a fast encoder. */
  effort: Effort;
  /** For formats whose container does not add them. */
  metadata: Metadata;
}

/** What `encoder.ts` of a format exports. */
export interface Encoder {
  /** Encodes to a file in pieces, the first of which holds its head. */
  encode(pixels: Pixels, settings: EncoderSettings): Promise<Uint8Array[]>;
  /** As `encode`, without loss, in 16 bits a channel. */
  encodeDeep?(pixels: Pixels<Uint16Array>, metadata: Metadata): Promise<Uint8Array[]>;
}

/** A frame of an animation as it is shown: composed with those before it. */
export interface AnimationFrame {
  /** All frames have the size of the canvas. */
  pixels: Pixels;
  /** How long the frame is shown, in hundredths of a second. */
  delay: number;
}

/** Reads the frames of an animation. */
export interface AnimationDecoder {
  /**
   * Frames as stored: not yet upright, not yet converted to sRGB.
   *
   * @throws if the file is damaged.
   */
  decodeFrames(bytes: Uint8Array): AsyncGenerator<AnimationFrame, void, void>;
  /** How often the animation is repeated: 0 forever, absent where it is shown once. */
  readLoops(bytes: Uint8Array): number | undefined | Promise<number | undefined>;
}

/** Writes frames as an animation. */
export interface AnimationEncoder {
  /**
   * Encodes an animation.
   *
   * @param frames of one size
   * @param quality 1 to 100, of lossy formats
   * @param loops how often the animation is repeated: 0 forever, absent: shown once
   * @throws {RangeError} if there is no frame.
   */
  encodeFrames(
    frames: AsyncIterable<AnimationFrame> | Iterable<AnimationFrame>,
    quality: number,
    loops?: number,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

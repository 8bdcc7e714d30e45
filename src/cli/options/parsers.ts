/**
 * Parsers of what users write after options. All throw commander's `InvalidArgumentError`, which
 * commander reports together with the option and the value.
 *
 * @module
 */

import { InvalidArgumentError } from "commander";
import {
  type Brush,
  BRUSHES,
  type Depth,
  DEPTHS,
  VIDEO_CODECS,
  type VideoCodec,
} from "../../choices.ts";
import type { Tile } from "../../mod.ts";
import type { Shard } from "../batch/shard.ts";

/** Longest side, in pixels, that an option may ask for. */
export const LONGEST_SIDE = 32768;

/** Parses a whole number within bounds. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** Parses a number within bounds. */
export function number(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d*\.?\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(`Expected a number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** Parses a share within bounds: `0.6`, or `60%`. */
export function share(low: number, high: number): (text: string) => number {
  const parse = number(low, high);
  return (text) => {
    const [, percent] = /^(\d*\.?\d+)%$/.exec(text) ?? [];
    return parse(percent === undefined ? text : `${Number(percent) / 100}`);
  };
}

/** Parses the strength of a style. */
export const alpha = share(0, 1.5);

/** A number, or bounds that it is drawn between at random. */
export interface Range {
  low: number;
  high: number;
}

/** Parses a number, or two with `..` between them. */
export function range(parse: (text: string) => number): (text: string) => Range {
  return (text) => {
    const [low, high, ...more] = text.split("..").map(parse);
    if (more.length > 0 || high! < low!) {
      throw new InvalidArgumentError("Expected a number, or a range like 0.3..1.");
    }
    return { low: low!, high: high ?? low! };
  };
}

/** The brushes, from fine to broad. */
export const BRUSH_NAMES = Object.keys(BRUSHES) as Brush[];

/** Parses one of {@linkcode BRUSH_NAMES}. */
export function brush(text: string): Brush {
  const name = BRUSH_NAMES.find((name) => name === text);
  if (!name) throw new InvalidArgumentError(`Allowed choices are ${BRUSH_NAMES.join(", ")}.`);
  return name;
}

/** Ways to keep the content's colors. */
export const COLOR_WAYS = ["none", "luminance", "statistics"] as const;

/** Parses one of {@linkcode COLOR_WAYS}. */
export function preserveColor(text: string): typeof COLOR_WAYS[number] {
  const way = COLOR_WAYS.find((way) => way === text);
  if (!way) throw new InvalidArgumentError(`Allowed choices are ${COLOR_WAYS.join(", ")}.`);
  return way;
}

/**
 * How a picture is brought into a frame of another shape: `cover` crops what protrudes, `contain`
 * leaves the result smaller than the frame, without bars, and `fill` distorts.
 */
export const FITS = ["cover", "contain", "fill"] as const;

/** One of {@linkcode FITS}. */
export type Fit = typeof FITS[number];

/** Parses the short side of a picture, in pixels. */
export const side = wholeNumber(8, LONGEST_SIDE);

/** Parses the short side of a picture, or its width and height: `3840x2160`; in pixels. */
export function size(text: string): number | { width: number; height: number } {
  const [width, height, ...more] = text.split(/[x×]/i).map((part) =>
    /^\d+$/.test(part) ? Number(part) : NaN
  );
  const isSide = (side: number) => side >= 8 && side <= LONGEST_SIDE;
  if (more.length > 0 || !isSide(width!) || (height !== undefined && !isSide(height))) {
    throw new InvalidArgumentError(
      `Expected a whole number from 8 to ${LONGEST_SIDE}, or two of them, like 3840x2160.`,
    );
  }
  return height === undefined ? width! : { width: width!, height };
}

/** Parses values that are separated by commas. */
export function list<T>(parse: (text: string) => T): (text: string) => T[] {
  return (text) => text.split(",").map(parse);
}

/** Adds what is parsed to the values of the same option before it. */
export function repeated<T>(parse: (text: string) => T): (text: string, before?: T[]) => T[] {
  return (text, before = []) => [...before, parse(text)];
}

/** Parses `400MP`, or a number of pixels. */
export function pixelCount(text: string): number {
  const [, number, unit] = /^(\d*\.?\d+) ?(MP)?$/i.exec(text) ?? [];
  const value = Number(number) * (unit ? 1e6 : 1);
  if (!(Number.isInteger(value) && value > 0)) {
    throw new InvalidArgumentError("Expected something like 50MP, or a whole number of pixels.");
  }
  return value;
}

/** Parses `1:0.2,3:0.8` as a weight for each level from 1 to the highest that is named. */
export function levelWeights(text: string): number[] {
  const weights = byLevel(text, "0.2", /^\d*\.?\d+$/).map((weight) => Number(weight ?? 0));
  if (!weights.some((weight) => weight > 0)) {
    throw new InvalidArgumentError("The weights must not all be 0.");
  }
  return weights;
}

/** Parses `1:0.2..1,3:0.8` as {@linkcode levelWeights} does, each weight a number or a range. */
export function levelRanges(text: string): Range[] {
  const parse = range(number(0, 1e6));
  const ranges = byLevel(text, "0.2..1", /^[\d.]+$/).map((weight) => parse(weight ?? "0"));
  if (!ranges.some(({ low }) => low > 0)) {
    throw new InvalidArgumentError("The weight of one level at least must be above 0.");
  }
  return ranges;
}

/** What is written after the number of each level, from 1 to the highest that is named. */
function byLevel(text: string, example: string, weight: RegExp): (string | undefined)[] {
  const weights: string[] = [];
  for (const part of text.split(",")) {
    const [, level, own] = /^([1-9]\d?):(.+)$/.exec(part) ?? [];
    if (!own || !weight.test(own) || weights[Number(level) - 1] !== undefined) {
      throw new InvalidArgumentError(
        `Expected something like 1:${example},3:0.8, with weights of 0 or more.`,
      );
    }
    weights[Number(level) - 1] = own;
  }
  return Array.from(weights);
}

/** Parses the side of tiles, in pixels, `auto` or `off`. */
export function tile(text: string): Tile {
  if (text === "auto" || text === "off") return text;
  const side = /^\d+$/.test(text) ? Number(text) : 0;
  if (side < 64 || side > LONGEST_SIDE) {
    throw new InvalidArgumentError(
      `Expected auto, off or a whole number from 64 to ${LONGEST_SIDE}.`,
    );
  }
  return side;
}

/** Parses bits a channel. */
export function depth(text: string): Depth {
  const bits = DEPTHS.find((bits) => `${bits}` === text);
  if (!bits) throw new InvalidArgumentError(`Allowed choices are ${DEPTHS.join(", ")}.`);
  return bits;
}

/** Parses `2/8`. */
export function shard(text: string): Shard {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.map(Number) ?? [];
  if (!index || !count || index > count) {
    throw new InvalidArgumentError("Expected something like 1/4, the first of four parts.");
  }
  return { index, count };
}

/** Parses a time as ffmpeg does, `90.5`, `1:30.5` or `1:02:03`, in seconds. */
export function seconds(text: string): number {
  const parts = /^(?:(?:(\d+):)?([0-5]?\d):)?(\d+(?:\.\d+)?|\.\d+)$/.exec(text);
  const [hours, minutes, rest] = (parts?.slice(1) ?? []).map((part) => Number(part ?? 0));
  if (rest === undefined || text.includes(":") && rest >= 60) {
    throw new InvalidArgumentError("Expected seconds, or a time like 1:30 or 1:02:03.5.");
  }
  return 3600 * hours! + 60 * minutes! + rest;
}

/** Other names of codecs: those of ffmpeg's encoders. */
const CODEC_ALIASES: Record<string, VideoCodec> = {
  ...{ avc: "h264", libx264: "h264", x264: "h264", hevc: "h265", libx265: "h265", x265: "h265" },
  ...{ "libvpx-vp9": "vp9", libsvtav1: "av1", "libaom-av1": "av1", prores_ks: "prores" },
};

/** Parses the name of a video codec, or of ffmpeg's encoder for it. */
export function videoCodec(text: string): VideoCodec {
  const codec = CODEC_ALIASES[text] ?? VIDEO_CODECS.find((name) => name === text);
  if (!codec) throw new InvalidArgumentError(`Allowed choices are ${VIDEO_CODECS.join(", ")}.`);
  return codec;
}

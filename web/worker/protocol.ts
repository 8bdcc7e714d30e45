/**
 * What goes between the page and its worker. Pixels go as `ImageData`, files as `Blob`.
 *
 * @module
 */

import type { BackendName } from "../../src/mod.ts";

/** Settings of a stylization, as the page's controls have them. */
export interface Settings {
  /** Strength, 0 to 1.5. */
  alpha: number;
  /** Weight of each level, from grain to shape; 0 or more. */
  levels: readonly number[];
  /** Which colors are whose: the style's, the content's, or only the style's colors. */
  color: "style" | "content" | "only";
  /** How broad the strokes are. */
  brush: "fine" | "medium" | "broad";
  /** Whether a photograph stays one: nothing is painted. */
  photo: boolean;
  /** Short side, in pixels, at which styles are seen: the smaller, the larger the strokes. */
  styleSize: number;
}

/** Styles and settings: all but the content. */
export interface Look {
  /** What is mixed. */
  styles: readonly StyleShare[];
  /** As the controls have them. */
  settings: Settings;
}

/** A style of the shelf and its share of the mixture. */
export interface StyleShare {
  /** See {@linkcode Requests.addStyle}. */
  style: number;
  /** 0 or more; only the ratios count. */
  weight: number;
}

/** A style that was added. */
export interface AddedStyle {
  /** Number of the style. */
  style: number;
  /** Name, from the file or the pack. */
  name: string;
  /** A small picture of the style, where there is one. */
  thumbnail?: ImageBitmap;
}

/** Requests by name, with what they take and what they give. */
export interface Requests {
  /** Loads the networks. Has to come first. */
  start: {
    takes: { assets: string; threads: number; backend: BackendName | "auto" };
    gives: Started;
  };
  /** Takes a file as the content. One of more pixels than `maxPixels` is made smaller. */
  setContent: { takes: { file: Blob; maxPixels: number }; gives: Size };
  /** The content as the library sees it, where the browser itself cannot show it. */
  showContent: { takes: Record<string, never>; gives: Shown };
  /**
   * Takes a picture as one style, or a pack as all that it holds. A picture on the host, by its
   * URL, is fetched when it is first used.
   */
  addStyle: { takes: { source: Blob | string; name: string }; gives: AddedStyle[] };
  /** Does what needs no content, so that the first result comes sooner. */
  prepare: { takes: Look; gives: void };
  /**
   * Stylizes the content at a short side, or at its own size where that is less or none is given.
   * A newer request stops an older one.
   */
  stylize: {
    takes: Look & { shortSide?: number; mask?: ImageData };
    gives: Shown & { isFull: boolean; seconds: number };
  };
  /** Stylizes pixels that do not become the content: a frame of a video. */
  stylizeFrame: { takes: Look & { frame: ImageBitmap }; gives: Shown };
  /** Stylizes a file that does not become the content, and adds the result to the archive. */
  archive: { takes: Look & { file: File; maxPixels: number; format: FileFormat }; gives: void };
  /** The archive as a ZIP file; a new one begins. */
  takeArchive: { takes: Record<string, never>; gives: Blob };
  /** Stops what is being stylized. */
  stop: { takes: Record<string, never>; gives: void };
  /** The last result at full size as a file. */
  encode: { takes: { format: FileFormat }; gives: Blob };
  /** Styles as a pack that the command line reads, too. */
  writePack: { takes: { styles: readonly number[]; styleSize: number }; gives: Blob };
}

/** Formats that results can be downloaded in. */
export type FileFormat = "png" | "jpeg" | "webp";

/** What runs, once it runs. */
export interface Started {
  /** Name of the backend: `"wasm"`. */
  backend: string;
  /** Device in words: `"2 threads"`. */
  device: string;
  /** Why no other backend runs, as a sentence; empty where the fastest does. */
  reason: string;
}

/** A picture to be shown. */
export interface Shown {
  /** Handed over, not copied. */
  image: ImageBitmap;
}

/** Of an image, in pixels. */
export interface Size {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/** Name of a request. */
export type RequestName = keyof Requests;

/** A request on its way. */
export type Message = {
  [Name in RequestName]: { id: number; name: Name; takes: Requests[Name]["takes"] };
}[RequestName];

/** An answer on its way. */
export type Answer =
  | { id: number; result: Requests[RequestName]["gives"] }
  | { id: number; error: string; isStopped: boolean }
  | { id: number; progress: number };

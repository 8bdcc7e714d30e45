/**
 * What this browser and device are trusted with.
 *
 * @module
 */

import type { BackendName } from "../../src/mod.ts";

/** Safari, and all browsers on iOS, which are Safari within. */
const IS_SAFARI = /^((?!chrome|chromium|android).)*safari/i.test(navigator.userAgent);

const IS_PHONE = /iphone|ipad|android/i.test(navigator.userAgent) ||
  (navigator.maxTouchPoints > 1 && /macintosh/i.test(navigator.userAgent));

/** How many threads the networks may have. Those of Safari fail now and then, silently. */
export function threadsHere(): number {
  return crossOriginIsolated && !IS_SAFARI ? Math.max(1, navigator.hardwareConcurrency) : 1;
}

/** What the networks are to run on. In Safari, WebGPU runs out of memory after some time. */
export function backendHere(): BackendName | "auto" {
  return IS_SAFARI ? "builtin" : "auto";
}

/** How many pixels a picture may have. */
export function maxPixelsHere(): number {
  return IS_PHONE ? 12e6 : 64e6;
}

/**
 * What is drawn at random: by a text, so that every run and every machine draws the same.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** Whole numbers that are drawn from. */
const RANGE = 2 ** 48;

/** A whole number from 0 to below a limit, as good as random, for a text. */
export function draw(text: string, limit: number): number {
  return drawLarge(text) % limit;
}

/** A number from 0 to below 1, as good as random, for a text. */
export function drawShare(text: string): number {
  return drawLarge(text) / RANGE;
}

function drawLarge(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6);
}

import { viewOf } from "../../util/bytes.ts";

/** Colorants of sRGB, adapted to the white D50: X, Y and Z of red, green and blue (ICC's sRGB v4). */
export const COLORANTS: Record<"rXYZ" | "gXYZ" | "bXYZ", readonly [number, number, number]> = {
  rXYZ: [0.43607, 0.22249, 0.01392],
  gXYZ: [0.38515, 0.71687, 0.09708],
  bXYZ: [0.14307, 0.06061, 0.7141],
};
const WHITE = [0.9642, 1, 0.8249];

/** Of the curve of IEC 61966-2-1: exponent, and a, b, c, d of ICC's third parametric function. */
export const CURVE: readonly number[] = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

/** An ICC profile of sRGB, of some five hundred bytes. */
export function srgbProfile(): Uint8Array {
  const tags = [
    ["desc", text("sRGB")] as const,
    ["cprt", text("Public domain")] as const,
    ...Object.entries({ ...COLORANTS, wtpt: WHITE }).map(([name, xyz]) =>
      [name, tag("XYZ ", xyz)] as const
    ),
    ...["rTRC", "gTRC", "bTRC"].map((name) => [name, tag("para", CURVE, 3)] as const),
  ];
  const start = 128 + 4 + 12 * tags.length;
  const size = tags.reduce((sum, [, body]) => sum + body.length, start);
  const profile = new Uint8Array(size);
  const view = viewOf(profile);
  const write = (at: number, text: string) => profile.set(new TextEncoder().encode(text), at);
  view.setUint32(0, size);
  view.setUint32(8, 0x04200000);
  write(12, "mntrRGB XYZ ");
  write(36, "acsp");
  WHITE.forEach((value, index) => view.setInt32(68 + 4 * index, Math.round(value * 65536)));
  view.setUint32(128, tags.length);
  let at = start;
  tags.forEach(([name, body], index) => {
    write(132 + 12 * index, name);
    view.setUint32(136 + 12 * index, at);
    view.setUint32(140 + 12 * index, body.length);
    profile.set(body, at);
    at += body.length;
  });
  return profile;
}

/** The body of a tag of text: one, in American English. */
function text(words: string): Uint8Array {
  const [head, length] = [28, 2 * words.length];
  const body = new Uint8Array(head + length + length % 4);
  const view = viewOf(body);
  body.set(new TextEncoder().encode("mluc"));
  view.setUint32(8, 1);
  view.setUint32(12, 12);
  body.set(new TextEncoder().encode("enUS"), 16);
  view.setUint32(20, length);
  view.setUint32(24, head);
  for (const [index, letter] of [...words].entries()) {
    view.setUint16(head + 2 * index, letter.charCodeAt(0));
  }
  return body;
}

/** A tag's body: its type, for curves which function they are, and numbers of 16.16 bits. */
function tag(type: string, numbers: readonly number[], kind?: number): Uint8Array {
  const head = kind === undefined ? 8 : 12;
  const body = new Uint8Array(head + 4 * numbers.length);
  const view = viewOf(body);
  body.set(new TextEncoder().encode(type));
  if (kind !== undefined) view.setUint16(8, kind);
  numbers.forEach((value, index) => view.setInt32(head + 4 * index, Math.round(value * 65536)));
  return body;
}

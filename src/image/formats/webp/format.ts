import { ascii } from "../../../util/bytes.ts";
import type { Animated, Format, Writable } from "../format.ts";

/** Offset of the byte with the flag of a file of several frames (RFC 9649). */
const FLAGS = 20;

/** The flag itself. */
const ANIMATED = 0x02;

/** WebP. */
export const webp: Format<"webp"> & Writable & Animated = {
  name: "webp",
  label: "WebP",
  suffixes: ["webp"],
  signature: /^RIFF....WEBP/s,
  container: () => import("./container.ts"),
  codec: () => import("./codec.ts"),
  output: {
    depths: [8],
    maxSide: 16_383,
    isLossy: true,
    inBands: false,
    encoder: () => import("./encoder.ts"),
  },
  animation: {
    isAnimated: (start) =>
      ascii(start, 12, 16) === "VP8X" && ((start[FLAGS] ?? 0) & ANIMATED) !== 0,
    decoder: () => import("./codec.ts"),
    encoder: () => import("./encoder.ts"),
  },
};

import { ascii } from "../../../util/bytes.ts";
import type { Format } from "../format.ts";

/** The flag of a file of several frames, in the byte at this offset (RFC 9649). */
const [ANIMATED, FLAGS] = [0x02, 20];

/** WebP. */
export const webp = {
  name: "webp",
  label: "WebP",
  suffixes: ["webp"],
  signature: /^RIFF....WEBP/s,
  deepBits: [],
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
} as const satisfies Format;

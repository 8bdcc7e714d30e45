import type { Format } from "../format.ts";

/** Portable Network Graphics. */
export const png = {
  name: "png",
  label: "PNG",
  suffixes: ["png"],
  signature: /^\x89PNG\r\n.\n/s,
  deepBits: [16],
  container: () => import("./container.ts"),
  codec: () => import("./codec.ts"),
  output: {
    depths: [8, 16],
    isLossy: false,
    inBands: true,
    encoder: () => import("./encoder.ts"),
  },
} as const satisfies Format;

import type { Format, Writable } from "../format.ts";

/** Portable Network Graphics. */
export const png: Format<"png"> & Writable = {
  name: "png",
  label: "PNG",
  suffixes: ["png"],
  signature: /^\x89PNG\r\n.\n/s,
  container: () => import("./container.ts"),
  codec: () => import("./codec.ts"),
  output: {
    depths: [8, 16],
    isLossy: false,
    inBands: true,
    encoder: () => import("./encoder.ts"),
  },
};

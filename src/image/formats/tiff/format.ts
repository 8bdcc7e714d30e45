import type { Format, Writable } from "../format.ts";

/** Tagged Image File Format. */
export const tiff: Format<"tiff"> & Writable = {
  name: "tiff",
  label: "TIFF",
  suffixes: ["tif", "tiff"],
  signature: /^(II[*+]\0|MM\0[*+])/, // A plus: BigTIFF.
  container: () => import("./container.ts"),
  codec: () => import("./codec.ts"),
  output: {
    depths: [8, 16],
    isLossy: false,
    inBands: true,
    encoder: () => import("./encoder.ts"),
  },
};

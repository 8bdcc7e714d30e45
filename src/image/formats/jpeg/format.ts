import type { Format, Writable } from "../format.ts";

/** JPEG, in the containers JFIF and EXIF. */
export const jpeg: Format<"jpeg"> & Writable = {
  name: "jpeg",
  label: "JPEG",
  suffixes: ["jpg", "jpeg"],
  signature: /^\xff\xd8\xff/,
  container: () => import("./container.ts"),
  codec: () => import("./codec.ts"),
  output: {
    depths: [8],
    maxSide: 65_500,
    isLossy: true,
    inBands: true,
    encoder: () => import("./encoder.ts"),
  },
};

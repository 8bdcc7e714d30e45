import type { Format } from "../format.ts";

/** JPEG, in the containers JFIF and EXIF. */
export const jpeg = {
  name: "jpeg",
  label: "JPEG",
  suffixes: ["jpg", "jpeg"],
  signature: /^\xff\xd8\xff/,
  deepBits: [],
  container: () => import("./container.ts"),
  codec: () => import("./codec.ts"),
  output: {
    depths: [8],
    maxSide: 65_500,
    isLossy: true,
    inBands: true,
    encoder: () => import("./encoder.ts"),
  },
} as const satisfies Format;

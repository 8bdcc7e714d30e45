import type { Format, Writable } from "../format.ts";

/** AV1 Image File Format. */
export const avif: Format<"avif"> & Writable = {
  name: "avif",
  label: "AVIF",
  suffixes: ["avif"],
  signature: /^....ftyp(avi[fs]|(mif1|msf1).*avi[fs])/s,
  container: () => import("./container.ts"),
  codec: () => import("./codec.ts"),
  output: {
    depths: [8],
    maxSide: 65_536,
    isLossy: true,
    inBands: false,
    encoder: () => import("./encoder.ts"),
  },
};

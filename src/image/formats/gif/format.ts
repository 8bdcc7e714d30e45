import type { Animated, Format } from "../format.ts";

/** Graphics Interchange Format. It is written for animations only. */
export const gif: Format<"gif"> & Animated = {
  name: "gif",
  label: "GIF",
  suffixes: ["gif"],
  signature: /^GIF8[79]a/,
  container: () => import("./container.ts"),
  codec: () => import("./codec.ts"),
  animation: {
    isAnimated: () => true, // How many frames there are is known at the end of the file only.
    decoder: () => import("./codec.ts"),
    encoder: () => import("./encoder.ts"),
  },
};

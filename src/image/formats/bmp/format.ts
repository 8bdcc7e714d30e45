import type { Format } from "../format.ts";

/** Windows bitmap. It is only read. */
export const bmp: Format<"bmp"> = {
  name: "bmp",
  label: "BMP",
  suffixes: ["bmp"],
  signature: /^BM.{12}[\f\cP-@l|]\0\0\0/s, // Behind: the length of a header.
  container: () => import("./container.ts"),
  codec: () => import("./codec.ts"),
};

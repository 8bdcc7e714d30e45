import type { Format } from "../format.ts";

/** Windows bitmap. It is only read. */
export const bmp: Format<"bmp"> = {
  name: "bmp",
  label: "BMP",
  suffixes: ["bmp"],
  signature: /^BM.{12}[\f(48@l|]\0\0\0/s,
  container: () => import("./container.ts"),
  codec: () => import("./codec.ts"),
};

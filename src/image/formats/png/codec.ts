import { concatenate, viewOf } from "../../../util/bytes.ts";
import type { Pixels, Samples } from "../../pixels.ts";
import { chunks, isIntact } from "./container.ts";
import { readRows } from "./rows.ts";

/** See {@linkcode Codec}. */
export function decode(bytes: Uint8Array): Promise<Pixels> {
  return read(bytes, (length) => new Uint8ClampedArray(length));
}

/** See {@linkcode Codec}. */
export function decodeDeep(bytes: Uint8Array): Promise<Pixels<Uint16Array>> {
  return read(bytes, (length) => new Uint16Array(length));
}

/** Chunks that make the picture; others may be damaged. */
const CRITICAL = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];

async function read<S extends Samples>(
  bytes: Uint8Array,
  allocate: (length: number) => S,
): Promise<Pixels<S>> {
  const all = [...chunks(bytes)].filter(({ name }) => CRITICAL.includes(name));
  if (!all.every(isIntact)) throw new Error("A checksum differs");
  const body = (name: string) => all.find((chunk) => chunk.name === name)?.body;
  const head = viewOf(body("IHDR") ?? new Uint8Array());
  const [width, height] = [head.getUint32(0), head.getUint32(4)];
  const data = allocate(4 * width * height);
  const layout = {
    ...{ width, height },
    bits: head.getUint8(8),
    type: head.getUint8(9),
    isInterlaced: head.getUint8(12) === 1,
    palette: body("PLTE") ?? new Uint8Array(),
    transparency: body("tRNS"),
  };
  const packed = all.filter(({ name }) => name === "IDAT").map(({ body }) => body);
  await readRows(concatenate(packed), layout, data);
  return { data, width, height };
}

import { viewOf } from "../../../util/bytes.ts";
import { decodeWithMagick } from "../magick.ts";
import { type Pixels, toSixteenBits } from "../../pixels.ts";
import { Tag, Tiff } from "../../metadata/tiff_directory.ts";

/** See {@linkcode Codec}. */
export function decode(bytes: Uint8Array): Promise<Pixels> {
  return decodeWithMagick(bytes, "TIFF");
}

/** See {@linkcode Codec}. */
export async function decodeDeep(bytes: Uint8Array): Promise<Pixels<Uint16Array>> {
  const { fromArrayBuffer } = await import("geotiff");
  const tiff = new Tiff(viewOf(bytes));
  const image = await (await fromArrayBuffer(bytes.slice().buffer)).getImage(0);
  const [width, height, count] = [image.getWidth(), image.getHeight(), image.getSamplesPerPixel()];
  const photometric = tiff.number(Tag.photometric) ?? -1;
  const colors = [1, 1, 3][photometric];
  const hasAlpha = count - 1 === colors && tiff.number(Tag.extraSamples) === UNASSOCIATED;
  const samples = hasAlpha || count === colors
    ? await image.readRasters({ interleave: true })
    : undefined;
  // What is none of the usual kinds, such as CMYK, is read in 8 bits.
  if (!(samples instanceof Uint16Array)) return toSixteenBits(await decode(bytes));
  const data = new Uint16Array(4 * width * height).fill(65535);
  const inverted = photometric === WHITE_IS_ZERO ? 65535 : 0;
  for (let from = 0, to = 0; to < data.length; from += count, to += 4) {
    for (let channel = 0; channel < 3; channel++) {
      data[to + channel] = samples[from + channel % colors!]! ^ inverted;
    }
    if (hasAlpha) data[to + 3] = samples[from + count - 1]!;
  }
  return { data, width, height };
}

const WHITE_IS_ZERO = 0;
/** Of alpha: colors are not premultiplied by it. */
const UNASSOCIATED = 2;

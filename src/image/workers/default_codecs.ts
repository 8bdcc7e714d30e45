import type { OutputFormat } from "../formats/format.ts";
import { readHeader } from "../header.ts";
import { ImageThread } from "./codec_threads.ts";
import { type ImageWork, onThisThread } from "./codecs.ts";

/**
 * The work on one picture. Files are read on a thread, as anybody may have made them. A large picture
 * has a thread for each part of the work that takes all of it at once: what a codec takes is given
 * back when its thread ends, and never before, since memory of WebAssembly does not shrink.
 */
export const sparingWork: ImageWork = {
  async decode(bytes, ...more) {
    const { width, height } = await readHeader(bytes);
    if (width * height < LARGE) return await (reading ??= new ImageThread()).decode(bytes, ...more);
    using thread = new ImageThread();
    return await thread.decode(bytes, ...more);
  },
  resize: onThisThread.resize,
  async encode(pixels, format, options) {
    if (pixels.width * pixels.height < LARGE || IN_BANDS.includes(format)) {
      return await onThisThread.encode(pixels, format, options);
    }
    using thread = new ImageThread();
    return await thread.encode(pixels, format, options);
  },
};

/** For files of all but large pictures. */
let reading: ImageThread | undefined;

/** Gives back what reading has taken; nothing may be being read. */
export function endReading(): void {
  reading?.[Symbol.dispose]();
  reading = undefined;
}

/** Formats of which a large picture is encoded some rows at a time. */
const IN_BANDS: readonly OutputFormat[] = ["png", "jpeg"];

/** Pixels from which a picture is large: its codec takes 100 MB or more. */
const LARGE = 2 ** 24;

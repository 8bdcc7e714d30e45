import { readHeader } from "../header.ts";
import { ImageThread } from "./image_thread.ts";
import { type ImageWork, onThisThread } from "./image_work.ts";

/**
 * The work on one picture. A large one has a thread for each part of it: what a codec takes is given
 * back when its thread ends, and never before, since memory of WebAssembly does not shrink.
 */
export const sparingWork: ImageWork = {
  async decode(bytes, ...more) {
    const { width, height } = await readHeader(bytes);
    if (width * height < LARGE) return await onThisThread.decode(bytes, ...more);
    using thread = new ImageThread();
    return await thread.decode(bytes, ...more);
  },
  resize: onThisThread.resize,
  async encode(pixels, ...more) {
    if (pixels.width * pixels.height < LARGE) return await onThisThread.encode(pixels, ...more);
    using thread = new ImageThread();
    return await thread.encode(pixels, ...more);
  },
};

/** Pixels from which a picture is large: its codec takes 100 MB or more. */
const LARGE = 2 ** 24;

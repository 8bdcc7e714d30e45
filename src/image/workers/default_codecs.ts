import { outputOf } from "../formats/registry.ts";
import { readHeader } from "../header.ts";
import { type CodecService, inProcessCodecs } from "./codec_service.ts";
import { CodecThreads } from "./codec_threads.ts";

/**
 * The service for one image after another. Files are decoded on a thread, as they may come from
 * anybody. A large image has a thread for each part of the work that takes all of it at once: what a
 * codec takes is released when its thread ends, and never before, since memory of WebAssembly does
 * not shrink.
 */
export const defaultCodecs: CodecService = {
  async decode(bytes, options = {}, shortSide) {
    const header = options.header ?? await readHeader(bytes);
    const settings = { ...options, header };
    if (header.width * header.height < LARGE) {
      return await (idle ??= new CodecThreads()).decode(bytes, settings, shortSide);
    }
    using threads = new CodecThreads();
    return await threads.decode(bytes, settings, shortSide);
  },
  resize: inProcessCodecs.resize,
  async encode(pixels, format, options) {
    if (pixels.width * pixels.height < LARGE || outputOf(format).inBands) {
      return await inProcessCodecs.encode(pixels, format, options);
    }
    using threads = new CodecThreads();
    return await threads.encode(pixels, format, options);
  },
};

/** Decode all but large images. */
let idle: CodecThreads | undefined;

/** Releases the memory that {@linkcode defaultCodecs} keeps between images; none may be in work. */
export function closeIdleCodecs(): void {
  idle?.[Symbol.dispose]();
  idle = undefined;
}

/** Pixels from which an image is large: its codec takes 100 MB or more. */
const LARGE = 2 ** 24;

/** Codecs of formats with several frames, each loaded where it is used. */

/** Reads GIF. */
export const loadGif = () => import("./gif/codec.ts");

/** Reads and writes WebP. */
export const loadWebp = () => import("./webp/codec.ts");

/** Writes GIF. */
export const loadGifEncoder = () => import("./gif/encoder.ts");

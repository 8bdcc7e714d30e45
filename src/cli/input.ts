import { decodeImage } from "../image/decode.ts";
import { detectFormat, type ImageFormat } from "../image/format.ts";
import { ImageError, type Pixels } from "../image/pixels.ts";
import { explainSystemError, FileError, quote } from "./errors.ts";
import { resolvePath } from "./paths.ts";

/** The path that means standard input or output. */
export const STANDARD = "-";

/** A picture that the user named. */
export interface InputImage {
  pixels: Pixels;
  format: ImageFormat;
}

/**
 * Reads a picture from a file, or from standard input where the path is `-`.
 *
 * @throws {FileError} naming the file, if it cannot be read or is no picture.
 */
export async function readImage(path: string): Promise<InputImage> {
  const bytes = await readBytes(path);
  const pixels = await naming(path, decodeImage(bytes));
  return { pixels, format: detectFormat(bytes) };
}

/**
 * Waits for work on a picture.
 *
 * @throws {FileError} naming the picture's file, where the work throws an {@linkcode ImageError}.
 */
export async function naming<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw new FileError(`${describe(path)}: ${error.message}`, { cause: error });
  }
}

/** A path as errors name it. */
export function describe(path: string): string {
  return path === STANDARD ? "Standard input" : quote(path);
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (path === STANDARD) {
    return new Uint8Array(
      await new Response(Deno.stdin.readable).arrayBuffer(),
    );
  }
  try {
    return await Deno.readFile(resolvePath(path));
  } catch (error) {
    throw new FileError(
      `Cannot read ${quote(path)}: ${explainSystemError(error)}`,
      {
        cause: error,
      },
    );
  }
}

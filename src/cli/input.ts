import { decodeImage } from "../image/decode.ts";
import { detectFormat, type ImageFormat } from "../image/format.ts";
import type { Pixels } from "../image/pixels.ts";
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
  try {
    const format = detectFormat(bytes);
    return { pixels: await decodeImage(bytes), format };
  } catch (error) {
    throw new FileError(`${describe(path)}: ${(error as Error).message}`, {
      cause: error,
    });
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

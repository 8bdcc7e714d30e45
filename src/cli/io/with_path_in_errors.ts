import { ImageError } from "../../image/mod.ts";
import { LutError, ModelMismatchError, PackError } from "../../mod.ts";
import { VideoError } from "../../video/mod.ts";
import { FileError } from "../errors.ts";
import { describePath } from "./paths.ts";

/** Errors about what a file holds. */
const FAULTS = [ImageError, LutError, ModelMismatchError, PackError, VideoError];

/**
 * Does work on a file.
 *
 * @throws {FileError} naming the file, if what it holds is at fault.
 */
export async function withPathInErrors<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!FAULTS.some((fault) => error instanceof fault)) throw error;
    throw new FileError(`${describePath(path)}: ${(error as Error).message}`, { cause: error });
  }
}

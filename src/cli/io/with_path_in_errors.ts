import { FileError } from "../errors.ts";
import { describePath } from "./paths.ts";

/** Names of errors about what a file holds. Their classes would load all of the library. */
const FAULTS = ["ImageError", "LutError", "ModelMismatchError", "PackError", "VideoError"];

/**
 * Does work on a file.
 *
 * @throws {FileError} naming the file, if what it holds is at fault.
 */
export async function withPathInErrors<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && FAULTS.includes(error.name))) throw error;
    throw new FileError(`${describePath(path)}: ${error.message}`, { cause: error });
  }
}

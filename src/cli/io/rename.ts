import { exists } from "./paths.ts";

/**
 * Renames a file. Where it may not replace another, the old name can be left beside the new one.
 *
 * @param overwrite whether it may replace another one
 * @throws {Deno.errors.AlreadyExists} if there is one that it may not replace; another run may have
 *     made it since it was looked for.
 */
export async function renameTo(from: string, to: string, overwrite: boolean): Promise<void> {
  await (overwrite ? Deno.rename(from, to) : renameToNew(from, to));
}

/** Renames a file unless there is one of that name: a plain rename would replace it. */
async function renameToNew(from: string, to: string): Promise<void> {
  try {
    await Deno.link(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    // File systems without hard links: the name may be taken between the look and the renaming.
    if (exists(to)) throw new Deno.errors.AlreadyExists();
    await Deno.rename(from, to);
  }
}

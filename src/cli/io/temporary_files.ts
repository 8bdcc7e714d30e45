/**
 * Temporary files beside results: their names, and those that killed runs have left.
 *
 * @module
 */

import { join } from "node:path";
import { beside } from "./paths.ts";

/** A new name for a temporary file, in the folder of another. */
export function temporaryBeside(path: string): string {
  return beside(path, `.linear-style-${crypto.randomUUID()}.part`);
}

/** Name of a temporary file; the part before its ending is the name of the file locked for it. */
const TEMPORARY = /^(\.linear-style-[^.]+\.part)(\.[^.]+)?$/;

/** Folders that this process has searched already. */
const searched = new Set<string>();

/** Removes the temporary files that killed runs have left in a folder; once for each folder. */
export async function removeAbandonedFiles(folder: string): Promise<void> {
  if (searched.has(folder)) return;
  searched.add(folder);
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const [, lock] = TEMPORARY.exec(name) ?? [];
      if (lock) await removeIfAbandoned(join(folder, name), join(folder, lock));
    }
  } catch {
    // A folder that cannot be read is reported where it is written to.
  }
}

/** Removes a temporary file whose lock nobody holds: a lock ends with its process. */
async function removeIfAbandoned(path: string, lock: string): Promise<void> {
  try {
    using file = await Deno.open(lock, { write: true }).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    if (!file || await file.tryLock(true)) await Deno.remove(path);
  } catch {
    // The file belongs to another user, or another run has removed it already.
  }
}

/**
 * Files to be downloaded together.
 *
 * @module
 */

import { zipSync } from "fflate";

/** A ZIP file that grows. */
export class Archive {
  readonly #files: Record<string, Uint8Array> = {};

  /** Adds a file; where the name is taken, under one with a number. */
  add(stem: string, suffix: string, bytes: Uint8Array): void {
    let name = `${stem}.${suffix}`;
    for (let number = 2; name in this.#files; number++) name = `${stem}-${number}.${suffix}`;
    this.#files[name] = bytes;
  }

  /** The ZIP file. Pictures are compressed already: they are only stored. */
  close(): Blob {
    return new Blob([zipSync(this.#files, { level: 0 }) as Uint8Array<ArrayBuffer>]);
  }
}

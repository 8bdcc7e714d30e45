import type { ClipLook, ClipOptions } from "../../video/mod.ts";
import { FileError, UsageError } from "../errors.ts";
import { describePath } from "../io/paths.ts";
import type { Reporter } from "../io/reporter.ts";
import { checkLutTarget, saveLut } from "../luts.ts";
import type { ClipSettings } from "../options/clip_options.ts";
import type { OutputOptions, StyleOptions } from "../options/types.ts";

/** What a look is kept by. */
type LookOptions = OutputOptions & ClipSettings & Pick<StyleOptions, "photo">;

/** Keeps the look of a clip of photographs as a lookup table, where `--save-lut` asks for that. */
export class KeptLook {
  #look: ClipLook | undefined;

  private constructor(private readonly file: string | undefined, readonly overwrite: boolean) {}

  /**
   * Checks before the work that a look can be kept after it.
   *
   * @throws {UsageError} if there will be none
   * @throws {FileError} if it cannot be written
   */
  static async of({ saveLut, overwrite = false, to }: LookOptions): Promise<KeptLook> {
    if (saveLut !== undefined) {
      if (to) throw new UsageError("--save-lut is of one look: leave out --to");
      await checkLutTarget(saveLut, overwrite);
    }
    return new KeptLook(saveLut, overwrite);
  }

  /** What the clip's options must say to that. */
  get clipOptions(): Pick<ClipOptions, "onLook"> {
    return this.file === undefined ? {} : { onLook: (look) => this.#look = look };
  }

  /** Writes the table, after the last frame. */
  async save(clip: string, reporter: Reporter): Promise<void> {
    if (this.file === undefined) return;
    if (!this.#look) {
      throw new FileError(`${describePath(clip)} has no frames, and so no look to keep`);
    }
    const { map, scenes } = this.#look;
    await saveLut(map, this.file, this.overwrite);
    if (scenes > 1) {
      reporter.note(`${describePath(this.file)} is one look for all ${scenes} scenes of the clip`);
    }
  }
}

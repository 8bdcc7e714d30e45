/**
 * Results that follow the controls: first a small one, at once, then one at full size.
 *
 * @module
 */

import type { Requests } from "../worker/protocol.ts";
import { type Engine, StoppedError } from "./engine.ts";

/** Short side of previews, in pixels. */
const PREVIEW = 192;

/** How long the controls have to rest before the full size is begun, in milliseconds. */
const REST = 400;

/** What a preview needs of the page. */
export interface PreviewTarget {
  /** Styles, settings and mask as they are now; nothing while content or style are missing. */
  read(): Omit<Requests["stylize"]["takes"], "shortSide"> | undefined;
  /** Shows a result. */
  show(result: Requests["stylize"]["gives"]): void;
  /** Shows how far the full size is, 0 to 1; nothing where none is being made. */
  showProgress(share: number | undefined): void;
  /** Shows why there is no result. */
  showError(error: Error): void;
}

/** Keeps the result up to date. */
export class Preview {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isBusy = false;
  #isStale = false;

  constructor(private readonly engine: Engine, private readonly target: PreviewTarget) {}

  /** To be called whenever content, styles or settings change. */
  update(): void {
    clearTimeout(this.#timer);
    this.target.showProgress(undefined);
    this.#isStale = true;
    if (!this.#isBusy) void this.#run();
  }

  /** Stops the work at full size. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#isStale = false;
    this.target.showProgress(undefined);
    void this.engine.ask("stop", {});
  }

  /** One preview after another, as long as there are changes; then the full size. */
  async #run(): Promise<void> {
    this.#isBusy = true;
    let isDone = false;
    while (this.#isStale) {
      this.#isStale = false;
      isDone = await this.#make(PREVIEW);
    }
    this.#isBusy = false;
    if (!isDone) this.#timer = setTimeout(() => void this.#make(), REST);
  }

  /** Makes a result; whether nothing more is to be done. */
  async #make(shortSide?: number): Promise<boolean> {
    const isPreview = shortSide !== undefined;
    let isDone = false;
    try {
      const work = this.target.read();
      if (!work) return true;
      if (!isPreview) this.target.showProgress(0);
      const result = await this.engine.ask(
        "stylize",
        isPreview ? { ...work, shortSide } : work,
        isPreview ? {} : { onProgress: (share) => this.target.showProgress(share) },
      );
      this.target.show(result);
      isDone = result.isFull;
    } catch (error) {
      isDone = true;
      if (!(error instanceof StoppedError)) this.target.showError(error as Error);
    }
    if (!isPreview) this.target.showProgress(undefined);
    return isDone;
  }
}

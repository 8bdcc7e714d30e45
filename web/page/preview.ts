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
const REST = 600;

/** What a preview needs of the page. */
export interface PreviewTarget {
  /** Styles, settings and mask as they are now; nothing while content or style are missing. */
  read(): Omit<Requests["stylize"]["takes"], "shortSide"> | undefined;
  /** Shows a result; `isFull`: at the content's own size. */
  show(image: ImageBitmap, isFull: boolean, seconds: number): void;
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
    this.target.showProgress(undefined);
    void this.engine.ask("stop", {});
  }

  /** One preview after another, as long as there are changes; then the full size. */
  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#isStale) {
      this.#isStale = false;
      await this.#make(PREVIEW);
    }
    this.#isBusy = false;
    this.#timer = setTimeout(() => void this.#make(), REST);
  }

  async #make(shortSide?: number): Promise<void> {
    const work = this.target.read();
    if (!work) return;
    const isFull = shortSide === undefined;
    if (isFull) this.target.showProgress(0);
    try {
      const { image, seconds } = await this.engine.ask(
        "stylize",
        { ...work, ...(isFull ? {} : { shortSide }) },
        isFull ? { onProgress: (share) => this.target.showProgress(share) } : {},
      );
      this.target.show(image, isFull, seconds);
    } catch (error) {
      if (!(error instanceof StoppedError)) this.target.showError(error as Error);
    }
    if (isFull) this.target.showProgress(undefined);
  }
}

/**
 * The shelf of styles: buttons to switch on and off; those that are on are mixed.
 *
 * @module
 */

import type { AddedStyle, StyleShare } from "../worker/protocol.ts";

/** Styles to choose from. */
export class Shelf {
  readonly #chosen: number[] = [];
  readonly #buttons = new Map<number, HTMLButtonElement>();
  readonly #names = new Map<number, string>();
  #isMixing = false;

  /**
   * @param root where the buttons go
   * @param onChange called whenever another mixture is chosen
   */
  constructor(private readonly root: HTMLElement, private readonly onChange: () => void) {}

  /**
   * Adds a style.
   *
   * @param picture URL of a small picture of the style, where it has none with it
   */
  add({ style, name, thumbnail }: AddedStyle, picture?: URL): void {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    if (picture) button.append(imageOf(picture));
    if (thumbnail) button.append(canvasOf(thumbnail));
    button.append(name);
    button.addEventListener("click", (event) => this.#click(style, event));
    this.#buttons.set(style, button);
    this.#names.set(style, name);
    this.root.append(button);
  }

  /** Chooses styles, and no others. */
  choose(styles: readonly number[]): void {
    this.#chosen.splice(0, Infinity, ...styles);
    for (const [style, button] of this.#buttons) {
      button.setAttribute("aria-pressed", String(styles.includes(style)));
    }
    this.onChange();
  }

  /** Whether a click adds a style to the others; else it takes their place. */
  set isMixing(isMixing: boolean) {
    this.#isMixing = isMixing;
    if (!isMixing && this.#chosen.length > 1) this.choose(this.#chosen.slice(0, 1));
  }

  /** A click chooses one style; with Shift, Control or while mixing, it adds or removes it. */
  #click(style: number, { shiftKey, ctrlKey, metaKey }: MouseEvent): void {
    if (!(shiftKey || ctrlKey || metaKey || this.#isMixing)) return this.choose([style]);
    const others = this.#chosen.filter((chosen) => chosen !== style);
    if (others.length === this.#chosen.length) this.choose([...others, style]);
    else if (others.length > 0) this.choose(others);
  }

  /** The styles that are chosen, in the order in which they were. */
  get chosen(): readonly number[] {
    return this.#chosen;
  }

  /** Their names, for files: `mosaic`, `mosaic+strokes`. */
  get name(): string {
    return this.#chosen.map((style) => this.#names.get(style)!).join("+");
  }

  /**
   * The mixture that is chosen.
   *
   * @param balance of two styles: 0 is the first alone, 1 the second
   */
  read(balance: number): StyleShare[] {
    const [first, second] = this.#chosen;
    if (this.#chosen.length !== 2) return this.#chosen.map((style) => ({ style, weight: 1 }));
    return [{ style: first!, weight: 1 - balance }, { style: second!, weight: balance }];
  }
}

/** A picture that the name beside it describes. */
export function imageOf(source: URL): HTMLImageElement {
  const image = document.createElement("img");
  image.src = source.href;
  image.alt = "";
  return image;
}

function canvasOf(bitmap: ImageBitmap): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(bitmap);
  return canvas;
}

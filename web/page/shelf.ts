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

  /**
   * @param root where the buttons go
   * @param onChange called whenever another mixture is chosen
   */
  constructor(private readonly root: HTMLElement, private readonly onChange: () => void) {}

  /** Adds styles, and chooses the first of them where none is chosen or `choose` says so. */
  add(styles: readonly AddedStyle[], choose = false): void {
    for (const style of styles) this.#addButton(style);
    const [first] = styles;
    if (first && (choose || this.#chosen.length === 0)) this.#choose([first.style]);
  }

  #addButton({ style, name, thumbnail }: AddedStyle): void {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.append(name);
    if (thumbnail) {
      const canvas = document.createElement("canvas");
      canvas.width = thumbnail.width;
      canvas.height = thumbnail.height;
      canvas.getContext("2d")!.drawImage(thumbnail, 0, 0);
      button.prepend(canvas);
    }
    button.addEventListener("click", (event) => this.#click(style, event));
    this.#buttons.set(style, button);
    this.root.append(button);
  }

  /** A click chooses one style; with Shift, Control or a second finger it is mixed in. */
  #click(style: number, { shiftKey, ctrlKey, metaKey }: MouseEvent): void {
    const isMixing = shiftKey || ctrlKey || metaKey || this.root.classList.contains("mixing");
    if (!isMixing) return this.#choose([style]);
    const others = this.#chosen.filter((chosen) => chosen !== style);
    if (others.length === this.#chosen.length) this.#choose([...others, style]);
    else if (others.length > 0) this.#choose(others);
  }

  #choose(styles: number[]): void {
    this.#chosen.splice(0, Infinity, ...styles);
    for (const [style, button] of this.#buttons) {
      button.setAttribute("aria-pressed", String(styles.includes(style)));
    }
    this.onChange();
  }

  /** The styles that are chosen, in the order in which they were. */
  get chosen(): readonly number[] {
    return this.#chosen;
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

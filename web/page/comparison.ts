/**
 * Content and result, one over the other, with a divider to drag between them.
 *
 * @module
 */

/** Two canvases and a divider. */
export class Comparison {
  readonly #content: HTMLCanvasElement;
  readonly #result: HTMLCanvasElement;
  readonly #divider: HTMLInputElement;

  /** @param root an element with `.content`, `.result` and an `<input type="range">` in it */
  constructor(readonly root: HTMLElement) {
    this.#content = root.querySelector(".content")!;
    this.#result = root.querySelector(".result")!;
    this.#divider = root.querySelector("input[type=range]")!;
    this.#divider.addEventListener("input", () => this.#divide());
    this.#divide();
  }

  /** Shows a content; there is no result then. The bitmap is taken over. */
  showContent(image: ImageBitmap): void {
    this.root.style.setProperty("--ratio", `${image.width} / ${image.height}`);
    show(this.#content, image);
    this.#result.hidden = true;
    this.root.hidden = false;
  }

  /** Shows a result over the content, at whatever size it has. The bitmap is taken over. */
  showResult(image: ImageBitmap): void {
    show(this.#result, image);
    this.#result.hidden = false;
  }

  #divide(): void {
    this.root.style.setProperty("--divide", `${this.#divider.value}%`);
    this.#divider.setAttribute("aria-valuetext", `${this.#divider.value} % photo`);
  }
}

/** Without a copy of the pixels, which would take the page's thread for too long. */
function show(canvas: HTMLCanvasElement, image: ImageBitmap): void {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(image);
}

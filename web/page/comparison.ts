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

  /** Shows a content; there is no result then. */
  showContent(image: ImageBitmap): void {
    draw(this.#content, image);
    this.root.style.setProperty("--ratio", `${image.width} / ${image.height}`);
    this.#result.hidden = true;
    this.root.hidden = false;
  }

  /** Shows a result over the content, at whatever size it has. The bitmap is closed. */
  showResult(image: ImageBitmap): void {
    draw(this.#result, image);
    image.close();
    this.#result.hidden = false;
  }

  /** The canvas that a mask is painted over. */
  get canvas(): HTMLCanvasElement {
    return this.#content;
  }

  #divide(): void {
    this.root.style.setProperty("--divide", `${this.#divider.value}%`);
  }
}

function draw(canvas: HTMLCanvasElement, image: ImageBitmap): void {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d")!.drawImage(image, 0, 0);
}

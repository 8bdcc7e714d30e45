/**
 * A mask that is painted over the content: where it is painted, the style goes.
 *
 * @module
 */

/** Longest side of the mask, in pixels: painted by hand, a mask has no finer detail. */
const SIDE = 1024;

/** A canvas to paint on. */
export class MaskPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #isPainted = false;
  #last: { x: number; y: number } | undefined;

  /**
   * @param canvas lies over the picture
   * @param brush radius, as a share of the picture's shorter side
   * @param onChange called after each stroke
   */
  constructor(
    canvas: HTMLCanvasElement,
    private readonly brush: () => number,
    private readonly onChange: () => void,
  ) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { willReadFrequently: true })!;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#paint(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.#last) this.#paint(event);
    });
    canvas.addEventListener("pointerup", () => {
      this.#last = undefined;
      this.onChange();
    });
  }

  /** Takes the shape of a picture, with nothing painted. */
  reset({ width, height }: { width: number; height: number }): void {
    const scale = SIDE / Math.max(width, height);
    this.#canvas.width = Math.max(1, Math.round(width * scale));
    this.#canvas.height = Math.max(1, Math.round(height * scale));
    this.#isPainted = false;
  }

  /** White where the style goes; nothing where none was painted: the style goes everywhere. */
  read(): ImageData | undefined {
    if (!this.#isPainted) return undefined;
    const { width, height } = this.#canvas;
    const mask = this.#context.getImageData(0, 0, width, height);
    for (let at = 0; at < mask.data.length; at += 4) {
      mask.data.fill(mask.data[at + 3]!, at, at + 3);
      mask.data[at + 3] = 255;
    }
    return mask;
  }

  #paint({ offsetX, offsetY }: PointerEvent): void {
    const { width, height, clientWidth, clientHeight } = this.#canvas;
    const x = offsetX * width / clientWidth;
    const y = offsetY * height / clientHeight;
    const from = this.#last ?? { x: x - 0.01, y };
    const context = this.#context;
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = 2 * this.brush() * Math.min(width, height);
    context.strokeStyle = "white";
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(x, y);
    context.stroke();
    this.#last = { x, y };
    this.#isPainted = true;
  }
}

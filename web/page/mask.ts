/**
 * A mask over the content: where it is painted, the style goes.
 *
 * @module
 */

/** Longest side of the mask, in pixels: painted by hand, a mask has no finer detail. */
const SIDE = 512;

/** Of what is painted, over the picture. */
const COLOR = "#ff2fa0";

/** A canvas to paint on. */
export class MaskPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #mask: ImageData | undefined;
  #last: { x: number; y: number } | undefined;

  /**
   * @param canvas lies over the picture
   * @param width of the stroke, as a share of the picture's shorter side
   * @param onChange called after each stroke
   */
  constructor(
    canvas: HTMLCanvasElement,
    private readonly width: () => number,
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
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        if (this.#last) this.#finish();
      });
    }
  }

  /** Takes the shape of a picture, with nothing painted. */
  reset({ width, height }: { width: number; height: number }): void {
    const scale = SIDE / Math.max(width, height);
    this.#canvas.width = Math.max(1, Math.round(width * scale));
    this.#canvas.height = Math.max(1, Math.round(height * scale));
    this.#mask = undefined;
  }

  /** Takes a picture, stretched over the content: white is where the style goes, black where not. */
  take(picture: ImageBitmap): void {
    const { width, height } = this.#canvas;
    const context = this.#context;
    context.drawImage(picture, 0, 0, width, height);
    picture.close();
    const image = context.getImageData(0, 0, width, height);
    const { data } = image;
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(COLOR.slice(at, at + 2), 16));
    for (let at = 0; at < data.length; at += 4) {
      const white = Math.round((data[at]! + data[at + 1]! + data[at + 2]!) / 3);
      data[at + 3] = white * data[at + 3]! / 255;
      [data[at], data[at + 1], data[at + 2]] = [red!, green!, blue!];
    }
    context.putImageData(image, 0, 0);
    this.#finish();
  }

  /** White where the style goes; nothing where none was painted: the style goes everywhere. */
  read(): ImageData | undefined {
    return this.#mask;
  }

  #finish(): void {
    this.#last = undefined;
    const { width, height } = this.#canvas;
    const mask = this.#context.getImageData(0, 0, width, height);
    const { data } = mask;
    for (let at = 0; at < data.length; at += 4) {
      data[at] = data[at + 1] = data[at + 2] = data[at + 3]!;
      data[at + 3] = 255;
    }
    this.#mask = mask;
    this.onChange();
  }

  #paint({ offsetX, offsetY }: PointerEvent): void {
    const { width, height, clientWidth, clientHeight } = this.#canvas;
    const x = offsetX * width / clientWidth;
    const y = offsetY * height / clientHeight;
    const from = this.#last ?? { x: x - 0.01, y };
    const context = this.#context;
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = 2 * this.width() * Math.min(width, height);
    context.strokeStyle = COLOR;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(x, y);
    context.stroke();
    this.#last = { x, y };
  }
}

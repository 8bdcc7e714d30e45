import { ImageError } from "../../image/pixels.ts";

/** What `kernel/main.ts` exports, as WebAssembly has it. */
interface Exports {
  memory: WebAssembly.Memory;
  begin(width: number, height: number): void;
  pixels(): number;
  look(): number;
  steady(share: number, changing: boolean): void;
  across(column: number, row: number): number;
  down(column: number, row: number): number;
}

let compiled: WebAssembly.Module | undefined;

/** The compiled part of a {@linkcode Steadier}, for the frames of one clip. */
export class Kernel {
  readonly #exports: Exports;
  /** Where a frame is put, and found when it has been steadied: RGBA, 8 bits a channel. */
  readonly pixels: Uint8ClampedArray;

  /**
   * @param width of its frames, in pixels
   * @param height the same
   * @throws {ImageError} if there is not the memory for frames of that size.
   */
  constructor(width: number, height: number) {
    compiled ??= new WebAssembly.Module(
      Deno.readFileSync(new URL("./kernel/stabilizer.wasm", import.meta.url)),
    );
    this.#exports = new WebAssembly.Instance(compiled).exports as unknown as Exports;
    try {
      this.#exports.begin(width, height);
    } catch (cause) {
      const reason = `Frames of ${width}×${height} px are too large for the stabilizer`;
      throw new ImageError(reason, { cause, code: "frames-too-large" });
    }
    // All memory is taken by now: the array stays valid.
    const { memory, pixels } = this.#exports;
    this.pixels = new Uint8ClampedArray(memory.buffer, pixels(), 4 * width * height);
  }

  /** Looks at the content of the next frame. Returns whether another scene begins with it. */
  look(): boolean {
    return this.#exports.look() !== 0;
  }

  /** Steadies the painted frame of that content, by a share, 0..1, of the one before it. */
  steady(share: number, changing: boolean): void {
    this.#exports.steady(share, changing);
  }

  /** How far to the right, and down, a pixel of half the size was before, in such pixels. */
  motion(column: number, row: number): [across: number, down: number] {
    return [this.#exports.across(column, row), this.#exports.down(column, row)];
  }
}

import { ImageError } from "../../image/image_error.ts";
import { readAsset } from "../../util/asset.ts";

/** What `kernel/main.ts` exports, as WebAssembly has it. */
interface Exports {
  memory: WebAssembly.Memory;
  begin(width: number, height: number): void;
  pixels(): number;
  analyze(): number;
  stabilize(share: number, changing: boolean): void;
  flowU(column: number, row: number): number;
  flowV(column: number, row: number): number;
}

/** Compiled once, for all clips. */
let compiled: Promise<WebAssembly.Module> | undefined;

/** The compiled part of a stabilizer, for the frames of one clip. */
export class Kernel {
  #pixels: Uint8ClampedArray | undefined;

  private constructor(private readonly exports: Exports) {}

  /** Instantiates the kernel. */
  static async load(): Promise<Kernel> {
    const url = new URL("./kernel/stabilizer.wasm", import.meta.url);
    compiled ??= readAsset(url).then((bytes) => WebAssembly.compile(bytes));
    const instance = await WebAssembly.instantiate(await compiled);
    return new Kernel(instance.exports as unknown as Exports);
  }

  /**
   * Where frames are put, and stabilized ones are taken from: RGBA, 8 bits a channel.
   *
   * @param width width of all frames of the clip, in pixels
   * @param height the same
   * @throws {ImageError} if there is not the memory for frames of that size.
   */
  pixels(width: number, height: number): Uint8ClampedArray {
    return this.#pixels ??= this.#allocate(width, height);
  }

  /** Analyzes the content of the next frame. Returns whether another scene begins with it. */
  analyze(): boolean {
    return this.exports.analyze() !== 0;
  }

  /** Stabilizes the stylized frame of that content, by a share, 0..1, of the previous result. */
  stabilize(share: number, changing: boolean): void {
    this.exports.stabilize(share, changing);
  }

  /** Where a pixel of half the size was before, relative to it, in such pixels: right, down. */
  flow(column: number, row: number): [u: number, v: number] {
    return [this.exports.flowU(column, row), this.exports.flowV(column, row)];
  }

  #allocate(width: number, height: number): Uint8ClampedArray {
    try {
      this.exports.begin(width, height);
    } catch (cause) {
      const reason = `Frames of ${width}×${height} px are too large for the stabilizer`;
      throw new ImageError(reason, { cause, code: "frames-too-large" });
    }
    // The kernel allocates no more memory from here on: the array stays valid.
    const { memory, pixels } = this.exports;
    return new Uint8ClampedArray(memory.buffer, pixels(), 4 * width * height);
  }
}

import type { Tensor } from "../backend.ts";

/** A tensor in the program's own memory. */
export class HostTensor implements Tensor {
  readonly location = "cpu";

  constructor(readonly data: Float32Array, readonly dims: readonly number[]) {}

  getData(): Promise<Float32Array> {
    return Promise.resolve(this.data);
  }

  /** Does nothing: garbage collection frees it. */
  dispose(): void {}
}

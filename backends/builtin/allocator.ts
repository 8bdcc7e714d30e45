/** A part of memory. */
interface Block {
  address: number;
  bytes: number;
}

/** Hands out parts of memory: the first that is large enough. */
export class Allocator {
  /** What is free, by address, never two next to each other. The last has no end. */
  readonly #free: Block[];
  readonly #taken = new Map<number, number>();

  constructor(start: number) {
    this.#free = [{ address: start, bytes: Infinity }];
  }

  /** Takes some bytes, a multiple of 64, and returns their address. */
  take(bytes: number): number {
    const index = this.#free.findIndex((block) => block.bytes >= bytes);
    const block = this.#free[index]!;
    const { address } = block;
    block.address += bytes;
    block.bytes -= bytes;
    if (block.bytes === 0) this.#free.splice(index, 1);
    this.#taken.set(address, bytes);
    return address;
  }

  /** Gives back what was taken at an address. */
  give(address: number): void {
    const bytes = this.#taken.get(address)!;
    this.#taken.delete(address);
    let index = this.#free.findIndex((block) => block.address > address);
    const [before, after] = [this.#free[index - 1], this.#free[index]!];
    const block = { address, bytes };
    if (before && before.address + before.bytes === address) {
      before.bytes += bytes;
      index--;
    } else this.#free.splice(index, 0, block);
    const grown = this.#free[index]!;
    if (grown.address + grown.bytes === after.address) {
      grown.bytes += after.bytes;
      this.#free.splice(index + 1, 1);
    }
  }
}

/** Does work that must not overlap, such as that of the networks, in the order in which it is asked for. */
export class OneAtATime {
  /** Ends when the work before has ended. */
  #last: Promise<unknown> = Promise.resolve();

  /** Does work after all that was asked for before. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

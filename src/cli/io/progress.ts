/** One line on standard error, of a terminal only, that says what is going on. */
export class Progress {
  #shown = false;
  #started = performance.now();

  constructor(
    private readonly enabled: boolean = Deno.stderr.isTerminal(),
  ) {}

  /** Names the step that begins now. */
  step(text: string): void {
    if (!this.enabled) return;
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
    this.#write(`\r\x1b[K${text} (${seconds} s)`);
    this.#shown = true;
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) this.#write("\r\x1b[K");
    this.#shown = false;
  }

  #write(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}

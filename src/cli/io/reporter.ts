import { describeError } from "../errors.ts";

/** Options of all subcommands that report what they do. */
export interface ReportOptions {
  quiet?: boolean;
  verbose?: boolean;
}

/** Whether the last line on the terminal is that of a step, which is to be replaced. */
let hasStatus = false;

/** Tells the user, on standard error, what is going on. */
export class Reporter {
  readonly #quiet: boolean;
  readonly #verbose: boolean;
  readonly #started = performance.now();

  /** Reports nothing but errors if `quiet`, and more than usual if `verbose`. */
  constructor({ quiet = false, verbose = false }: ReportOptions = {}) {
    this.#quiet = quiet;
    this.#verbose = verbose;
  }

  /** Shows the step that begins now, in a line that the next one replaces; on a terminal only. */
  step(text: string): void {
    if (this.#quiet || !Deno.stderr.isTerminal()) return;
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
    write(`\r\x1b[K${text} (${seconds} s)`);
    hasStatus = true;
  }

  /** Removes the line of the last step. */
  clear(): void {
    if (hasStatus) write("\r\x1b[K");
    hasStatus = false;
  }

  /** Reports something that the user may not expect. */
  note(text: string): void {
    if (!this.#quiet) this.#line(`note: ${text}`);
  }

  /** Reports a result. */
  result(text: string): void {
    if (!this.#quiet) this.#line(text);
  }

  /** Reports a detail that is of interest with `--verbose` only. */
  detail(text: string): void {
    if (this.#verbose) this.#line(text);
  }

  /** Reports an error in one line; with `--verbose`, its stack follows. */
  error(error: unknown): void {
    this.#line(`error: ${describeError(error)}`);
    if (this.#verbose && error instanceof Error) this.#line(Deno.inspect(error));
  }

  #line(text: string): void {
    this.clear();
    write(`${text}\n`);
  }
}

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += Deno.stderr.writeSync(bytes.subarray(sent));
}

import { Buffer } from "node:buffer";
import { commandLine, PROJECT, type Result } from "./program.ts";

/** Command lines after which a process makes way for another, as it keeps all networks it loaded. */
const LINES = 20;

/**
 * The real program, with exactly the permissions that its tasks grant, in processes that run one
 * command line after another: what is about results and messages need not start it each time. What
 * is about a process, such as signals, pipes and standard input, has one of its own.
 */
export class Session implements AsyncDisposable {
  readonly #children = new Map<string, Child>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param cwd folder that paths start from */
  constructor(private readonly cwd: string) {}

  /** Runs a subcommand as its task would, after all that was asked for before. */
  run(args: string[]): Promise<Result> {
    const result = this.#last.then(() => this.#run(args));
    this.#last = result.catch(() => {});
    return result;
  }

  async #run(args: string[]): Promise<Result> {
    const [main, child] = [`${PROJECT}main.ts`, `${PROJECT}tests/helpers/session_child.ts`];
    const command = commandLine(args);
    const options = command.slice(0, command.indexOf(main));
    const key = options.join(" ");
    if (this.#children.get(key)?.runs === LINES) {
      await this.#children.get(key)!.end();
      this.#children.delete(key);
    }
    if (!this.#children.has(key)) {
      this.#children.set(key, new Child([...options, child], this.cwd));
    }
    return await this.#children.get(key)!.run(args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.end()));
  }
}

/** A process that runs command lines. */
class Child {
  runs = 0;
  readonly #mark = crypto.randomUUID();
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #streams: Marked[];

  constructor(args: string[], cwd: string) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [...args, this.#mark],
      cwd,
      env: { XDG_RUNTIME_DIR: "/tmp", NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    const { stdout, stderr } = this.#process;
    this.#streams = [stdout, stderr].map((stream) => new Marked(stream, this.#mark));
  }

  async run(args: string[]): Promise<Result> {
    this.runs++;
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(args)}\n`));
    const [stdout, stderr] = await Promise.all(this.#streams.map((stream) => stream.next()));
    return { ...stdout!, stdout: stdout!.bytes, stderr: stderr!.bytes.toString() };
  }

  async end(): Promise<void> {
    await this.#input.close();
    await Promise.all(this.#streams.map((stream) => stream.end()));
    await this.#process.status;
  }
}

/** A stream in parts, each of which ends with a mark and an exit code of three characters. */
class Marked {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest = Buffer.alloc(0);

  constructor(stream: ReadableStream<Uint8Array>, private readonly mark: string) {
    this.#reader = stream.getReader();
  }

  async next(): Promise<{ bytes: Buffer<ArrayBuffer>; code: number }> {
    for (;;) {
      const at = this.#rest.indexOf(this.mark);
      const end = at + this.mark.length + 3;
      if (at >= 0 && this.#rest.length >= end) {
        const code = Number(this.#rest.toString("latin1", end - 3, end));
        const bytes = Buffer.from(this.#rest.subarray(0, at));
        this.#rest = this.#rest.subarray(end);
        return { bytes, code };
      }
      const { value } = await this.#reader.read();
      if (!value) throw new Error(`The program ended: ${this.#rest}`);
      this.#rest = Buffer.concat([this.#rest, value]);
    }
  }

  /** Reads what is left. */
  async end(): Promise<void> {
    while (!(await this.#reader.read()).done);
  }
}

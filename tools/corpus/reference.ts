import type { Pixels } from "../../src/image/mod.ts";

/** Decodes files by libraries of Python, in a process of their own. */
export class Reference implements Disposable {
  #process: Deno.ChildProcess | undefined;
  #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #output: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** What was read beyond the last answer. */
  #rest = new Uint8Array();

  /** @param limit how long a file may take, in milliseconds */
  constructor(private readonly limit: number) {}

  /** The first frame, upright and in sRGB, or why there is none. */
  async decode(library: "pillow" | "vips", path: string): Promise<Pixels | string> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<string>((done) => {
      timer = setTimeout(() => done("too slow"), this.limit);
    });
    try {
      const answer = await Promise.race([this.#ask(library, path), late]);
      if (answer === "too slow") this.#end();
      return answer;
    } catch (error) {
      this.#end();
      return `the process ended: ${(error as Error).message}`;
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  #end(): void {
    try {
      this.#process?.kill();
    } catch {
      // It has ended already.
    }
    this.#process = undefined;
  }

  #start(): void {
    const script = new URL("./reference.py", import.meta.url).pathname;
    this.#process = new Deno.Command("python3", {
      args: [script],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.getReader();
    this.#rest = new Uint8Array();
  }

  async #ask(library: string, path: string): Promise<Pixels | string> {
    if (!this.#process) this.#start();
    const request = JSON.stringify({ library, path: await Deno.realPath(path) });
    await this.#input!.write(new TextEncoder().encode(`${request}\n`));
    const head = new DataView((await this.#read(4)).buffer);
    const answer = JSON.parse(new TextDecoder().decode(await this.#read(head.getUint32(0))));
    if ("error" in answer) return answer.error;
    const { width, height } = answer as { width: number; height: number };
    const data = new Uint8ClampedArray((await this.#read(4 * width * height)).buffer);
    return { data, width, height };
  }

  async #read(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#output!.read();
        if (done) throw new Error("no answer");
        this.#rest = new Uint8Array(value);
      }
      const part = this.#rest.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return bytes;
  }
}

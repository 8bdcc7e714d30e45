/** Runs the command lines that come on standard input; see {@linkcode Session}. */

import { run } from "../../src/cli/run.ts";

const [mark] = Deno.args;
const text = new TextEncoder();
let rest = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop()!;
  for (const line of lines) {
    const code = await run(JSON.parse(line));
    // Both streams end so, whatever was written to them.
    for (const stream of [Deno.stdout, Deno.stderr]) {
      stream.writeSync(text.encode(`${mark}${String(code).padStart(3)}`));
    }
  }
}
Deno.exit(0);

// deno-lint-ignore-file no-console -- A program that prints.

/** Decodes what is on standard input, and prints by how many bytes the process grew meanwhile. */

import { decodeImage, ImageError } from "../../src/mod.ts";

const bytes = await new Response(Deno.stdin.readable).bytes();
const before = Deno.memoryUsage().rss;
try {
  await decodeImage(bytes);
} catch (error) {
  if (!(error instanceof ImageError)) throw error;
}
console.log(Deno.memoryUsage().rss - before);

/**
 * Node has no `fetch` for `file:` URLs, by which this library and the codecs that it uses load their
 * WebAssembly. Where that is so, `fetch` is taught to read files; all else is left to Node.
 *
 * @module
 */

/** What is used of Node. Deno and Bun fetch files themselves. */
interface NodeProcess {
  versions?: { node?: string; bun?: string; deno?: string };
  getBuiltinModule?(name: "node:fs/promises"): { readFile(url: URL): Promise<Uint8Array> };
}

/** Makes {@linkcode fetch} read files, under Node. */
function teachFetch({ getBuiltinModule, versions }: NodeProcess): void {
  const isNode = versions?.node && !versions.bun && !versions.deno;
  if (!isNode || !getBuiltinModule) return;
  const { readFile } = getBuiltinModule("node:fs/promises");
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (!url.startsWith("file:")) return await original(input, init);
    const type = url.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    const bytes = await readFile(new URL(url)) as Uint8Array<ArrayBuffer>;
    return new Response(bytes, { headers: { "content-type": type } });
  };
}

teachFetch((globalThis as { process?: NodeProcess }).process ?? {});

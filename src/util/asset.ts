import "./file_fetch.ts";

/**
 * Reads a file that belongs to the program: a model, or compiled WebAssembly.
 *
 * `fetch` reads `file:` URLs under Deno, and whatever the page is served from in a browser.
 *
 * @throws {TypeError} if the file cannot be read.
 */
export async function readAsset(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new TypeError(`Cannot read ${url}: status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

// deno-lint-ignore-file no-console -- A program that prints.

/**
 * Builds the page and serves it on localhost, as any static host would: without special headers.
 *
 * @module
 */

import { buildPage } from "./build.ts";

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  wasm: "application/wasm",
  jpg: "image/jpeg",
  svg: "image/svg+xml",
};

/**
 * Serves a folder.
 *
 * @param port of localhost; 0 takes one that is free
 * @param onRequest told the path of each file that is asked for
 */
export function serve(
  folder: string,
  port: number,
  onRequest: (path: string) => void = () => {},
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "localhost", port, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    onRequest(path);
    if (path.includes("..")) return new Response(null, { status: 404 });
    try {
      const type = TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
      const file = await Deno.readFile(`${folder}${decodeURIComponent(path)}`);
      return new Response(file, { headers: { "content-type": type } });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}

if (import.meta.main) {
  const folder = "dist";
  await buildPage(folder);
  const { addr } = serve(folder, Number(Deno.args[0] ?? 8000));
  console.log(`The page is at http://localhost:${addr.port}/ (and in ${folder}/, for any host)`);
}

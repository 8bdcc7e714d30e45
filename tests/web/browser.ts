/** A real browser on the page, for tests: Chromium, headless. */

import { launch, type Page } from "puppeteer-core";
import { buildPage } from "../../web/build.ts";
import { serve } from "../../web/serve.ts";

/** Where Chromium is, if it is there. */
export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** The page in a browser, and what went wrong there. */
export interface OpenPage extends AsyncDisposable {
  page: Page;
  /** Address of the page. */
  url: string;
  /** Errors and warnings of the console, and requests to elsewhere. */
  complaints: string[];
  /** Paths that the server was asked for. */
  requested: ReadonlySet<string>;
  /** The server, to be ended for offline use. */
  stopServer(): Promise<void>;
}

/** Builds the page, serves it and opens it. */
export async function openPage(
  search = "",
  flags: string[] = [],
): Promise<OpenPage> {
  const folder = await Deno.makeTempDir({ prefix: "linear-style-page-" });
  await buildPage(folder);
  const requested = new Set<string>();
  const server = serve(folder, 0, (path) => requested.add(path));
  const url = `http://localhost:${server.addr.port}/`;
  const browser = await launch({
    executablePath: CHROMIUM!,
    protocolTimeout: 600_000, // Waiting for a result is one call.
    args: [
      ...flags,
      ...[
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-features=BackForwardCache",
      ],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    const isOwn = origin === new URL(url).origin || protocol === "blob:" || protocol === "data:";
    if (!isOwn) complaints.push(`request to ${request.url()}`);
  });
  await page.goto(`${url}${search}`);
  await page.waitForSelector("html[data-state=ready]", { timeout: 120_000 });
  return {
    page,
    url,
    complaints,
    requested,
    stopServer: () => server.shutdown(),
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

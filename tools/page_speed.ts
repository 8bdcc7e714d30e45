/// <reference lib="dom" />

// deno-lint-ignore-file no-console -- A program that prints.

/**
 * Measures the page in a headless Chromium: bytes and time to the first picture, time to a preview,
 * what blocks the page's own thread, and memory over many stylizations.
 *
 * `deno run -A tools/page_speed.ts [STYLIZATIONS]`
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { decodeImage, encodeImage } from "../src/mod.ts";
import { resize } from "../src/image/mod.ts";
import { openPage } from "../tests/web/browser.ts";
import { example, temporaryFolder } from "../tests/helpers/program.ts";

const stylizations = Number(Deno.args[0] ?? 200);
await using folder = await temporaryFolder();
const island = await decodeImage(await Deno.readFile(example("island.jpg")));
const content = `${folder.path}/content.jpg`;
await Deno.writeFile(content, await encodeImage(await resize(island, 512, 512), "jpeg"));

await using open = await openPage();
const { page } = open;
const seconds = (from: number) => `${((performance.now() - from) / 1000).toFixed(2)} s`;
const waitFor = (start: string) =>
  page.waitForFunction(
    (start) => document.getElementById("status")!.textContent!.startsWith(start),
    { timeout: 120_000, polling: 20 },
    start,
  );
await page.evaluate(() => {
  const tasks: number[] = [];
  Object.assign(globalThis, { longTasks: tasks });
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration)))
    .observe({ entryTypes: ["longtask"] });
});

const dropped = performance.now();
await (await page.$("#content-zone input"))!.uploadFile(content);
await waitFor("512×512");
console.log(`first picture of 512×512 px: ${seconds(dropped)} after the drop`);

const files = await Promise.all([...open.requested].map(
  async (path) => new Uint8Array(await (await fetch(new URL(path, open.url))).arrayBuffer()),
));
const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
console.log(`bytes until then, compressed: ${(bytes / 1e6).toFixed(2)} MB`);

/** Memory of the page and its workers, WebAssembly included. */
const memory = async () => {
  const { bytes } = await page.evaluate(() =>
    (performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
    }).measureUserAgentSpecificMemory()
  );
  return `${(bytes / 1e6).toFixed(1)} MB`;
};
const previews: number[] = [];
console.log(`memory at first: ${await memory()}`);
for (let count = 0; count < stylizations; count++) {
  const moved = performance.now();
  await page.$eval("#alpha", (element, value) => {
    (element as HTMLInputElement).value = value;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }, String(50 + count % 50));
  await waitFor("Preview");
  previews.push(performance.now() - moved);
  await waitFor("512×512");
}
previews.sort((a, b) => a - b);
console.log(`preview after a control: ${Math.round(previews[previews.length >> 1]!)} ms (median)`);
console.log(`memory after ${stylizations} stylizations: ${await memory()}`);
const tasks = await page.evaluate(() =>
  (globalThis as unknown as { longTasks: number[] }).longTasks
);
console.log(
  `tasks of the page's thread above 50 ms: ${tasks.length}, ${Math.max(0, ...tasks)} ms at most`,
);

/// <reference lib="dom" />

// deno-lint-ignore-file no-console -- A program that prints.

/**
 * Measures the page in a headless Chromium: bytes and time to the first picture, time to a preview,
 * frames a second of a webcam, what blocks the page's own thread, and memory over many
 * stylizations. Times depend on the machine, and on what else it does: of each, the time that the
 * networks take alone is told, too.
 *
 * `deno run -A tools/page_speed.ts [STYLIZATIONS]`
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { decodeImage, encodeImage } from "../src/mod.ts";
import { resize } from "../src/image/mod.ts";
import { pick, set, textOf } from "../tests/web/actions.ts";
import { openPage } from "../tests/web/browser.ts";
import { example, temporaryFolder } from "../tests/helpers/program.ts";

const stylizations = Number(Deno.args[0] ?? 200);
await using folder = await temporaryFolder();
const island = await decodeImage(await Deno.readFile(example("island.jpg")));
const content = `${folder.path}/content.jpg`;
await Deno.writeFile(content, await encodeImage(await resize(island, 512, 512), "jpeg"));

await using open = await openPage("", [
  ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
]);
const { page } = open;
const seconds = (from: number) => `${((performance.now() - from) / 1000).toFixed(2)} s`;

/** Waits until the status begins so, and tells it. */
async function waitFor(start: string): Promise<string> {
  const handle = await page.waitForFunction(
    (start) => {
      const text = document.getElementById("status")!.textContent!;
      return text.startsWith(start) && text;
    },
    { timeout: 120_000, polling: 20 },
    start,
  );
  return await handle.jsonValue() as string;
}

await page.evaluate(() => {
  const tasks: number[] = [];
  Object.assign(globalThis, { longTasks: tasks });
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration)))
    .observe({ entryTypes: ["longtask"] });
});

/** Tells how often and how long the page's thread was blocked since this was last told. */
async function tellLongTasks(by: string): Promise<void> {
  const tasks = await page.evaluate(() =>
    (globalThis as unknown as { longTasks: number[] }).longTasks.splice(0)
  );
  const most = Math.max(0, ...tasks);
  console.log(
    `tasks of the page's thread above 50 ms, by ${by}: ${tasks.length}, ${most} ms at most`,
  );
}

console.log(await page.$eval("#runs-on", (element) => element.textContent));
const dropped = performance.now();
await pick(page, "#content-input", content);
await waitFor("Preview");
console.log(`first preview: ${seconds(dropped)} after the drop`);
const alone = await waitFor("512×512");
console.log(`first picture: ${seconds(dropped)} after the drop; the networks: ${alone}`);

const files = await Promise.all([...open.requested].map(
  async (path) => new Uint8Array(await (await fetch(new URL(path, open.url))).arrayBuffer()),
));
const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
console.log(`bytes until then, compressed: ${(bytes / 1e6).toFixed(2)} MB`);

/** Memory of the page and its workers, WebAssembly included, in MB. */
const memory = async () => {
  const { bytes } = await page.evaluate(() =>
    (performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
    }).measureUserAgentSpecificMemory()
  );
  return `${(bytes / 1e6).toFixed(1)} MB`;
};
const previews: number[] = [];
const pictures: number[] = [];
for (let count = 0; count < stylizations; count++) {
  if (count === 5) console.log(`memory after 5 stylizations: ${await memory()}`);
  const moved = performance.now();
  await set(page, "#alpha", String(50 + count % 50));
  await waitFor("Preview");
  previews.push(performance.now() - moved);
  pictures.push(Number(/in ([\d.]+) s/.exec(await waitFor("512×512"))![1]));
}
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
console.log(`preview after a control: ${Math.round(median(previews))} ms (median)`);
console.log(`512×512 px after that: ${median(pictures)} s (median)`);
console.log(`memory after ${stylizations} stylizations: ${await memory()}`);

await tellLongTasks("pictures");

await page.click("#finish .webcam");
await new Promise((resolve) => setTimeout(resolve, 15_000));
console.log(`webcam: ${await textOf(page, "#live-status")}`);
await page.click("#live-stop");
await tellLongTasks("the webcam");

/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Page } from "puppeteer-core";
import { decodeImage, encodeImage, readPack, Stylizer } from "../../src/mod.ts";
import { resizeShortSide } from "../../src/image/mod.ts";
import { example, list, temporaryFolder } from "../helpers/program.ts";
import { missing } from "../helpers/requirements.ts";
import { CHROMIUM, openPage } from "./browser.ts";

const ignore = missing(CHROMIUM !== undefined);
const RESULT = "[data-format=png]:not([disabled])";

/** Gives a file to the page, as if it were dropped. */
async function give(page: Page, zone: string, path: string): Promise<void> {
  const input = await page.$(`${zone} input`);
  await input!.uploadFile(path);
}

/** Waits for the next result at full size. */
async function waitForResult(page: Page): Promise<void> {
  await page.waitForSelector(RESULT, { timeout: 240_000 });
}

/** What a button downloads. */
async function download(page: Page, button: string): Promise<Uint8Array> {
  await using folder = await temporaryFolder();
  const session = await page.createCDPSession();
  const done = new Promise<void>((resolve) => {
    session.on("Browser.downloadProgress", ({ state }) => {
      if (state === "completed") resolve();
    });
  });
  const behavior = { behavior: "allow", downloadPath: folder.path, eventsEnabled: true } as const;
  await session.send("Browser.setDownloadBehavior", behavior);
  await page.click(button);
  await done;
  return await Deno.readFile(`${folder.path}/${list(folder.path)[0]!}`);
}

/** Sets a control, as if the user moved it. */
async function set(page: Page, control: string, value: string): Promise<void> {
  await page.$eval(control, (element, value) => {
    (element as HTMLInputElement).value = value;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }, value);
}

function largestDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  assert.equal(a.length, b.length);
  let largest = 0;
  for (let at = 0; at < a.length; at++) largest = Math.max(largest, Math.abs(a[at]! - b[at]!));
  return largest;
}

function mean(values: Uint8ClampedArray): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function smallExample(folder: string, name: string, short: number): Promise<string> {
  const pixels = await resizeShortSide(
    await decodeImage(await Deno.readFile(example(name))),
    short,
  );
  const path = `${folder}/${name.replace(/\..*/, "")}.png`;
  await Deno.writeFile(path, await encodeImage(pixels, "png"));
  return path;
}

Deno.test({
  name: "the page stylizes a dropped picture as the library does",
  ignore,
  async fn(t) {
    await using folder = await temporaryFolder();
    const content = await smallExample(folder.path, "island.jpg", 96);
    const style = await smallExample(folder.path, "strokes.jpg", 128);
    await using stylizer = await Stylizer.load({ backend: "wasm" });
    await using open = await openPage();
    const { page, complaints } = open;

    await t.step("is isolated by its service worker", async () => {
      assert.ok(await page.evaluate(() => crossOriginIsolated));
    });

    await t.step("gives the pixels that the library gives", async () => {
      await give(page, "#style-zone", style);
      await set(page, "#style-size", "128");
      await give(page, "#content-zone", content);
      await waitForResult(page);
      const file = await download(page, "[data-format=png]");
      const statistics = await stylizer.encodeStyle(await decodeImage(await Deno.readFile(style)));
      const expected = await stylizer.stylize(
        await decodeImage(await Deno.readFile(content)),
        statistics,
      );
      const { data } = await decodeImage(file);
      assert.ok(largestDifference(data, expected.data) <= 1);
    });

    await t.step("loads no more than 6.5 MB, compressed, before the first result", async () => {
      const files = await Promise.all([...open.requested].map(
        async (path) => new Uint8Array(await (await fetch(new URL(path, open.url))).arrayBuffer()),
      ));
      const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
      assert.ok(bytes < 6.5e6, `${bytes} bytes`);
    });

    await t.step("keeps the style out of what a mask leaves", async () => {
      await page.click("details:nth-of-type(2) summary");
      await page.click("#paint");
      await page.$eval("#mask", (element) => element.scrollIntoView());
      const box = (await (await page.$("#mask"))!.boundingBox())!;
      await page.mouse.move(box.x + 0.75 * box.width, box.y + 0.2 * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + 0.75 * box.width, box.y + 0.8 * box.height, { steps: 4 });
      await page.mouse.up();
      await waitForResult(page);
      const masked = await decodeImage(await download(page, "[data-format=png]"));
      const original = await decodeImage(await Deno.readFile(content));
      const { width } = original;
      const change = (from: number, to: number) =>
        mean(
          masked.data.map((value, at) => Math.abs(value - original.data[at]!)).filter((_, at) => {
            const column = (at >> 2) % width;
            return at % 4 < 3 && column >= from * width && column < to * width;
          }),
        );
      assert.ok(change(0.7, 0.8) > 3 * change(0, 0.25), `${change(0.7, 0.8)}, ${change(0, 0.25)}`);
      await page.click("#clear-mask");
      await waitForResult(page);
    });

    await t.step("writes packs that the library reads, and reads them", async () => {
      const pack = await download(page, "#save-pack");
      assert.equal((await readPack(pack)).name, "strokes");
      await Deno.writeFile(`${folder.path}/mine.safetensors`, pack);
      const before = await page.$$eval("#shelf button", (buttons) => buttons.length);
      await give(page, "#style-zone", `${folder.path}/mine.safetensors`);
      await page.waitForFunction(
        (count) => document.querySelectorAll("#shelf button").length === count,
        {},
        before + 1,
      );
      await waitForResult(page);
    });

    await t.step("says why a broken file cannot be read, and keeps what there was", async () => {
      await Deno.writeTextFile(`${folder.path}/broken.png`, "no picture");
      await give(page, "#content-zone", `${folder.path}/broken.png`);
      await page.waitForSelector("#error:not([hidden])");
      const text = await page.$eval("#error", (element) => element.textContent);
      assert.match(text, /^Not an image that can be read/);
      await set(page, "#alpha", "50");
      await waitForResult(page);
    });

    await t.step("stops at the user's word, and goes on with the next change", async () => {
      const large = await resizeShortSide(await decodeImage(await Deno.readFile(content)), 1500);
      await Deno.writeFile(`${folder.path}/large.jpg`, await encodeImage(large, "jpeg"));
      await give(page, "#content-zone", `${folder.path}/large.jpg`);
      await page.waitForSelector("#progress:not([hidden])", { timeout: 60_000 });
      await page.click("#stop");
      await page.waitForSelector("#progress[hidden]");
      assert.equal(await page.$(RESULT), null);
      await give(page, "#content-zone", content);
      await waitForResult(page);
    });

    await t.step("stylizes a photo of 12 megapixels", async () => {
      const photo = {
        data: new Uint8ClampedArray(4 * 4000 * 3000).fill(255),
        width: 4000,
        height: 3000,
      };
      for (let at = 0; at < photo.data.length; at++) {
        if (at % 4 < 3) photo.data[at] = (at >> 8) & 255;
      }
      await Deno.writeFile(`${folder.path}/photo.jpg`, await encodeImage(photo, "jpeg"));
      await give(page, "#content-zone", `${folder.path}/photo.jpg`);
      await page.waitForFunction(
        () => document.getElementById("status")!.textContent!.startsWith("Preview, 256"),
        { timeout: 60_000 },
      );
      await waitForResult(page);
      const status = await page.$eval("#status", (element) => element.textContent);
      assert.match(status ?? "", /^4000×3000 px in/);
    });

    await t.step("works offline after the first visit", async () => {
      await open.stopServer();
      await page.reload();
      await page.waitForSelector("html[data-state=ready]", { timeout: 60_000 });
      await give(page, "#content-zone", content);
      await waitForResult(page);
    });

    await t.step("has nothing in the console, and asked nobody else", () => {
      assert.deepEqual(complaints.filter((text) => !text.includes("ERR_CONNECTION_REFUSED")), []);
    });
  },
});

Deno.test({
  name: "the page runs on WebGPU where it is asked to",
  ignore,
  async fn() {
    await using folder = await temporaryFolder();
    const content = await smallExample(folder.path, "island.jpg", 64);
    await using open = await openPage("?backend=webgpu", [
      ...["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
    ]);
    const { page, complaints } = open;
    assert.match(
      await page.$eval("#runs-on", (element) => element.textContent) ?? "",
      /^Runs on webgpu/,
    );
    await set(page, "#style-size", "128");
    await give(page, "#content-zone", content);
    await page.waitForSelector(RESULT, { timeout: 480_000 });
    assert.deepEqual(complaints, []);
  },
});

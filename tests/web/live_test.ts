/// <reference lib="dom" />

import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { ffmpeg } from "../helpers/clips.ts";
import { temporaryFolder } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";
import { complaintOf, download, pick, RESULT, textOf, waitForResult } from "./actions.ts";
import { CHROMIUM, openPage } from "./browser.ts";

/** Waits for a number of frames, and tells the size and the rate that are shown. */
async function watch(page: Page, frames: number): Promise<string> {
  await page.evaluate((frames) => {
    const status = document.getElementById("live-status")!;
    status.textContent = "";
    return new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        if (--frames > 0) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(status, { childList: true });
    });
  }, frames);
  return await textOf(page, "#live-status");
}

/** Mean of each color on the canvas of the live view. */
function meanColor(page: Page): Promise<number[]> {
  return page.$eval("#live-canvas", (element) => {
    const canvas = element as HTMLCanvasElement;
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    const sums = [0, 0, 0];
    for (let at = 0; at < data.length; at++) if (at % 4 < 3) sums[at % 4]! += data[at]!;
    return sums.map((sum) => 4 * sum / data.length);
  });
}

Deno.test({
  name: "the page stylizes a webcam and videos as they play",
  ignore: missing(CHROMIUM !== undefined && hasFfmpeg),
  async fn(t) {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    // A film of one color, in a codec that every Chromium has.
    const source = ["-f", "lavfi", "-i", "color=c=0x2040c0:s=192x128:r=10:d=1"];
    await ffmpeg(cwd, ...source, "-c:v", "libvpx", "clip.webm");
    await using open = await openPage("", [
      ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    ]);
    const { page, complaints } = open;

    await t.step("shows the webcam, and how many frames a second there are", async () => {
      await page.click("#empty .webcam");
      assert.match(await watch(page, 5), /^\d+×\d+ px, [\d.]+ frames a second$/);
    });

    await t.step("follows the style while it runs", async () => {
      const before = await meanColor(page);
      await page.click("#shelf button:nth-child(6)"); // Ink: gray.
      await watch(page, 4);
      const [red, , blue] = await meanColor(page);
      assert.ok(Math.abs(red! - blue!) < 40, `${red}, ${blue}; before ${before}`);
    });

    await t.step("records, and saves what was recorded", async () => {
      await page.click("#record");
      assert.equal(await textOf(page, "#record"), "End recording");
      await watch(page, 5);
      const film = await download(page, () => page.click("#record"));
      assert.match(film.name, /^ink\.(webm|mp4)$/);
      await Deno.writeFile(`${cwd}/film`, film.bytes);
      const frames = await ffmpeg(cwd, "-i", "film", "-f", "rawvideo", "-pix_fmt", "gray", "-");
      assert.ok(frames.length > 0);
      assert.equal(await textOf(page, "#record"), "Record");
    });

    await t.step("takes a photo, which becomes the content", async () => {
      await page.click("#snapshot");
      await waitForResult(page);
      assert.match(await textOf(page, "#status"), /^640×480 px in/);
      assert.equal(await page.$("#live:not([hidden])"), null);
    });

    await t.step("plays a video file, and keeps a recording that is not ended", async () => {
      await pick(page, "#other-input", `${cwd}/clip.webm`);
      await page.waitForSelector("#live:not([hidden])");
      assert.match(await watch(page, 3), /^(144×96|192×128) px/);
      await page.click("#record");
      await watch(page, 3);
      const film = await download(page, () => page.click("#live-stop"));
      assert.ok(film.bytes.length > 0);
      await page.waitForSelector("#comparison:not([hidden])");
      await page.waitForSelector(RESULT);
    });

    await t.step("says which video it cannot play", async () => {
      await Deno.writeTextFile(`${cwd}/broken.mp4`, "no video");
      await pick(page, "#other-input", `${cwd}/broken.mp4`);
      assert.equal(await complaintOf(page), "This browser cannot play broken.mp4");
      assert.ok(await page.$("#comparison:not([hidden])"));
    });

    await t.step("says why there is no camera", async () => {
      const refusals = {
        NotAllowedError:
          "The camera is not allowed: allow it for this page in the browser's settings",
        NotFoundError: "No camera was found",
        NotReadableError: "The camera is in use by another program",
        AbortError: "The camera does not start: reason",
      };
      for (const [name, sentence] of Object.entries(refusals)) {
        await page.evaluate((name) => {
          navigator.mediaDevices.getUserMedia = () =>
            Promise.reject(new DOMException("reason", name));
        }, name);
        await page.click("#finish .webcam");
        await page.waitForFunction(
          (sentence) => document.getElementById("error")!.textContent === sentence,
          {},
          sentence,
        );
      }
      assert.ok(await page.$("#comparison:not([hidden])"));
    });

    await t.step("has nothing in the console, and asked nobody else", () => {
      assert.deepEqual(complaints, []);
    });
  },
});

/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import type { Page } from "puppeteer-core";
import { encodeImage, mixStyles, type Pixels, readPack, Stylizer } from "../../src/mod.ts";
import { crop, detectFormat, resizeShortSide } from "../../src/image/mod.ts";
import { largestDifference } from "../helpers/pictures.ts";
import { linearStyle, temporaryFolder } from "../helpers/program.ts";
import { missing } from "../helpers/requirements.ts";
import {
  complaintOf,
  decode,
  download,
  downloadAs,
  meanDifference,
  pick,
  RESULT,
  set,
  smallExample,
  textOf,
  waitForResult,
} from "./actions.ts";
import { CHROMIUM, openPage } from "./browser.ts";

const ignore = missing(CHROMIUM !== undefined);

const countStyles = (page: Page) => page.$$eval("#shelf button", ({ length }) => length);

/** Adds a style, and waits until it is on the shelf. */
async function addStyle(page: Page, path: string): Promise<void> {
  const before = await countStyles(page);
  await pick(page, "#style-input", path);
  await page.waitForFunction(
    (count) => document.querySelectorAll("#shelf button").length > count,
    {},
    before,
  );
}

/** Gives a file to the page by an event of the mouse or the clipboard. */
async function hand(page: Page, how: "drop" | "paste", target: string, path: string) {
  const file = { name: path.replace(/.*\//, ""), bytes: [...await Deno.readFile(path)] };
  await page.$eval(
    target,
    (element, how, { name, bytes }) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
      const event = how === "drop"
        ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
        : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
      element.dispatchEvent(event);
    },
    how,
    file,
  );
}

/** Mean difference of colors in some columns, given as shares of the width. */
function change(a: Pixels, b: Pixels, from: number, to: number): number {
  const { width, height } = a;
  const area = {
    left: Math.round(from * width),
    top: 0,
    width: Math.round((to - from) * width),
    height,
  };
  return meanDifference(crop(a, area), crop(b, area));
}

/** A JPEG that says that it is to be turned by a quarter: EXIF orientation 6. */
function turned(jpeg: Uint8Array): Uint8Array {
  const tiff = [
    0x4d,
    0x4d,
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    1,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    6,
    0,
    0,
    0,
    0,
    0,
    0,
  ];
  const exif = [...new TextEncoder().encode("Exif\0\0"), ...tiff];
  const segment = [0xff, 0xe1, 0, exif.length + 2, ...exif];
  return new Uint8Array([...jpeg.subarray(0, 2), ...segment, ...jpeg.subarray(2)]);
}

Deno.test({
  name: "the page stylizes pictures as the library does",
  ignore,
  async fn(t) {
    await using folder = await temporaryFolder();
    const content = await smallExample(folder.path, "island.jpg", 96);
    const style = await smallExample(folder.path, "strokes.jpg", 128);
    const otherStyle = await smallExample(folder.path, "mosaic.jpg", 128);
    const contentPixels = await decode(await Deno.readFile(content));
    await using stylizer = await Stylizer.load({ backend: "wasm" });
    const encode = async (path: string) =>
      await stylizer.encodeStyle(await decode(await Deno.readFile(path)));
    await using open = await openPage();
    const { page, complaints } = open;
    const requested: string[] = [];
    const result = async () => await decode((await downloadAs(page, "png")).bytes);

    await t.step("is isolated by its service worker", async () => {
      assert.ok(await page.evaluate(() => crossOriginIsolated));
      assert.match(
        await textOf(page, "#runs-on"),
        /^Runs on builtin, \d+ threads?\. WebGPU found no graphics adapter/,
      );
    });

    await t.step("gives the pixels that the library gives", async () => {
      await addStyle(page, style);
      await set(page, "#style-size", "128");
      await hand(page, "drop", "#empty", content);
      await waitForResult(page);
      requested.push(...open.requested);
      const expected = await stylizer.stylize(contentPixels, await encode(style));
      assert.ok(largestDifference(await result(), expected) <= 1);
    });

    await t.step("loads no more than 2.5 MB, compressed, before the first result", async () => {
      const files = await Promise.all(requested.map(
        async (path) => new Uint8Array(await (await fetch(new URL(path, open.url))).arrayBuffer()),
      ));
      const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
      assert.ok(bytes < 2.5e6, `${bytes} bytes`);
    });

    await t.step("downloads PNG, JPEG and WebP, named after content and style", async () => {
      const png = await result();
      for (const [format, suffix] of [["jpeg", "jpg"], ["webp", "webp"]] as const) {
        const { name, bytes } = await downloadAs(page, format);
        assert.equal(name, `island-strokes.${suffix}`);
        assert.equal(detectFormat(bytes), format);
        assert.ok(meanDifference(await decode(bytes), png) < 4);
      }
    });

    await t.step("mixes two styles as they are balanced", async () => {
      await addStyle(page, otherStyle);
      await page.click("#mix");
      await page.click("#shelf button:nth-last-child(2)");
      await set(page, "#balance", "25");
      await waitForResult(page);
      const mixture = mixStyles([
        { style: await encode(otherStyle), weight: 0.75 },
        { style: await encode(style), weight: 0.25 },
      ]);
      const expected = await stylizer.stylize(contentPixels, mixture);
      const { name, bytes } = await downloadAs(page, "png");
      assert.equal(name, "island-mosaic+strokes.png");
      assert.ok(largestDifference(await decode(bytes), expected) <= 1);
      await page.click("#mix");
      assert.equal((await page.$$("#shelf [aria-pressed=true]")).length, 1);
      await page.click("#shelf button:nth-last-child(2)");
    });

    await t.step("follows strength, brush, colors, levels, and keeps photographs", async () => {
      const statistics = await encode(style);
      await set(page, "#alpha", "60");
      await set(page, "#brush", "fine");
      await set(page, "#color", "content");
      await set(page, "#level-4", "0");
      await waitForResult(page);
      const painted = await stylizer.stylize(contentPixels, statistics, {
        alpha: 0.6,
        brush: "fine",
        preserveColor: "luminance",
        levels: [1, 1, 1, 0],
      });
      assert.ok(largestDifference(await result(), painted) <= 1);
      await page.click("#reset");
      await set(page, "#style-size", "128");
      await page.click("#photo");
      await waitForResult(page);
      const photo = await stylizer.stylize(contentPixels, statistics, { photo: true });
      assert.ok(largestDifference(await result(), photo) <= 1);
      for (const level of [1, 2, 3, 4]) await set(page, `#level-${level}`, "0");
      assert.match(await complaintOf(page), /^All levels are at 0/);
      await page.click("#reset");
      await set(page, "#style-size", "128");
      await waitForResult(page);
    });

    await t.step("keeps the style out of what a painted mask leaves", async () => {
      await page.click("details:nth-of-type(2) summary");
      await page.click("#paint");
      await page.$eval("#mask", (element) => element.scrollIntoView());
      const box = (await (await page.$("#mask"))!.boundingBox())!;
      await page.mouse.move(box.x + 0.75 * box.width, box.y + 0.2 * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + 0.75 * box.width, box.y + 0.8 * box.height, { steps: 4 });
      await page.mouse.up();
      await waitForResult(page);
      const masked = await result();
      const [inside, outside] = [
        change(masked, contentPixels, 0.7, 0.8),
        change(masked, contentPixels, 0, 0.25),
      ];
      assert.ok(inside > 3 * outside, `${inside}, ${outside}`);
      await page.click("#paint");
    });

    await t.step("reads a mask from a picture", async () => {
      const mask = { data: new Uint8ClampedArray(4 * 2 * 1).fill(255), width: 2, height: 1 };
      mask.data.fill(0, 0, 3); // Black on the left.
      await Deno.writeFile(`${folder.path}/mask.png`, await encodeImage(mask, "png"));
      await pick(page, "#mask-input", `${folder.path}/mask.png`);
      await waitForResult(page);
      const masked = await result();
      assert.ok(change(masked, contentPixels, 0, 0.2) < 2);
      assert.ok(change(masked, contentPixels, 0.8, 1) > 10);
      await page.click("#clear-mask");
      await waitForResult(page);
      assert.ok(change(await result(), contentPixels, 0, 0.2) > 10);
    });

    await t.step("writes the pack that the command line writes, and reads both", async () => {
      const { name, bytes } = await download(page, () => page.click("#save-pack"));
      assert.equal(name, "strokes.safetensors");
      const path = `${folder.path}/command.safetensors`;
      const settings = ["--style-size", "128", "--backend", "wasm"];
      const { code, stderr } = await linearStyle(
        ["precompute-style-covariance", style, ...settings, "-o", path],
      );
      assert.equal(code, 0, stderr);
      const [mine, theirs] = [await readPack(bytes), await readPack(await Deno.readFile(path))];
      for (const [index, scale] of mine.scales.entries()) {
        for (const [part, values] of Object.entries(scale)) {
          const expected = theirs.scales[index]![part as keyof typeof scale] as Float32Array;
          const most = (values as Float32Array).reduce(
            (most, value, at) => Math.max(most, Math.abs(value - expected[at]!)),
            0,
          );
          assert.ok(most < 1e-4, `${part} of scale ${index} is ${most} off`);
        }
      }
      const { name: ownName, width, height, thumbnail, model } = mine;
      assert.deepEqual(
        { name: ownName, width, height, thumbnail, model },
        {
          name: theirs.name,
          width: theirs.width,
          height: theirs.height,
          thumbnail: theirs.thumbnail,
          model: theirs.model,
        },
      );
      const before = await result();
      await addStyle(page, path);
      await waitForResult(page);
      assert.ok(largestDifference(await result(), before) <= 1);
    });

    await t.step("says why a file cannot be read, and keeps what there was", async () => {
      await Deno.writeTextFile(`${folder.path}/broken.png`, "no picture");
      await pick(page, "#other-input", `${folder.path}/broken.png`);
      assert.match(await complaintOf(page), /^Not an image that can be read/);
      await waitForResult(page);
      const cut = (await Deno.readFile(content)).subarray(0, 2000);
      await Deno.writeFile(`${folder.path}/cut.png`, cut);
      await pick(page, "#style-input", `${folder.path}/cut.png`);
      assert.match(await complaintOf(page), /^cut\.png: .*(damaged|cut off|ends)/);
      await Deno.writeTextFile(`${folder.path}/not.safetensors`, "no pack");
      await pick(page, "#style-input", `${folder.path}/not.safetensors`);
      await page.waitForFunction(() =>
        document.getElementById("error")!.textContent!.startsWith("not.safetensors: ")
      );
      await pick(page, "#mask-input", `${folder.path}/broken.png`);
      await page.waitForFunction(() =>
        document.getElementById("error")!.textContent!.startsWith("broken.png is no picture")
      );
      await set(page, "#alpha", "50");
      await waitForResult(page);
    });

    await t.step("takes a style that is pasted", async () => {
      const before = await countStyles(page);
      await hand(page, "paste", "body", otherStyle);
      await page.waitForFunction(
        (count) => document.querySelectorAll("#shelf button").length === count + 1,
        {},
        before,
      );
      await waitForResult(page);
    });

    await t.step("turns photos upright", async () => {
      const jpeg = turned(await encodeImage(await resizeShortSide(contentPixels, 64), "jpeg"));
      await Deno.writeFile(`${folder.path}/turned.jpg`, jpeg);
      const upright = await decode(jpeg);
      assert.ok(upright.height > upright.width);
      await pick(page, "#other-input", `${folder.path}/turned.jpg`);
      await waitForResult(page);
      const { width, height } = await result();
      assert.deepEqual({ width, height }, { width: upright.width, height: upright.height });
      assert.deepEqual(
        await page.$eval(".comparison .content", (element) => {
          const { width, height } = element as HTMLCanvasElement;
          return { width, height };
        }),
        { width, height },
      );
    });

    await t.step("shows photos that the browser itself cannot read: a TIFF", async () => {
      await Deno.writeFile(`${folder.path}/scan.tif`, await encodeImage(contentPixels, "tiff"));
      await pick(page, "#other-input", `${folder.path}/scan.tif`);
      await waitForResult(page);
      assert.equal((await result()).width, contentPixels.width);
    });

    await t.step("stylizes several photos at once, and says which it could not read", async () => {
      const broken = `${folder.path}/broken.png`;
      await pick(page, "#other-input", content, broken, `${folder.path}/turned.jpg`);
      await waitForResult(page);
      const { name, bytes } = await download(page, () => page.click("#download-all"));
      assert.equal(name, "mosaic.zip");
      const files = unzipSync(bytes);
      assert.deepEqual(Object.keys(files), ["island.png", "turned.png"]);
      assert.match(await complaintOf(page), /^broken\.png: Not an image/);
      await waitForResult(page);
      const single = await result();
      assert.ok(largestDifference(await decode(files["island.png"]!), single) <= 1);
      await page.select("#photos", "turned.jpg");
      await page.waitForFunction(() =>
        document.getElementById("status")!.textContent!.includes("in") &&
        document.querySelector<HTMLCanvasElement>(".comparison .content")!.width === 64
      );
      await waitForResult(page);
      const turned = await decode(files["turned.png"]!);
      assert.ok(largestDifference(await result(), turned) <= 1);
    });

    await t.step("stops at the user's word, and goes on with the next change", async () => {
      const large = await resizeShortSide(contentPixels, 1500);
      await Deno.writeFile(`${folder.path}/large.jpg`, await encodeImage(large, "jpeg"));
      await pick(page, "#other-input", `${folder.path}/large.jpg`);
      await page.waitForSelector("#progress:not([hidden])", { timeout: 60_000 });
      await page.click("#stop");
      await page.waitForSelector("#progress[hidden]");
      assert.equal(await page.$(RESULT), null);
      assert.equal(await textOf(page, "#status"), "Stopped");
      await pick(page, "#other-input", content);
      await waitForResult(page);
    });

    await t.step("works offline after the first visit", async () => {
      await open.stopServer();
      await page.reload();
      await page.waitForSelector("html[data-state=ready]", { timeout: 60_000 });
      await page.click("#shelf button:nth-child(2)");
      await pick(page, "#content-input", content);
      await waitForResult(page);
      assert.equal((await downloadAs(page, "jpeg")).name, "island-strokes.jpg");
    });

    await t.step("says so where a file is not there offline", async () => {
      await page.reload();
      await page.waitForSelector("html[data-state=ready]", { timeout: 60_000 });
      await page.click("#examples button");
      assert.match(await complaintOf(page), /^This photo could not be loaded/);
    });

    await t.step("has nothing in the console, and asked nobody else", () => {
      const isOffline = (text: string) => /ERR_CONNECTION_REFUSED|ERR_FAILED/.test(text);
      assert.deepEqual(complaints.filter((text) => !isOffline(text)), []);
    });
  },
});

Deno.test({
  name: "the page runs on ONNX Runtime's WebAssembly where it is asked to",
  ignore,
  async fn() {
    await using folder = await temporaryFolder();
    const content = await smallExample(folder.path, "island.jpg", 64);
    await using open = await openPage("?backend=wasm");
    const { page, complaints } = open;
    assert.match(await textOf(page, "#runs-on"), /^Runs on wasm/);
    await set(page, "#style-size", "128");
    await pick(page, "#content-input", content);
    await waitForResult(page);
    assert.deepEqual(complaints, []);
  },
});

/// <reference lib="dom" />

/** What takes minutes: `deno task test-page`. */

import assert from "node:assert/strict";
import { encodeImage } from "../../src/mod.ts";
import { temporaryFolder } from "../helpers/program.ts";
import { missing } from "../helpers/requirements.ts";
import { pick, set, smallExample, textOf, waitForResult } from "./actions.ts";
import { CHROMIUM, openPage } from "./browser.ts";

const ignore = missing(CHROMIUM !== undefined);

Deno.test({
  name: "the page stylizes a photo of 12 megapixels",
  ignore,
  async fn() {
    await using folder = await temporaryFolder();
    const photo = {
      data: new Uint8ClampedArray(4 * 4000 * 3000).fill(255),
      width: 4000,
      height: 3000,
    };
    for (let at = 0; at < photo.data.length; at++) {
      if (at % 4 < 3) photo.data[at] = (at >> 8) & 255;
    }
    await Deno.writeFile(`${folder.path}/photo.jpg`, await encodeImage(photo, "jpeg"));
    await using open = await openPage();
    const { page, complaints } = open;
    await set(page, "#brush", "fine");
    await pick(page, "#content-input", `${folder.path}/photo.jpg`);
    await page.waitForFunction(
      () => document.getElementById("status")!.textContent!.startsWith("Preview, 256"),
      { timeout: 60_000 },
    );
    await page.waitForFunction(
      () => document.querySelector<HTMLProgressElement>("#progress:not([hidden]) #bar")?.value,
      { timeout: 60_000 },
    );
    await waitForResult(page, 480_000);
    assert.match(await textOf(page, "#status"), /^4000×3000 px in/);
    assert.deepEqual(complaints, []);
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
    assert.match(await textOf(page, "#runs-on"), /^Runs on webgpu/);
    await set(page, "#style-size", "128");
    await pick(page, "#content-input", content);
    await waitForResult(page, 480_000);
    assert.deepEqual(complaints, []);
  },
});

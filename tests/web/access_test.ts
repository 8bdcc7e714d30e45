/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "puppeteer-core";
import { temporaryFolder } from "../helpers/program.ts";
import { missing } from "../helpers/requirements.ts";
import { encodeImage } from "../../src/mod.ts";
import {
  complaintOf,
  download,
  pick,
  set,
  smallExample,
  textOf,
  waitForResult,
} from "./actions.ts";
import { CHROMIUM, openPage } from "./browser.ts";

/** What axe-core finds fault with, and where. */
async function faults(page: Page): Promise<string[]> {
  const { violations, passes } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document)
  );
  assert.ok(passes.length > 20, "axe-core looks at something");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`)
  );
}

/** Presses Tab until an element has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(
      (selector) => document.activeElement?.matches(selector),
      selector,
    );
    if (found) return;
  }
  assert.fail(`Tab does not get to ${selector}`);
}

Deno.test({
  name: "the page can be used by keyboard, by ear, and on a phone",
  ignore: missing(CHROMIUM !== undefined),
  async fn(t) {
    await using folder = await temporaryFolder();
    const content = await smallExample(folder.path, "island.jpg", 96);
    await using open = await openPage();
    const { page, complaints } = open;
    await page.evaluate(axe.source);
    await set(page, "#style-size", "128");

    for (const scheme of ["light", "dark"]) {
      await t.step(`is without fault to axe-core at first, ${scheme}`, async () => {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        assert.deepEqual(await faults(page), []);
      });
    }

    await t.step("begins, chooses a style, compares and downloads by keyboard alone", async () => {
      await tabTo(page, "#content-input");
      await pick(page, "#content-input", content); // What the browser's own dialog does.
      await waitForResult(page);
      await tabTo(page, "#comparison input");
      const divide = () =>
        page.$eval(
          "#comparison",
          (element) => getComputedStyle(element).getPropertyValue("--divide"),
        );
      const before = await divide();
      for (let press = 0; press < 5; press++) await page.keyboard.press("ArrowRight");
      assert.notEqual(await divide(), before);
      await tabTo(page, "#shelf button:nth-child(3)");
      await page.keyboard.press("Enter");
      await waitForResult(page);
      assert.ok(await page.$("#shelf button:nth-child(3)[aria-pressed=true]"));
      await tabTo(page, "#alpha");
      await page.keyboard.press("ArrowLeft");
      await waitForResult(page);
      await tabTo(page, "#download");
      const { name } = await download(page, () => page.keyboard.press("Enter"));
      assert.equal(name, "island-woodcut.png");
    });

    for (const scheme of ["light", "dark"]) {
      await t.step(`is without fault to axe-core with all there is, ${scheme}`, async () => {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await page.evaluate(() => {
          for (const details of document.querySelectorAll("details")) details.open = true;
          for (const id of ["progress", "balance-row", "download-all", "photos-row"]) {
            document.getElementById(id)!.hidden = false;
          }
          const error = document.getElementById("error")!;
          error.hidden = false;
          error.textContent = "Not an image that can be read";
        });
        assert.deepEqual(await faults(page), []);
      });
    }

    await t.step("says aloud what happens, and what goes wrong", async () => {
      assert.equal(await page.$eval("#status", (element) => element.role), "status");
      assert.equal(await page.$eval("#error", (element) => element.role), "alert");
      const { children = [] } = (await page.accessibility.snapshot())!;
      const unnamed = children.filter(({ role, name }) =>
        ["button", "slider", "checkbox", "combobox"].includes(role) && !name
      );
      assert.deepEqual(unnamed, []);
    });

    await t.step("fits the width of a phone", async () => {
      for (const width of [390, 320]) {
        await page.setViewport({ width, height: 844 });
        const { scrollWidth } = await page.evaluate(() => {
          const { scrollWidth } = document.documentElement;
          return { scrollWidth };
        });
        assert.ok(scrollWidth <= width, `${scrollWidth} px at ${width}`);
      }
    });

    await t.step("has nothing in the console", () => assert.deepEqual(complaints, []));
  },
});

Deno.test({
  name: "the page is careful in Safari on a phone: one thread, no WebGPU, smaller photos",
  ignore: missing(CHROMIUM !== undefined),
  async fn() {
    await using folder = await temporaryFolder();
    const blank = { data: new Uint8ClampedArray(4 * 4000 * 4000), width: 4000, height: 4000 };
    await Deno.writeFile(`${folder.path}/large.png`, await encodeImage(blank, "png"));
    await using open = await openPage("", [
      "--user-agent=Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) " +
      "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
    ]);
    const { page } = open;
    assert.match(await textOf(page, "#runs-on"), /^Runs on builtin, 1 thread\./);
    await pick(page, "#content-input", `${folder.path}/large.png`);
    assert.match(await complaintOf(page), /^The photo is made smaller, 3464×3464 px/);
  },
});

/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** What a user does on the page, and what is to be seen then. */

import { decodeImage, encodeImage, type Pixels } from "../../src/mod.ts";
import { resizeShortSide } from "../../src/image/mod.ts";
import type { ElementHandle, Page } from "puppeteer-core";
import { example, list, temporaryFolder } from "../helpers/program.ts";

/** The button that downloads a result at full size, once there is one and nothing else is done. */
export const RESULT = "html:not([data-busy]) #download:not([disabled])";

/** Picks files for an input. */
export async function pick(page: Page, input: string, ...paths: string[]): Promise<void> {
  const handle = await page.$(input) as ElementHandle<HTMLInputElement>;
  await handle.uploadFile(...paths);
}

/** Waits for the next result at full size. */
export async function waitForResult(page: Page, timeout = 240_000): Promise<void> {
  await page.waitForSelector(RESULT, { timeout });
}

/** Sets a control, as if the user moved it. */
export async function set(page: Page, control: string, value: string): Promise<void> {
  await page.$eval(control, (element, value) => {
    (element as HTMLInputElement).value = value;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }, value);
}

/** A file that the page downloads. */
export interface Download {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What comes of an action as a download. */
export async function download(page: Page, action: () => Promise<void>): Promise<Download> {
  await using folder = await temporaryFolder();
  const session = await page.createCDPSession();
  const done = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Nothing was downloaded")), 60_000);
    session.on("Browser.downloadProgress", ({ state }) => {
      if (state !== "completed") return;
      clearTimeout(timer);
      resolve();
    });
  });
  const behavior = { behavior: "allow", downloadPath: folder.path, eventsEnabled: true } as const;
  await session.send("Browser.setDownloadBehavior", behavior);
  await action();
  await done;
  await session.detach();
  const name = list(folder.path)[0]!;
  return { name, bytes: await Deno.readFile(`${folder.path}/${name}`) };
}

/** The result, downloaded in a format. */
export async function downloadAs(page: Page, format: string): Promise<Download> {
  await set(page, "#format", format);
  return await download(page, () => page.click("#download"));
}

/** Text of an element. */
export async function textOf(page: Page, element: string): Promise<string> {
  return await page.$eval(element, ({ textContent }) => textContent ?? "");
}

/** The sentence that the page complains with. */
export async function complaintOf(page: Page): Promise<string> {
  await page.waitForSelector("#error:not([hidden])");
  return await textOf(page, "#error");
}

/** A small copy of a picture of `examples`, as PNG, in a folder. */
export async function smallExample(folder: string, name: string, short: number): Promise<string> {
  const pixels = await decode(await Deno.readFile(example(name)));
  const path = `${folder}/${name.replace(/\..*/, "")}.png`;
  await Deno.writeFile(path, await encodeImage(await resizeShortSide(pixels, short), "png"));
  return path;
}

/** Pixels of a file. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  return await decodeImage(bytes);
}

/** The mean difference of two pictures of one size, in 0..255. */
export function meanDifference(a: Pixels, b: Pixels): number {
  return a.data.reduce((sum, value, at) => sum + Math.abs(value - b.data[at]!), 0) / a.data.length;
}

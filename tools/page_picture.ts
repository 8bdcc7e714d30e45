/// <reference lib="dom" />

/**
 * Takes the README's picture of the page, with a result on it, in a headless Chromium: after a
 * change of the page, or new weights.
 *
 * `deno run -A tools/page_picture.ts`
 *
 * @module
 */

import { waitForResult } from "../tests/web/actions.ts";
import { openPage } from "../tests/web/browser.ts";
import { example } from "../tests/helpers/program.ts";

await using open = await openPage();
const { page } = open;
await page.setViewport({ width: 1180, height: 905 });
await page.click("#examples [aria-label$=coffee]");
await waitForResult(page);
const picture = await page.screenshot({ type: "jpeg", quality: 78 });
await Deno.writeFile(example("results/page.jpg"), picture);

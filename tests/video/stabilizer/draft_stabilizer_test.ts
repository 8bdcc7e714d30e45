import assert from "node:assert/strict";
import type { Pixels } from "../../../src/mod.ts";
import { stabilizeDrafts } from "../../../src/video/stabilizer/draft_stabilizer.ts";
import { examplePicture, grain, psnr } from "../../helpers/pictures.ts";

/** The picture with noise of its own. */
function noisy({ data, width, height }: Pixels, index: number): Pixels {
  const noise = grain(width, height * (index + 1)).data.subarray(index * data.length);
  return {
    data: data.map((value, at) => at % 4 === 3 ? 255 : value + (noise[at]! - 128) / 4),
    width,
    height,
  };
}

Deno.test("drafts of each size become alike from frame to frame", async () => {
  const revise = stabilizeDrafts(0.95, false);
  const sizes = [[96, 64], [48, 32]] as const;
  const contents = await Promise.all(
    sizes.map(([width, height]) => examplePicture("island.jpg", width, height)),
  );
  const drafts: Pixels[][] = [[], []];
  const revised: Pixels[][] = [[], []];
  for (let index = 0; index < 3; index++) {
    for (const [order, content] of contents.entries()) {
      const draft = noisy(content, index);
      drafts[order]!.push(draft);
      const given = { ...draft, data: draft.data.slice() };
      revised[order]!.push(await revise(given, content, order + 1));
    }
  }
  for (const order of [0, 1]) {
    const [before, after] = [drafts, revised].map((all) => psnr(all[order]![1]!, all[order]![2]!));
    assert.ok(after! > before! + 12, `size ${order}: ${before} dB became ${after} dB`);
  }
});

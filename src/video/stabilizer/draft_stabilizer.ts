/**
 * Stabilization of drafts: what the coarse passes over a frame have painted.
 *
 * The networks paint each draft anew, too, and its strokes are what the last pass follows. Where drafts
 * stay, so do the strokes, and less is left to do for the stabilizer of the results.
 *
 * @module
 */

import type { DraftRevision } from "../../tiling/paint.ts";
import { Stabilizer } from "./stabilizer.ts";

/**
 * Stabilizes the drafts of the frames of one clip, in the order in which these are painted.
 *
 * @param share how much of the previous draft is blended into one at most, 0..1
 * @param changing whether each frame has a style of its own
 */
export function stabilizeDrafts(share: number, changing: boolean): DraftRevision {
  const stabilizers: Stabilizer[] = [];
  return async (draft, content, scale) => {
    const stabilizer = stabilizers[scale] ??= await Stabilizer.load(share);
    stabilizer.analyze(content);
    return stabilizer.stabilize(draft, changing);
  };
}

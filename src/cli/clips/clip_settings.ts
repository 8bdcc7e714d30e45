/**
 * What the options of clips mean to the library.
 *
 * @module
 */

import type { Stylizer } from "../../mod.ts";
import { DEFAULT_STABILIZATION } from "../../choices.ts";
import { type ClipOptions, StabilizerThread } from "../../video/mod.ts";
import type { ClipSettings } from "../options/clip_options.ts";
import { stylizeSettings } from "../options/style_options.ts";
import type { StyleOptions } from "../options/types.ts";

/** How a clip is restyled, by the options. */
export function clipOptions(options: StyleOptions & ClipSettings, stylizer: Stylizer): ClipOptions {
  return {
    ...stylizeSettings(options, stylizer),
    ...(options.statistics ? { statistics: options.statistics } : {}),
    ...(options.steady === undefined ? {} : { stabilization: options.steady }),
  };
}

/** A stabilizer that runs beside the networks, by the options. */
export function startStabilizer(
  { steady = DEFAULT_STABILIZATION }: ClipSettings,
): StabilizerThread {
  return new StabilizerThread(steady);
}

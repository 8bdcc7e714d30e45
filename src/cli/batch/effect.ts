import type { Pixels, Samples } from "../../image/mod.ts";
import type { Stylizer } from "../../mod.ts";
import { type RestyleOptions, styleSettings } from "../restyle.ts";
import type { StyleSettings } from "../styles.ts";

/** A way to restyle contents: after a style, a mixture, a blend, regions, or as a sheet. */
export interface Look {
  /** Name of the style, for the results' names. */
  name: string;
  /** Short side of the content, in pixels, before it is restyled; default: its own. */
  size?: number;
  /** Restyles a content, which may be lost. */
  apply(content: Pixels<Samples>, stylizer: Stylizer, notify: Notify): Promise<Pixels<Samples>>;
}

/** Told, in a few words, what is being done. */
export type Notify = (what: string) => void;

/** Loads styles once for all contents, unless the styles are to have each content's colours. */
export function loadOnce<T>(
  given: RestyleOptions,
  load: (stylizer: Stylizer, settings: StyleSettings) => Promise<T>,
): (content: Pixels<Samples>, stylizer: Stylizer) => Promise<T> {
  let kept: Promise<T> | undefined;
  return (content, stylizer) =>
    given.preserveColor === "statistics"
      ? load(stylizer, styleSettings(given, content))
      : kept ??= load(stylizer, styleSettings(given));
}

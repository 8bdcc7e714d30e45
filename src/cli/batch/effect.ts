import { closeIdleCodecs, type CodecService, type Pixels, type Samples } from "../../image/mod.ts";
import type { Region, Stylizer } from "../../mod.ts";
import type { ReadSettings } from "../io/read_picture.ts";
import { styleSettings, stylizeSettings } from "../options/style_options.ts";
import { saveLut } from "../luts.ts";
import type { PictureOptions, StyleOptions } from "../options/types.ts";
import type { StyleSettings } from "../styles.ts";

/** What is done to contents: a style, a mixture, a blend, regions, or a contact sheet. */
export interface Effect {
  /** Name of the style, for the results' names. */
  name: string;
  /** What a content is resized to before it is stylized, given its own size; default: not at all. */
  resizing?: ReadSettings["resizing"];
  /** Reads what belongs to a content, while the networks are busy with another. */
  prepare?(content: Pixels<Samples>, images: CodecService): Promise<void>;
  /** Stylizes a content, whose memory may be taken for the result. */
  apply(content: Pixels<Samples>, stylizer: Stylizer, notify: Notify): Promise<Pixels<Samples>>;
}

/** Told, in a few words, what is being done. */
export type Notify = (what: string) => void;

/** Loads styles once for all contents, unless the styles are to have each content's colors. */
export function loadOnce<T>(
  options: StyleOptions,
  load: (stylizer: Stylizer, settings: StyleSettings) => Promise<T>,
): (content: Pixels<Samples>, stylizer: Stylizer) => Promise<T> {
  let loaded: Promise<T> | undefined;
  return (content, stylizer) =>
    options.preserveColor === "statistics"
      ? load(stylizer, styleSettings(options, content))
      : loaded ??= load(stylizer, styleSettings(options));
}

/** Stylizes a content by regions; its memory is taken for the result. */
export async function stylizeRegions(
  content: Pixels<Samples>,
  regions: readonly Region[],
  stylizer: Stylizer,
  options: StyleOptions & Pick<PictureOptions, "saveLut" | "overwrite">,
  notify: Notify,
): Promise<Pixels<Samples>> {
  closeIdleCodecs(); // The networks need their memory.
  const onProgress = (share: number) => notify(`Restyling: ${Math.floor(100 * share)} %`);
  onProgress(0);
  const settings = { ...stylizeSettings(options, stylizer), inPlace: true, onProgress };
  if (options.saveLut !== undefined) {
    const map = await stylizer.fitPhoto(content, regions, settings);
    await saveLut(map, options.saveLut, options.overwrite ?? false);
    return await map.apply(content, settings);
  }
  return await stylizer.stylizeRegions(content, regions, settings);
}

import type { Pixels, Samples } from "../image/pixels.ts";
import { smallCopy } from "../photo/small_copy.ts";
import type { Region, StylizeOptions, Stylizer } from "../stylizer.ts";
import { mixStyles } from "../transfer/blend.ts";
import type { StyleStatistics } from "../transfer/style.ts";
import { type ClipStatistics, matchSample, RunningStatistics } from "./content_statistics.ts";
import { type ClipLook, PhotoClip } from "./photo_clip.ts";
import { DEFAULT_STABILIZATION } from "./stabilizer/default_stabilization.ts";
import { stabilizeDrafts } from "./stabilizer/draft_stabilizer.ts";
import { type FrameStabilizer, Stabilizer } from "./stabilizer/stabilizer.ts";
import { withNext } from "./with_next.ts";

/**
 * Frames of a clip in the order in which they are shown, all of one size. One that is the same object
 * as the frame before it is not stylized again.
 */
export type Frames = AsyncIterable<Pixels> | Iterable<Pixels>;

/** Settings of {@linkcode stylizeClip}. */
export interface ClipOptions
  extends Omit<StylizeOptions, "mask" | "matching" | "onProgress" | "reviseDraft"> {
  /**
   * Content statistics that frames are matched by. `"clip"`: those of the sample, so that what
   * stands still stays still; `"running"`: those of the frames up to now, fading; `"frame"`: each
   * frame's own. Default: `"clip"`.
   */
  statistics?: ClipStatistics;
  /** For `"running"`: frames after which a frame counts half. Default: 25. */
  halfLife?: number;
  /**
   * Share of the previous result that is blended into a frame, 0..1, where both show the same,
   * warped as the content has moved: strokes then stay on what they are painted on. Default:
   * {@linkcode DEFAULT_STABILIZATION}.
   */
  stabilization?: number;
  /** Stabilizes the frames, where that is not to be done on this thread. */
  stabilizer?: FrameStabilizer;
  /** Called after each frame of the sample, with their number so far. */
  onSample?: (count: number) => void;
  /** With `photo`: called after the last frame, with what all have in common. */
  onLook?: (look: ClipLook) => void;
}

/** Style of a clip: the same regions throughout, or those of each frame by its index from 0. */
export type ClipStyle = readonly Region[] | ((index: number) => readonly Region[]);

/**
 * Stylizes the frames of a clip, each as it is asked for.
 *
 * @param frames the clip
 * @param sample frames that `"clip"` statistics are taken from: all of the clip's, or some that
 *   stand for them
 * @param style a region without a mask for one style everywhere
 * @returns the stylized frames, one for each of the clip's
 * @throws {ImageError} if a frame is smaller than the networks can take, a mask is empty, or there
 *   is not the memory to stabilize frames of that size.
 * @throws {RangeError} if alpha, levels or stabilization are out of range.
 * @throws {TypeError} if the statistics of a style are of another model.
 *
 * @example
 * ```ts ignore
 * const stylizer = await Stylizer.load();
 * const style = await stylizer.encodeStyle(picture);
 * for await (const frame of stylizeClip(stylizer, frames, frames, [{ style }])) show(frame);
 * ```
 */
export async function* stylizeClip(
  stylizer: Stylizer,
  frames: Frames,
  sample: Frames,
  style: ClipStyle,
  options: ClipOptions = {},
): AsyncGenerator<Pixels, void, void> {
  const { statistics = "clip", halfLife = 25, onSample, onLook, ...others } = options;
  const { stabilization = DEFAULT_STABILIZATION, stabilizer: given, ...settings } = others;
  const stabilizer = given ?? await Stabilizer.load(stabilization);
  const regionsAt = typeof style === "function" ? style : () => style;
  const running = statistics === "running" ? new RunningStatistics(halfLife) : undefined;
  const changing = typeof style === "function";
  if (statistics === "clip") {
    const measured = settings.photo ? smallCopies(sample, stylizer.model.minimumSize) : sample;
    const matching = await matchSample(stylizer, measured, regionsAt(0), {
      ...settings,
      ...(settings.photo ? { brush: "fine" } : {}),
      ...(onSample ? { onFrame: onSample } : {}),
    });
    Object.assign(settings, { matching });
  } else if (running) Object.assign(settings, { matching: running });

  // The maps of photographs are steady by themselves.
  const photos = settings.photo
    ? new PhotoClip(stylizer, settings, changing, onLook !== undefined)
    : undefined;
  const stabilizes = stabilization > 0 && !photos;
  if (stabilizes) {
    Object.assign(settings, { reviseDraft: stabilizeDrafts(stabilization, changing) });
  }

  /** Stylizes a frame; the result is stabilized while the networks run on the next. */
  const paintFrame = async (frame: Pixels, index: number) => {
    const analyzing = deferRejection(
      stabilizes || running || photos ? stabilizer.analyze(frame) : false,
    );
    const isCut = (running || photos) && await analyzing;
    if (running && isCut) running.restart();
    const regions = regionsAt(index);
    const stylized = photos
      ? await photos.stylize(frame, regions, isCut!)
      : await stylizer.stylizeRegions(frame, regions, settings);
    const begins = await analyzing;
    const result = stabilizes ? stabilizer.stabilize(stylized, changing) : stylized;
    return { result: deferRejection(result), begins };
  };

  let previous: Promise<Pixels> | undefined;
  let content: Pixels | undefined;
  let index = 0;
  for await (const [frame, next] of withNext(frames)) {
    if (frame === content && previous && !changing) {
      index++;
      yield await previous;
      continue;
    }
    content = frame;
    let { result, begins } = await paintFrame(frame, index);
    if (stabilizes && next && (begins || index === 0)) {
      // What is painted once has more of chance in it than what is blended from several frames. So a
      // scene is painted a little way forth and back before it begins.
      await paintFrame(next, index + 1);
      ({ result } = await paintFrame(frame, index));
    }
    index++;
    if (previous) yield await previous;
    previous = result;
  }
  if (previous) yield await previous;
  const look = onLook && photos?.look();
  if (look) onLook(look);
}

/** Copies of frames at the size at which the networks see photographs. */
async function* smallCopies(frames: Frames, shortest: number): AsyncGenerator<Pixels<Samples>> {
  for await (const frame of frames) yield await smallCopy(frame, shortest);
}

/** Marks a rejection as handled; it surfaces where the promise is awaited. */
function deferRejection<T>(value: T | Promise<T>): Promise<T> {
  const promise = Promise.resolve(value);
  promise.catch(() => {});
  return promise;
}

/**
 * Fades from one style to another over a clip: their statistics are mixed in proportion to time.
 *
 * @param count number of frames of the clip
 * @returns the style of a frame, by its index from 0
 * @throws {TypeError} if the styles are of different models.
 *
 * @example
 * ```ts ignore
 * const fade = fadeStyle(summer, winter, 250);
 * const clip = stylizeClip(stylizer, frames, frames, (index) => [{ style: fade(index) }]);
 * ```
 */
export function fadeStyle(
  from: StyleStatistics,
  to: StyleStatistics,
  count: number,
): (index: number) => StyleStatistics {
  return (index) => {
    const share = count > 1 ? Math.min(1, index / (count - 1)) : 0;
    return mixStyles([{ style: from, weight: 1 - share }, { style: to, weight: share }]);
  };
}

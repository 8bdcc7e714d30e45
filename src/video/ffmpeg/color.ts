/**
 * The colors of clips. Frames are read as RGB with the primaries and the transfer of the clip. HDR
 * and wide gamut are converted to BT.709 first: networks and styles know no others.
 *
 * @module
 */

import type { ClipInfo } from "./clip_info.ts";

/** What a file says about its colors, in ffmpeg's names. */
export type ClipColors = Pick<
  ClipInfo,
  "pixelFormat" | "height" | "matrix" | "primaries" | "transfer"
>;

/** HDR transfer characteristics, and what they are called (ITU-R BT.2100). */
const HDR: Record<string, string> = { smpte2084: "PQ", "arib-std-b67": "HLG" };

/** Primaries of a wider gamut than BT.709: BT.2020, DCI-P3 and Display P3. */
const WIDE_GAMUT = ["bt2020", "smpte431", "smpte432"];

/** Luminance of white in SDR, in cd/m²: that of reference white in HDR (ITU-R BT.2408). */
const REFERENCE_WHITE = 203;

/** ffmpeg's filters that {@linkcode convertToBt709} needs. */
export const CONVERSION_FILTERS: readonly string[] = ["zscale", "tonemap"];

/** Name of a clip's HDR system, PQ or HLG; nothing for SDR. */
export function hdrName({ transfer }: Pick<ClipInfo, "transfer">): string | undefined {
  return HDR[transfer ?? ""];
}

/** Whether frames are converted to BT.709 when they are read. */
export function isConverted({ transfer, primaries }: ClipColors): boolean {
  return hdrName({ ...(transfer ? { transfer } : {}) }) !== undefined ||
    WIDE_GAMUT.includes(primaries ?? "");
}

/**
 * Filters that convert a clip's colors to BT.709. SDR colors outside its gamut are clipped; HDR is
 * tone-mapped: up to reference white little changes, and highlights above are compressed.
 */
export function convertToBt709(info: ClipColors): string[] {
  const { transfer, primaries, matrix } = info;
  const hdr = hdrName({ ...(transfer ? { transfer } : {}) }) !== undefined;
  // Frames carry the other tags themselves.
  const assumed = [
    ...(matrix ? [] : ["min=bt2020nc"]),
    ...(primaries ? [] : ["pin=bt2020"]),
    ...(transfer ? [] : ["tin=bt709"]),
  ];
  const linear = ["t=linear", ...assumed, ...(hdr ? [`npl=${REFERENCE_WHITE}`] : [])];
  return [
    `zscale=${linear.join(":")}`,
    "format=gbrpf32le",
    "zscale=p=bt709",
    ...(hdr ? ["tonemap=mobius:desat=0"] : []),
    "zscale=t=bt709:m=bt709:r=tv",
    "format=yuv444p",
  ];
}

/** Whether the samples are red, green and blue rather than luminance and chroma. */
export function isRgb({ pixelFormat, matrix }: ClipColors): boolean {
  return matrix === "gbr" || /^(gbr|rgb|bgr|argb|abgr|pal8|0rgb|0bgr)/.test(pixelFormat);
}

/** ffmpeg's name, in its scaler, of a clip's matrix. Untagged clips have that of their size. */
export function matrixOf({ matrix, height }: ClipColors): string {
  const names: Record<string, string> = {
    ...{ bt709: "bt709", fcc: "fcc", bt470bg: "bt470", smpte170m: "smpte170m" },
    ...{ smpte240m: "smpte240m", bt2020nc: "bt2020" },
  };
  return names[matrix ?? ""] ?? (height > 576 ? "bt709" : "smpte170m");
}

/** The colors that frames have once they are read. */
export function colorsRead<T extends ClipColors & { range?: string }>(info: T): T {
  if (!isConverted(info)) return info;
  const bt709 = { matrix: "bt709", primaries: "bt709", transfer: "bt709" };
  return { ...info, ...bt709, range: "tv" };
}

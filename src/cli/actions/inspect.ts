import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  DEFAULT_FORMAT,
  encodeImage,
  formatLabel,
  inInches,
  type Metadata,
  profileName,
  readHeader,
  type Resolution,
  resolutionOf,
  suffixOf,
} from "../../image/mod.ts";
import {
  modelChecksum,
  type PackedStyle,
  parseManifest,
  styleDistance,
  StylePack,
  type Thumbnail,
} from "../../mod.ts";
import { explainSystemError, FileError, quote, UsageError } from "../errors.ts";
import { writeAtomically } from "../io/atomic_write.ts";
import { type Input, openInput } from "../io/input.ts";
import { describePath, exists, resolvePath } from "../io/paths.ts";
import { print } from "../io/standard_output.ts";
import { withPathInErrors } from "../io/with_path_in_errors.ts";
import { parseStyle } from "../style_name.ts";
import { isPack } from "../styles.ts";

/** Options of the subcommand. */
export interface InspectOptions {
  thumbnails?: string;
  json?: boolean;
}

/** Carries out `inspect`. */
export async function inspect(
  file: string,
  other: string | undefined,
  options: InspectOptions,
): Promise<void> {
  const [findings, text] = other === undefined
    ? await inspectFile(file, options.thumbnails)
    : await compare(file, other);
  print(`${options.json ? JSON.stringify(findings, null, 2) : text}\n`);
}

/** What was found, as JSON and as lines. */
type Findings = [json: unknown, text: string];

async function inspectFile(file: string, thumbnails: string | undefined): Promise<Findings> {
  const manifest = join(file, "model.json");
  if (exists(manifest)) return await inspectModel(manifest);
  using input = await openInput(file);
  if (file.endsWith(".json")) return await inspectModel(file);
  if (await isPack(input, file)) return await inspectPack(input, file, thumbnails);
  if (thumbnails !== undefined) throw new UsageError("--thumbnails is for style packs");
  return await inspectImage(input, file);
}

async function inspectPack(
  input: Input,
  file: string,
  folder: string | undefined,
): Promise<Findings> {
  const pack = await withPathInErrors(file, () => StylePack.open(input));
  const styles = [];
  for (const { name } of pack.styles) {
    const style = await withPathInErrors(file, () => pack.read(name));
    if (folder !== undefined && style.thumbnail) {
      await writeThumbnail(style.thumbnail, name, folder);
    }
    styles.push(style);
  }
  const findings = {
    kind: "style pack",
    model: pack.model,
    styles: styles.map(({ name, width, height, scales: [scale], thumbnail }) => ({
      name,
      width,
      height,
      levels: scale!.matrices.length / scale!.mean.length ** 2,
      matrixSize: scale!.mean.length,
      thumbnail: thumbnail ? [thumbnail.width, thumbnail.height] : undefined,
    })),
  };
  const lines = findings.styles.map(({ name, width, height, levels }) =>
    `  ${name}: ${width ? `read at ${width}×${height} px` : "made of several"}, ${levels} levels`
  );
  const head = `style pack of the model ${pack.model.name} (${pack.model.checksum.slice(0, 12)})`;
  return [findings, [head, ...lines].join("\n")];
}

async function writeThumbnail({ data, width, height }: Thumbnail, name: string, folder: string) {
  const rgba = new Uint8ClampedArray(4 * width * height)
    .map((_, index) => index % 4 === 3 ? 255 : data[3 * (index >> 2) + index % 4]!);
  const safe = name.replace(/[/\\:*?"<>|\p{Cc}]/gu, "_").replace(/^\.+/, "_");
  const path = join(folder, `${safe}.${suffixOf(DEFAULT_FORMAT)}`);
  try {
    await Deno.mkdir(resolvePath(folder), { recursive: true });
  } catch (error) {
    throw new FileError(`Cannot write ${quote(folder)}: ${explainSystemError(error)}`);
  }
  await writeAtomically(
    resolvePath(path),
    await encodeImage({ data: rgba, width, height }, DEFAULT_FORMAT),
    path,
    true,
  );
}

async function inspectModel(file: string): Promise<Findings> {
  using input = await openInput(file);
  const text = new TextDecoder().decode(await input.readAll());
  const manifest = parseManifest(text, file);
  const folder = file.replace(/[^/\\]*$/, "");
  const files = [];
  for (const [name, { bytes, sha256: expected }] of Object.entries(manifest.files)) {
    using input = await openInput(folder + name);
    const found = createHash("sha256").update(await input.readAll()).digest("hex");
    files.push({ file: name, bytes, sha256: expected, intact: found === expected });
  }
  const checksum = await modelChecksum(manifest);
  const { name, version, levels, matrixSize, stride, radius, licence } = manifest;
  const findings = {
    kind: "model",
    ...{ name, version, checksum, licence, levels, matrixSize, stride, radius, files },
  };
  const lines = [
    `model ${name} ${version} (${checksum.slice(0, 12)}), ${licence}`,
    `  levels ${levels.map((level, index) => `${index + 1} ${level}`).join(", ")}`,
    `  matrices of ${matrixSize}×${matrixSize}, features at 1/${stride} of the size`,
    ...files.map(({ file, bytes, sha256, intact }) =>
      `  ${file}: ${bytes} bytes, ${sha256.slice(0, 12)}${intact ? "" : ", NOT AS IT SHOULD BE"}`
    ),
  ];
  return [findings, lines.join("\n")];
}

async function inspectImage(input: Input, file: string): Promise<Findings> {
  const { profile, colors, metadata, ...header } = await withPathInErrors(
    file,
    async () => await readHeader(await input.readAll()),
  );
  const { format, width, height, color, alpha, bits, orientation } = header;
  const findings = {
    kind: "picture",
    ...header,
    profile: profile ? profileName(profile) : undefined,
    colors: colors?.name,
    metadata: describeMetadata(metadata),
    resolution: resolutionOf(metadata),
  };
  const parts = [
    `${formatLabel(format)} picture`,
    `${width}×${height} px`,
    color + (alpha ? " with transparency" : ""),
    `${bits} ${bits === 1 ? "bit" : "bits"} a channel`,
    findings.profile ?? findings.colors ?? "no color profile",
    orientation === 1 ? "upright" : `to be turned (EXIF orientation ${orientation})`,
    ...(findings.resolution ? [describeResolution(findings.resolution)] : []),
    ...(findings.metadata.length > 0 ? [findings.metadata.join(" and ")] : []),
  ];
  return [findings, parts.join(", ")];
}

/** Kinds of what a picture's file says of it. */
function describeMetadata({ exif, xmp, blocks = [] }: Metadata): string[] {
  const kinds = [exif ? ["EXIF"] : [], xmp ? ["XMP"] : [], blocks.map(({ kind }) => kind)];
  return [...new Set(kinds.flat())];
}

function describeResolution(resolution: Resolution): string {
  const { x, y, unit } = inInches(resolution);
  const [across, down] = [x, y].map((value) => Math.round(100 * value) / 100);
  if (unit === "none") return `pixels of ${down}:${across}`;
  return `${across === down ? across : `${across}×${down}`} px an inch`;
}

/** Distances between the styles of two packs, nearest first. */
async function compare(first: string, second: string): Promise<Findings> {
  const [left, right] = [await readStyles(first), await readStyles(second)];
  const findings = left.map((style) => ({
    style: style.name,
    nearest: right
      .map((other) => ({ name: other.name, distance: distance(style, other) }))
      .sort((a, b) => a.distance - b.distance),
  }));
  const lines = findings.flatMap(({ style, nearest }) => [
    style,
    ...nearest.map(({ name, distance }) => `  ${distance.toFixed(3)}  ${name}`),
  ]);
  return [findings, lines.join("\n")];

  function distance(a: PackedStyle, b: PackedStyle): number {
    try {
      return styleDistance(a, b);
    } catch (error) {
      throw new FileError(`${quote(first)} and ${quote(second)}: ${(error as Error).message}`);
    }
  }
}

async function readStyles(name: string): Promise<PackedStyle[]> {
  const { path, entry } = parseStyle(name);
  using input = await openInput(path);
  if (!await isPack(input, path)) {
    throw new UsageError(`Only style packs can be compared: ${describePath(path)} is none`);
  }
  const pack = await withPathInErrors(path, () => StylePack.open(input));
  return entry === undefined
    ? await withPathInErrors(path, () => pack.readAll())
    : [await withPathInErrors(path, () => pack.read(entry))];
}

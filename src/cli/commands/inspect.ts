import { Command, Option } from "commander";
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  DEFAULT_FORMAT,
  encodeImage,
  formatLabel,
  profileName,
  readHeader,
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
import { describe, type Input, naming, openInput } from "../io/input.ts";
import { options } from "../options/definitions.ts";
import { writeWhole } from "../io/atomic_write.ts";
import { exists, resolvePath } from "../io/paths.ts";
import { print } from "../io/standard_output.ts";
import { isPack, parseStyle } from "../styles.ts";

interface InspectOptions {
  thumbnails?: string;
  json?: boolean;
}

/** The `inspect` subcommand. */
export function command(): Command {
  return new Command("inspect")
    .argument("<file>", "style pack, picture, model.json or folder of a model")
    .argument("[other]", "another style pack: shows how far apart their styles are")
    .addOption(new Option("--thumbnails <folder>", "write a pack's small pictures there"))
    .addOption(options.json())
    .addHelpText("after", "\nExample: linear-style inspect art.safetensors --thumbnails small/")
    .action(async (file: string, other: string | undefined, given: InspectOptions) => {
      const [facts, text] = other === undefined
        ? await inspect(file, given.thumbnails)
        : await compare(file, other);
      print(`${given.json ? JSON.stringify(facts, null, 2) : text}\n`);
    });
}

/** Facts as JSON, and as lines. */
type Findings = [facts: unknown, text: string];

async function inspect(file: string, thumbnails: string | undefined): Promise<Findings> {
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
  const pack = await naming(file, StylePack.open(input));
  const styles = [];
  for (const { name } of pack.styles) {
    const style = await naming(file, pack.read(name));
    if (folder !== undefined && style.thumbnail) {
      await writeThumbnail(style.thumbnail, name, folder);
    }
    styles.push(style);
  }
  const facts = {
    kind: "style pack",
    model: pack.model,
    styles: styles.map(({ name, width, height, mean, matrices, thumbnail }) => ({
      name,
      width,
      height,
      levels: matrices.length / mean.length ** 2,
      matrixSize: mean.length,
      thumbnail: thumbnail ? [thumbnail.width, thumbnail.height] : undefined,
    })),
  };
  const lines = facts.styles.map(({ name, width, height, levels }) =>
    `  ${name}: ${width ? `read at ${width}×${height} px` : "a blend"}, ${levels} levels`
  );
  const head = `style pack of the model ${pack.model.name} (${pack.model.checksum.slice(0, 12)})`;
  return [facts, [head, ...lines].join("\n")];
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
  await writeWhole(
    resolvePath(path),
    await encodeImage({ data: rgba, width, height }, DEFAULT_FORMAT),
    path,
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
  const facts = {
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
  return [facts, lines.join("\n")];
}

async function inspectImage(input: Input, file: string): Promise<Findings> {
  const { profile, metadata, ...header } = await naming(file, readHeader(await input.readAll()));
  const { format, width, height, color, alpha, bits, orientation } = header;
  const facts = {
    kind: "picture",
    ...header,
    profile: profile ? profileName(profile) : undefined,
    metadata: Object.keys(metadata),
  };
  const parts = [
    `${formatLabel(format)} picture`,
    `${width}×${height} px`,
    color + (alpha ? " with transparency" : ""),
    `${bits} ${bits === 1 ? "bit" : "bits"} a channel`,
    facts.profile ?? "no color profile",
    orientation === 1 ? "upright" : `to be turned (EXIF orientation ${orientation})`,
    ...(facts.metadata.length > 0 ? [facts.metadata.join(" and ").toUpperCase()] : []),
  ];
  return [facts, parts.join(", ")];
}

/** Distances between the styles of two packs, nearest first. */
async function compare(first: string, second: string): Promise<Findings> {
  const [left, right] = [await readStyles(first), await readStyles(second)];
  const facts = left.map((style) => ({
    style: style.name,
    nearest: right
      .map((other) => ({ name: other.name, distance: distance(style, other) }))
      .sort((a, b) => a.distance - b.distance),
  }));
  const lines = facts.flatMap(({ style, nearest }) => [
    style,
    ...nearest.map(({ name, distance }) => `  ${distance.toFixed(3)}  ${name}`),
  ]);
  return [facts, lines.join("\n")];

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
    throw new UsageError(`Only style packs can be compared: ${describe(path)} is none`);
  }
  const pack = await naming(path, StylePack.open(input));
  return entry === undefined
    ? await naming(path, pack.readAll())
    : [await naming(path, pack.read(entry))];
}

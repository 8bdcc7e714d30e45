import { drawnStatistics } from "../../tests/helpers/styles.ts";
import { ascii, concatenate } from "../../src/util/bytes.ts";
import { chunk } from "../../src/image/formats/png/container.ts";
import {
  decodeImage,
  encodeImage,
  formatCube,
  ImageError,
  Lut3d,
  LutError,
  ModelError,
  PackError,
  parseCube,
  type Pixels,
  StylePack,
  writePack,
} from "../../src/mod.ts";
import { FORMATS, matchLabels, OUTPUT_FORMATS, toMask } from "../../src/image/mod.ts";
import { parseManifest } from "../../src/model/manifest.ts";
import {
  formatFrame,
  formatHeader,
  frameBytes,
  parseHeader,
  toPixels,
  VideoError,
  Y4mReader,
} from "../../src/video/mod.ts";
import { type Fixture, makeFixtures, withoutPillow } from "../../tests/helpers/fixtures.ts";
import { examplePicture } from "../../tests/helpers/pictures.ts";
import { PROJECT } from "../../tests/helpers/program.ts";

/** What reads files that anybody may have made. */
export interface Target {
  name: string;
  /** Files that are right. */
  seeds: Uint8Array[];
  read(bytes: Uint8Array<ArrayBuffer>): Promise<unknown>;
  /** Makes checksums right, so that damage goes deeper. */
  repair?(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
  /** The only error it may end with. */
  error: new (message: string) => Error;
}

const IMAGES: readonly string[] = FORMATS.map(({ name }) => name);

/** Names of all that {@linkcode fuzzTargets} knows. */
export const TARGET_NAMES = [...IMAGES, "pack", "model.json", "y4m", "cube", "labels", "mask"];

/** Everything that reads files, or some of it, with small files of each kind and flavour. */
export async function fuzzTargets(isWanted = (_name: string) => true): Promise<Target[]> {
  const images = await imageTargets(IMAGES.filter(isWanted));
  const manifest = await Deno.readFile(`${PROJECT}models/default/model.json`);
  const others: Target[] = [
    {
      name: "pack",
      seeds: [await smallPack()],
      read: async (bytes) => await (await StylePack.open(bytes)).readAll(),
      error: PackError,
    },
    {
      name: "model.json",
      seeds: [manifest],
      read: (bytes) => Promise.try(() => parseManifest(new TextDecoder().decode(bytes), "m.json")),
      error: ModelError,
    },
    {
      name: "y4m",
      seeds: streams(),
      read: async (bytes) => {
        const reader = await Y4mReader.open(ReadableStream.from([bytes]));
        for await (const { planes } of reader.frames()) toPixels(planes, reader.header);
      },
      error: VideoError,
    },
    {
      name: "cube",
      seeds: tables(),
      read: (bytes) => Promise.try(() => parseCube(new TextDecoder("latin1").decode(bytes))),
      error: LutError,
    },
    {
      name: "labels",
      seeds: [await encodeImage(labels(), "png")],
      read: async (bytes) => matchLabels(await decodeImage(bytes), labels()),
      error: ImageError,
      repair: repairPng,
    },
    {
      name: "mask",
      seeds: [await encodeImage(labels(), "png")],
      read: async (bytes) => await toMask(await decodeImage(bytes), 8, 8),
      error: ImageError,
      repair: repairPng,
    },
  ];
  return [...images, ...others.filter(({ name }) => isWanted(name))];
}

/** A few bytes may say that they are a flat picture of any size, and be right. */
const MAX_PIXELS = 2 ** 26;

async function imageTargets(formats: readonly string[]): Promise<Target[]> {
  if (formats.length === 0) return [];
  const picture = await examplePicture("island.jpg", 48, 32);
  const fixtures: Fixture[] = withoutPillow ? [] : await makeFixtures();
  const targets = await Promise.all(
    formats.map(async (format): Promise<Target> => {
      const own = OUTPUT_FORMATS.find((name) => name === format);
      const { suffixes } = FORMATS.find(({ name }) => name === format)!;
      const made = fixtures.filter(({ file }) => file.endsWith(`.${suffixes[0]}`));
      return {
        name: format,
        seeds: [
          ...(own ? [await encodeImage(picture, own)] : []),
          ...made.map(({ bytes }) => bytes),
        ],
        read: (bytes) => decodeImage(bytes, { depth: "own", maxPixels: MAX_PIXELS }),
        error: ImageError,
        ...(format === "png" ? { repair: repairPng } : {}),
      };
    }),
  );
  return targets.filter(({ seeds }) => seeds.length > 0);
}

/** Clips of two frames, of each kind of chroma. */
function streams(): Uint8Array[] {
  const heads = ["C420jpeg", "C422", "C444 XCOLORRANGE=FULL", "Cmono", "C420mpeg2 F30000:1001 Ip"];
  return heads.map((tags) => {
    const header = parseHeader(`YUV4MPEG2 W10 H6 ${tags} A1:1`);
    const planes = new Uint8Array(frameBytes(header)).map((_, index) => 16 + 7 * index % 220);
    const frame = formatFrame({ parameters: "", planes });
    return concatenate([formatHeader(header, 10, 6), ...frame, ...frame]);
  });
}

/** Small lookup tables, as several programs write them. */
function tables(): Uint8Array[] {
  const values = Float32Array.from({ length: 81 }, (_, index) => (index * 7 % 27) / 26);
  const own = formatCube(new Lut3d(3, values));
  const others = [
    `# made\r\nDOMAIN_MIN 0 0 0\r\n${own.replaceAll("\n", "\r\n")}`,
    own.replace(/0\./g, "."),
  ];
  return [own, ...others].map((text) => new TextEncoder().encode(text));
}

/** A label picture of three regions. */
function labels(): Pixels {
  const data = new Uint8ClampedArray(4 * 12 * 9).fill(255);
  for (let at = 0; at < data.length; at += 4) data[at + Math.floor(at / 160) % 3] = 0;
  return { data, width: 12, height: 9 };
}

/** A PNG whose chunks have the checksums that they should. */
function repairPng(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
    const name = ascii(bytes, at + 4, at + 8);
    parts.push(chunk(name, bytes.subarray(at + 8, at + 8 + length)));
    at += 12 + length;
  }
  return concatenate(parts);
}

function smallPack(): Promise<Uint8Array> {
  const style = (name: string) => ({
    name,
    width: 8,
    height: 8,
    ...drawnStatistics(1),
    thumbnail: { data: new Uint8Array(48).fill(7), width: 4, height: 4 },
  });
  return writePack([style("waves"), style("sand")]);
}

import { example, PROJECT, spawn, temporaryFolder } from "./program.ts";
import { missing } from "./requirements.ts";

/** A picture in a format and flavour, and what Pillow and lcms make of it. */
export interface Fixture {
  /** Its name says what it is, as `grey-2-interlaced.png`. */
  file: string;
  bytes: Uint8Array;
  /** RGBA. */
  pixels: Uint8Array;
  width: number;
  height: number;
}

const pillow = [
  "-c",
  "from PIL import features; exit(not all(map(features.check, ('avif', 'webp', 'littlecms2'))))",
];

/** Whether the tests that need Pillow are to be left out. */
export const withoutPillow = missing(
  await spawn("python3", pillow).then(({ code }) => code === 0, () => false),
);

/** All fixtures, made anew by `fixtures.py`. */
export async function makeFixtures(): Promise<Fixture[]> {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const script = `${PROJECT}tests/helpers/fixtures.py`;
  const { code, stderr } = await spawn("python3", [script, example("island.jpg"), path]);
  if (code !== 0) throw new Error(stderr);
  const index: Omit<Fixture, "bytes" | "pixels">[] = JSON.parse(
    await Deno.readTextFile(`${path}/index.json`),
  );
  return await Promise.all(index.map(async (entry) => ({
    ...entry,
    bytes: await Deno.readFile(`${path}/${entry.file}`),
    pixels: await Deno.readFile(`${path}/${entry.file}.rgba`),
  })));
}

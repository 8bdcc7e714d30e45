import assert from "node:assert/strict";
import { formatCube, Lut3d, parseCube, type Pixels } from "../../src/mod.ts";
import { encodeImage } from "../../src/image/mod.ts";
import { toSixteenBits } from "../../src/image/pixels.ts";
import { examplePicture, grain, largestDifference } from "../helpers/pictures.ts";
import { spawn, temporaryFolder } from "../helpers/program.ts";
import { loadFastest } from "../helpers/runtime.ts";
import { decodeImage } from "../../src/mod.ts";

/** A table of what a function makes of each color. */
function tableOf(size: number, change: (color: number[]) => number[]): Lut3d {
  const values: number[] = [];
  for (let at = 0; at < size ** 3; at++) {
    const color = [at % size, Math.floor(at / size) % size, Math.floor(at / size ** 2)];
    values.push(...change(color.map((index) => index / (size - 1))));
  }
  return new Lut3d(size, Float32Array.from(values));
}

const swapped = tableOf(5, ([red, green, blue]) => [blue!, red!, 1 - green!]);

Deno.test("a table is read as it was written", () => {
  const { size, values } = parseCube(formatCube(swapped, 'a "look"\nof mine'));
  assert.equal(size, 5);
  assert.deepEqual(values, swapped.values);
});

Deno.test("a table of an affine change gives it exactly, in 8 bits and in 16", () => {
  const picture = grain(40, 30);
  const { data } = swapped.apply(picture);
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue, alpha] = picture.data.subarray(at, at + 4);
    assert.deepEqual([...data.subarray(at, at + 4)], [blue, red, 255 - green!, alpha]);
  }
  const deep = toSixteenBits(picture);
  const changed = swapped.apply(deep);
  assert.ok(changed.data instanceof Uint16Array);
  assert.equal(changed.data[0], deep.data[2]);
});

Deno.test("a share of a table is a part of the way, and none is none", () => {
  const picture = grain(20, 20);
  assert.deepEqual(swapped.apply(picture, 0).data, picture.data);
  const half = swapped.apply(picture, 0.5).data;
  assert.ok(Math.abs(half[0]! - (picture.data[0]! + picture.data[2]!) / 2) <= 0.5);
});

Deno.test("ordinary files of other programs are read", () => {
  const colors = formatCube(tableOf(2, (color) => color)).split("\n").slice(2).join("\n");
  const heads = [
    "LUT_3D_SIZE 2\n",
    '# a comment\r\n\r\nTITLE "x"\r\nDOMAIN_MIN 0.0 0.0 0.0\r\nDOMAIN_MAX 1.0 1.0 1.0\r\nLUT_3D_SIZE 2\r\n',
    "LUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0.0 1.0\n",
  ];
  for (const head of heads) assert.deepEqual(parseCube(head + colors).values.length, 24);
  const scientific = colors.replace("1.000000", "1e0").replace("0.000000", "-0.0E+0");
  assert.equal(parseCube(heads[0] + scientific).size, 2);
});

const good = formatCube(tableOf(2, (color) => color));
const bad: [name: string, text: string, message: RegExp][] = [
  ["nothing", "", /It has no LUT_3D_SIZE|it has no LUT_3D_SIZE/],
  ["a text", "hello there", /It is no \.cube file/],
  ["numbers without a size", "# x\n0 0 0\n", /The table has no LUT_3D_SIZE/],
  ["one dimension", "LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", /one dimension/],
  ["a size of 1", good.replace("SIZE 2", "SIZE 1"), /must be from 2 to 129, not 1$/],
  ["a size that would fill the memory", good.replace("SIZE 2", "SIZE 500"), /not 500$/],
  ["a size that is no number", good.replace("SIZE 2", "SIZE two"), /not two$/],
  ["no size", good.replace("SIZE 2", "SIZE"), /not none$/],
  ["two sizes", good.replace("LUT_3D", "LUT_3D_SIZE 2\nLUT_3D"), /given twice/],
  ["too few colors", good.trimEnd().split("\n").slice(0, -2).join("\n"), /it ends after 6$/],
  ["too many colors", `${good}0 0 0\n`, /it has more$/],
  ["NaN", good.replace("1.000000", "nan"), /must have three numbers/],
  ["infinity", good.replace("1.000000", "1e999"), /must have three numbers/],
  ["values beyond all colors", good.replace("1.000000", "5000"), /must have three numbers/],
  ["two numbers a line", good.replace("1.000000 ", ""), /must have three numbers/],
  ["another domain", `DOMAIN_MAX 2 2 2\n${good}`, /for colors from 0 to 1: line 1/],
  ["a keyword among the numbers", `${good}TITLE "x"\n`, /keyword among/],
  ["an unknown keyword", `LUT_4D_SIZE 2\n${good}`, /unknown keyword: LUT_4D_SIZE/],
];

for (const [name, text, message] of bad) {
  Deno.test(`a table with ${name} is refused`, () => {
    assert.throws(() => parseCube(text), { name: "LutError", message });
  });
}

Deno.test("a table's values must fill it", () => {
  assert.throws(() => new Lut3d(3, new Float32Array(12)), RangeError);
});

Deno.test("ffmpeg makes of a photograph's table what the map's global part does", async () => {
  await using stylizer = await loadFastest();
  const photo = await examplePicture("island.jpg", 320, 240);
  const style = await stylizer.encodeStyle(await examplePicture("coffee.jpg", 320, 256));
  const map = await stylizer.fitPhoto(photo, [{ style }]);
  const expected = await map.globalPart().apply(photo);
  await using folder = await temporaryFolder();
  const path = (name: string) => `${folder.path}/${name}`;
  await Deno.writeTextFile(path("look.cube"), formatCube(map.toLut()));
  await Deno.writeFile(path("in.png"), await encodeImage(photo, "png"));
  const { code, stderr } = await spawn("ffmpeg", [
    "-v",
    "error",
    "-i",
    path("in.png"),
    "-vf",
    `format=rgb24,lut3d=${path("look.cube")}:interp=tetrahedral`,
    path("out.png"),
  ]);
  assert.equal(code, 0, stderr);
  const result = await decodeImage(await Deno.readFile(path("out.png")));
  assert.ok(largestDifference(result, expected) <= 2, `${largestDifference(result, expected)}`);
  const own = parseCube(await Deno.readTextFile(path("look.cube"))).apply(photo) as Pixels;
  assert.ok(largestDifference(own, result) <= 1, `${largestDifference(own, result)}`);
});

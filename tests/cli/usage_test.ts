import assert from "node:assert/strict";
import { alpha } from "../../src/cli/options/parsers.ts";
import { wholeProgram } from "../../src/cli/program.ts";
import { example, linearStyle, list, PROJECT, temporaryFolder } from "../helpers/program.ts";
import { Session } from "../helpers/session.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const ISLAND = example("island.jpg");
const MOSAIC = example("mosaic.jpg");

/** Runs what is wrong usage, and gives what is said of it, in one line. */
async function refuse(args: string[], program: Pick<Session, "run">): Promise<string> {
  const { code, stdout, stderr } = await program.run(args);
  assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
  assert.equal(text(stdout), "");
  assert.match(stderr, /^error: [^\n]+\n$/);
  return stderr.slice("error: ".length, -1);
}

Deno.test("help and version are understood without dashes", async () => {
  await using program = new Session(PROJECT);
  const outputs = async (args: string[]) => {
    const { code, stdout, stderr } = await program.run(args);
    assert.equal(code, 0, stderr);
    return text(stdout);
  };
  assert.equal(await outputs(["help"]), await outputs(["--help"]));
  assert.equal(await outputs(["help", "inspect"]), await outputs(["inspect", "--help"]));
  assert.equal(await outputs(["help", "pack"]), await outputs(["pack", "--help"]));
  assert.equal(await outputs(["version"]), await outputs(["--version"]));
  assert.match(
    await refuse(["help", "stilize"], program),
    /^unknown command 'stilize' \(Did you mean st/,
  );
});

Deno.test("wrong usage of any subcommand ends with what to run for help", async () => {
  await using program = new Session(PROJECT);
  assert.match(await refuse(["--odd"], program), / \(for help: linear-style --help\)$/);
  for (const command of (await wholeProgram()).commands) {
    for (const name of [command.name(), ...command.aliases()]) {
      const said = await refuse([name, "--odd"], program);
      assert.ok(said.endsWith(` (for help: linear-style ${command.name()} --help)`), said);
    }
  }
  const args = ["stylize", ISLAND, MOSAIC, "--color-only", "--preserve-color", "luminance"];
  assert.match(await refuse(args, program), / \(for help: linear-style stylize --help\)$/);
});

Deno.test("names that other programs have lead to ours", async () => {
  await using program = new Session(PROJECT);
  const meant = {
    "stylize --force": "--overwrite",
    "stylize --strength": "--alpha",
    "video --strength": "--alpha",
    "blend --force": "--overwrite",
    "pack -o x --force": "--overwrite",
    "stylize --gpu": "--backend",
    "restyle": "stylize",
    "precompute": "precompute-style-covariance",
  };
  for (const [line, name] of Object.entries(meant)) {
    const said = await refuse(line.split(" "), program);
    assert.match(said, new RegExp(` \\(Did you mean ${name}\\?\\) \\(for help: `));
  }
  // Nothing is suggested that the subcommand does not have.
  assert.doesNotMatch(await refuse(["inspect", ISLAND, "--force"], program), /overwrite/);
});

Deno.test("-y is --overwrite", async () => {
  const having = (await wholeProgram()).commands
    .filter(({ options }) => options.some(({ long }) => long === "--overwrite"));
  assert.equal(having.length, 5);
  for (const { options } of having) {
    assert.equal(options.find(({ short }) => short === "-y")?.long, "--overwrite");
  }
});

Deno.test("--alpha takes percents", () => {
  for (const [written, value] of [["60%", 0.6], ["0%", 0], ["150%", 1.5], ["0.6", 0.6]] as const) {
    assert.equal(alpha(written), value);
  }
  for (const wrong of ["160%", "%", "-5%", "60 %", "60%%", "1.6"]) {
    assert.throws(() => alpha(wrong), /Expected a number from 0 to 1\.5/);
  }
});

Deno.test("a result goes under a name that says what it is, or under none", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.copyFile(ISLAND, `${cwd}/a.jpg`);
  await Deno.copyFile(MOSAIC, `${cwd}/b.jpg`);
  const wrong: [string[], RegExp][] = [
    [["stylize", "a.jpg", "b.jpg", "-o", "x.mp4"], /"x\.mp4" is the name of a video: use the co/],
    [["stylize", "a.jpg", "b.jpg", "-o", "x.MOV"], /"x\.MOV" is the name of a video/],
    [["stylize", "a.jpg", "b.jpg", "-o", "x.avi"], /"x\.avi" is the name of a video/],
    [["stylize", "a.jpg", "b.jpg", "-o", "x.y4m"], /"x\.y4m" is the name of a video/],
    [["stylize", "a.jpg", "b.jpg", "-o", "x.txt"], /"x\.txt" is of a format that is not written/],
    [["stylize", "a.jpg", "b.jpg", "-o", "x.v2"], /"x\.v2" is of a format .* or add --format/],
    [["stylize", "a.jpg", "--grid", "style=b.jpg", "-o", "x.mov"], /is the name of a video/],
    [["blend", "a.jpg", "--level", "1=b.jpg", "-o", "x.mkv"], /"x\.mkv" is the name of a video/],
    [["stylize", ".", "b.jpg", "-o", "x.mp4"], /-o names a folder, and "x\.mp4" is a file's name/],
    [["stylize", ".", "b.jpg", "-o", "x.txt"], /-o names a folder, and "x\.txt" is a file's name/],
    [["pack", "a.jpg", "-o", "x.png"], /A style pack is neither picture nor video, as "x\.png"/],
    [["pack", "a.jpg", "-o", "x.mp4"], /A style pack is neither picture nor video, as "x\.mp4"/],
    [
      ["blend", "--level", "1=b.jpg", "--save-pack", "x.jpg"],
      /A style pack is neither picture nor/,
    ],
    [
      ["stylize", ".", "b.jpg", "-o", "x", "--manifest", "b.jpg", "-y"],
      /A manifest is neither pic/,
    ],
  ];
  for (const [args, message] of wrong) assert.match(await refuse(args, program), message);
  assert.deepEqual(list(cwd), ["a.jpg", "b.jpg"]);
  assert.deepEqual(await Deno.readFile(`${cwd}/b.jpg`), await Deno.readFile(MOSAIC));
});

Deno.test("a video among pictures is called one", async () => {
  await using folder = await temporaryFolder();
  await using program = new Session(folder.path);
  await Deno.writeTextFile(`${folder.path}/clip.mov`, "not a picture");
  const cases = [
    ["stylize", "clip.mov", MOSAIC, "-o", "x.png"],
    ["stylize", ISLAND, "clip.mov", "-o", "x.png"],
    ["pack", "clip.mov", "-o", "x.safetensors"],
  ];
  for (const args of cases) {
    const { code, stderr } = await program.run(args);
    assert.equal(code, 1);
    assert.match(stderr, /^error: "clip\.mov": The file is a video: use the command video$/m);
  }
});

Deno.test("what is passed over among styles is counted", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.mkdir(`${cwd}/art`);
  await Deno.copyFile(MOSAIC, `${cwd}/art/a.jpg`);
  await Deno.writeTextFile(`${cwd}/art/notes.txt`, "mine");
  const args = ["stylize", "absent.jpg", "art", "--pair", "all", "-o", "x.png"];
  const { stderr } = await linearStyle(args, { cwd });
  assert.match(stderr, /^note: "art": 1 left out: not a picture$/m);
});

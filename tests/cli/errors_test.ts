import assert from "node:assert/strict";
import { encodeImage, writePack } from "../../src/mod.ts";
import { encodeAnimation } from "../../src/image/mod.ts";
import { flat, grain } from "../helpers/pictures.ts";
import {
  example,
  linearStyle,
  list,
  PROJECT,
  shellCommand,
  spawn,
  temporaryFolder,
  text,
} from "../helpers/program.ts";
import { drawnStatistics } from "../helpers/styles.ts";
import { missing, unshare } from "../helpers/requirements.ts";
import { RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const SMALL = ["--size", "32", "--style-size", "64", ...RUNTIME];

/** A folder with a little of everything. */
async function studio() {
  const island = "island.jpg";
  const folder = await temporaryFolder({ "a.jpg": island, "b.jpg": island, "c.jpg": island });
  const { path } = folder;
  const pixels = flat(16, 16, [200, 100, 50, 255]);
  await Deno.writeFile(`${path}/mask.png`, await encodeImage(pixels, "png"));
  const gif = await encodeAnimation([{ pixels, delay: 5 }, { pixels, delay: 5 }], "gif", {
    loops: 0,
  });
  await Deno.writeFile(`${path}/in.gif`, gif);
  await Deno.symlink("in.gif", `${path}/link.gif`);
  await Deno.writeFile(`${path}/cut.gif`, gif.slice(0, 30));
  const grainy = grain(64, 64);
  const other = {
    ...grainy,
    data: grainy.data.map((value, at) => at % 4 === 3 ? 255 : 255 - value),
  };
  const long = await encodeAnimation(
    [{ pixels: grainy, delay: 5 }, { pixels: other, delay: 5 }],
    "gif",
    { loops: 0 },
  );
  await Deno.writeFile(`${path}/late.gif`, long.slice(0, 0.8 * long.length)); // In its second frame.
  await Deno.writeTextFile(`${path}/in.y4m`, `YUV4MPEG2 W16 H16 Cmono\nFRAME\n${" ".repeat(256)}`);
  await Deno.writeTextFile(`${path}/text`, "no picture");
  const thumbnail = { data: new Uint8Array(48).fill(7), width: 4, height: 4 };
  const style = { name: "waves", width: 8, height: 8, thumbnail, ...drawnStatistics(1) };
  await Deno.writeFile(`${path}/p.safetensors`, await writePack([style]));
  return folder;
}

Deno.test("numbers with units, and numbers beyond all bounds, are refused with what would work", async (t) => {
  const whole = (low: number, high: number) => `Expected a whole number from ${low} to ${high}.`;
  const cases: [string[], string][] = [
    [["stylize", "--alpha", "160%"], "Expected a number from 0 to 1.5."],
    [["stylize", "--alpha", "1,5"], "Expected a number from 0 to 1.5."],
    [["stylize", "--alpha", "NaN"], "Expected a number from 0 to 1.5."],
    [["stylize", "--alpha", "-1"], "Expected a number from 0 to 1.5."],
    [["stylize", "--size", "100px"], "Expected a whole number from 8 to 32768, or two of them"],
    [["stylize", "--size", "1e3"], "Expected a whole number from 8 to 32768, or two of them"],
    [["stylize", "--style-size", "0x40"], whole(8, 32768)],
    [["stylize", "--quality", "90%"], whole(1, 100)],
    [["stylize", "--tile", "512px"], "Expected auto, off or a whole number from 64 to 32768."],
    [["stylize", "--tile", "99999999"], "Expected auto, off or a whole number from 64 to 32768."],
    [
      ["stylize", "--max-pixels", "1.5"],
      "Expected something like 50MP, or a whole number of pixels.",
    ],
    [
      ["stylize", "--levels", "1:50%"],
      "Expected something like 1:0.2,3:0.8, with weights of 0 or more.",
    ],
    [["stylize", "--levels", "1:0,2:0"], "The weights must not all be 0."],
    [["stylize", "--jobs", "2.0"], whole(1, 64)],
    [["stylize", "--seed", "-1"], whole(0, 2 ** 32)],
    [["stylize", "--shard", "1 of 4"], "Expected something like 1/4, the first of four parts."],
    [["stylize", "--grid", "alpha=160%"], 'alpha cannot be "160%".'],
    [["stylize", "--grid", "alpha=1,"], 'alpha cannot be "". There is a comma too many.'],
    [["stylize", "--grid", "style-size=7"], 'style-size cannot be "7". Expected a whole number'],
    [["stylize", "--grid", "preserve-color=all"], 'cannot be "all". Allowed choices are none, lu'],
    [
      ["stylize", "--grid", "size=5"],
      "Expected something like alpha=0.2,0.6,1, with one of alpha, brush, level,",
    ],
    [["blend", "--level", "one=a.jpg"], "Expected something like 1=STYLE or 3=STYLE:0.7."],
    [["video", "--crf", "18!"], whole(0, 63)],
    [["bench", "--sizes", "512px"], whole(8, 8192)],
    [["bench", "--backends", "cpu"], "Allowed choices are webgpu, native, builtin, wasm."],
  ];
  await using program = new Session(PROJECT);
  for (const [[command, ...args], message] of cases) {
    await t.step([command, ...args].join(" "), async () => {
      const files = ["bench"].includes(command!) ? [] : ["a.jpg", "b.jpg"];
      const { code, stderr } = await program.run([command!, ...files, ...args]);
      assert.match(stderr, /^error: option '[^\n]+' argument '[^\n]+' is invalid\. [^\n]+\n$/);
      assert.ok(stderr.includes(message), stderr);
      assert.equal(code, 2);
    });
  }
});

Deno.test("what cannot be carried out is one line, and leaves nothing", async (t) => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const before = list(cwd);
  const pre = "precompute-style-covariance";
  const onnx = `${PROJECT}models/default/transfer.onnx`;
  const measure = ["--sizes", "64", "--runs", "1", "--backends", "builtin", "--threads", "1"];
  const cases: [string[], number, string][] = [
    [
      ["stylize", "a.jpg", "b.jpg", "c.jpg", "--grid", "alpha=1", "-o", "x.png"],
      2,
      "--grid makes a sheet of one content and one style",
    ],
    [
      ["stylize", "a.jpg", "--style", "b.jpg", "--grid", "alpha=1", "-o", "x.png"],
      2,
      "With --grid, styles are named by --grid style=...",
    ],
    [
      [
        "stylize",
        "a.jpg",
        "b.jpg",
        "--grid",
        "alpha=1",
        "--grid",
        "level=1",
        "--grid",
        "style=c.jpg",
        "-o",
        "x.png",
      ],
      2,
      "A sheet has rows and columns",
    ],
    [
      ["stylize", "a.jpg", "b.jpg", "--grid", "alpha=1", "--grid", "alpha=0", "-o", "x.png"],
      2,
      "--grid alpha is given twice",
    ],
    [
      ["stylize", "a.jpg", "--grid", "alpha=1", ...SMALL, "-o", "x.png"],
      2,
      "The sheet needs a style",
    ],
    [
      ["stylize", "a.jpg", "--style-mask", "mask.png", "--style", "b.jpg", "-o", "x.png"],
      2,
      '--style-mask "mask.png" belongs to no style: name one',
    ],
    [
      ["stylize", "late.gif", "b.jpg", ...SMALL, "-o", "x.gif"],
      1,
      '"late.gif": The GIF file is damaged or cut off',
    ],
    [
      ["stylize", "a.jpg", "--mask", "mask.png", "--style", "b.jpg", "-o", "x.png"],
      2,
      '--mask "mask.png" belongs to no style: name one',
    ],
    [
      [
        "stylize",
        "in.y4m",
        "b.jpg",
        "--mask",
        "mask.png",
        "--to",
        "c.jpg",
        "--frames",
        "1",
        ...SMALL,
        "-o",
        "x.y4m",
      ],
      2,
      "--to is for a clip without masks",
    ],
    [
      ["stylize", "in.y4m", "b.jpg", "--format", "png", "-o", "x.y4m"],
      2,
      "--format png is for pictures, not for clips",
    ],
    [
      ["stylize", "in.gif", "b.jpg", "--format", "png", "-o", "x.gif"],
      2,
      '--format png is not what "x.gif" says',
    ],
    [
      ["stylize", "in.gif", "b.jpg", "--overwrite", "-o", "in.gif"],
      2,
      'The result would replace the content "in.gif"',
    ],
    [
      ["stylize", "in.gif", "b.jpg", "--overwrite", "-o", "link.gif"],
      2,
      'The result would replace the content "in.gif"',
    ],
    [
      ["stylize", "cut.gif", "b.jpg", ...SMALL, "-o", "x.gif"],
      1,
      '"cut.gif": The GIF file is damaged or cut off',
    ],
    [["blend", "a.jpg", "-o", "x.png"], 2, "A blend needs styles: add --level N=STYLE"],
    [["blend", "--level", "1=b.jpg"], 2, "missing required argument 'contents'"],
    [
      ["blend", "a.jpg", "--level", "1=b.jpg:0", "-o", "x.png"],
      2,
      "The weights of the styles must not all be 0",
    ],
    [["blend", "a.jpg", "--level", "0=b.jpg", ...SMALL, "-o", "x.png"], 2, "There is no level 0"],
    [
      ["blend", "a.jpg", "--level", "9=b.jpg", ...SMALL, "-o", "x.png"],
      2,
      "There is no level 9: this model has levels 1 to 4",
    ],
    [
      ["blend", "a.jpg", "--level", "1=b.jpg", "--levels", "1:1", "-o", "x.png"],
      2,
      "--levels is for one style",
    ],
    [
      [pre, "text", ...SMALL.slice(2), "-o", "x.safetensors"],
      1,
      "No style could be read: no pack is written",
    ],
    [
      [pre, "a.jpg", "b.jpg", "--name", "x", "-o", "x.safetensors"],
      2,
      "--name is for one style: here are 2",
    ],
    [[pre, "a.jpg"], 2, "required option '-o, --output <pack>' not specified"],
    [["inspect", "p.safetensors", "--thumbnails", "text/small"], 1, 'Cannot write "text/small": '],
    [["inspect", "a.jpg", "--thumbnails", "small"], 2, "--thumbnails is for style packs"],
    [["inspect", "p.safetensors", "a.jpg"], 2, 'Only style packs can be compared: "a.jpg" is none'],
    [
      ["bench", "--against", onnx, ...measure],
      1,
      'transfer.onnx": Input "features" is neither a picture',
    ],
    [
      ["stylize", "", "b.jpg", "-o", "x.png"],
      2,
      "Argument 2 is empty, perhaps a variable that is not",
    ],
    [["stylize", "a.jpg", "b.jpg", "--output="], 2, "Argument 4 is empty"],
    [
      ["stylize", "a.jpg", "b.jpg", "-o", "x.heic"],
      2,
      '"x.heic" is of a format that is not written: end it with .png, .jpg, .webp, .avif or .tif',
    ],
    [
      ["stylize", "a.jpg", "b.jpg", "-qv", "-o", "x.png"],
      2,
      "option '-v, --verbose' cannot be used with option '-q, --quiet'",
    ],
    [["stylise", "a.jpg"], 2, "unknown command 'stylise' (Did you mean stylize?)"],
    [["inspect", "a.jpg", "--jsno"], 2, "unknown option '--jsno' (Did you mean --json?)"],
    [["inspect", "a.jpg", "b.jpg", "c.jpg"], 2, "too many arguments for 'inspect'"],
  ];
  for (const [args, code, message] of cases) {
    await t.step(args.join(" "), async () => {
      const result = await program.run(args);
      const lines = result.stderr.trimEnd().split("\n");
      // A picture that is left out has a line of its own.
      assert.equal(lines.length, message.startsWith("No style") ? 2 : 1, result.stderr);
      assert.ok(lines.every((line) => line.startsWith("error: ")), result.stderr);
      assert.ok(lines.at(-1)!.includes(message), result.stderr);
      assert.equal(result.code, code);
      assert.deepEqual(list(cwd), before);
    });
  }
});

Deno.test({
  name: "on a terminal, what comes through a pipe needs a name for its result",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = await studio();
    const cwd = folder.path;
    const run = async (content: string) => {
      const line = shellCommand(["stylize", "-", "b.jpg", ...SMALL]);
      return await spawn("script", ["-qec", `${line} < ${content}`, "/dev/null"], { cwd });
    };
    for (const [content, hint] of [["a.jpg", "-o FILE,"], ["in.y4m", "-o FILE.y4m,"]] as const) {
      const { code, stdout } = await run(content);
      const screen = text(stdout);
      assert.equal(code, 2, screen);
      assert.ok(screen.includes(`Where should the result go? Add ${hint} or redirect`), screen);
    }
    // Redirected or not, a stream in a file does not go there by itself.
    const { code, stderr } = await linearStyle(["stylize", "in.y4m", "b.jpg", ...SMALL], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /Add -o FILE\.y4m, or -o - for standard output/);
  },
});

Deno.test("--quiet leaves standard error empty, whatever there would be to say", async (t) => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.mkdir(`${cwd}/photos`);
  await Deno.copyFile(`${cwd}/a.jpg`, `${cwd}/photos/a.jpg`);
  const frame = `FRAME\n${" ".repeat(256)}`;
  await Deno.writeTextFile(`${cwd}/long.y4m`, `YUV4MPEG2 W16 H16 Cmono\n${frame.repeat(40)}`);
  const quiet = [...SMALL, "--quiet", "--overwrite"];
  const cases = [
    ["stylize", "a.jpg", "b.jpg", "--alpha", "1.2", ...quiet, "-o", "x.png"],
    ["stylize", "photos", "b.jpg", ...quiet, "-o", "out"],
    ["stylize", "long.y4m", "b.jpg", ...quiet, "--size", "16", "-o", "x.y4m"],
    ["stylize", "in.gif", "b.jpg", ...quiet, "-o", "x.gif"],
    ["blend", "--level", "1=a.jpg", "--save-pack", "x.safetensors", ...quiet],
    ["precompute-style-covariance", "a.jpg", "b.jpg", ...quiet.slice(2), "-o", "y.safetensors"],
  ];
  for (const args of cases) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await program.run(args);
      assert.deepEqual([code, stdout.length, stderr], [0, 0, ""]);
    });
  }
});

Deno.test("a backend that cannot start says why, and what would help", async () => {
  await using folder = await temporaryFolder();
  const flags = ["--no-prompt", "--allow-read", "--allow-write", "--allow-env=INIT_CWD"];
  const pair = [example("island.jpg"), example("mosaic.jpg"), "-o", `${folder.path}/a.png`];
  const { code, stderr } = await spawn(Deno.execPath(), [
    ...["run", "-q", ...flags, `${PROJECT}main.ts`, "stylize", ...pair, "--backend", "native"],
  ]);
  assert.match(
    stderr,
    /^error: Backend "native" cannot start: [^\n]*(--allow-ffi|install-native)[^\n]*\n$/,
  );
  assert.equal(code, 1);
  assert.deepEqual(list(folder.path), []);
});

Deno.test({
  name: "a backend that is not installed says what installs it",
  ignore: missing(unshare !== undefined),
  async fn() {
    const script = [
      `mount -t tmpfs none '${PROJECT}backends/onnxruntime-node'`, // As if nothing were in it.
      shellCommand(["backends"]),
    ];
    const { stdout } = await spawn("unshare", [...unshare!, "sh", "-c", script.join("\n")]);
    assert.match(
      text(stdout),
      /^. native {2}not available: onnxruntime-node is not installed: run `deno task install-native`$/m,
    );
  },
});

Deno.test("what Deno was not permitted to read or write is said, with what permits it", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  const before = list(cwd);
  const run = (read: string) => {
    const flags = ["--no-prompt", read, "--allow-env=INIT_CWD"];
    const args = ["stylize", "a.jpg", "b.jpg", "--backend", "wasm", "-o", "x.png"];
    return spawn(Deno.execPath(), ["run", "-q", ...flags, `${PROJECT}main.ts`, ...args], { cwd });
  };
  const permit = "Deno may not: add --allow-read, --allow-write\n";
  const [unread, unwritten] = [
    await run(`--allow-read=${PROJECT}`),
    await run("--allow-read"),
  ];
  assert.equal(unread.stderr, `error: Cannot read "a.jpg": ${permit}`);
  assert.equal(unwritten.stderr, `error: Cannot write "x.png": ${permit}`);
  assert.deepEqual([unread.code, unwritten.code, list(cwd)], [1, 1, before]);
});

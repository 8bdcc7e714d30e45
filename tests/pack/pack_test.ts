import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import {
  ModelMismatchError,
  type PackedStyle,
  PackError,
  readPack,
  StylePack,
  writePack,
} from "../../src/mod.ts";
import { drawnStatistics } from "../helpers/styles.ts";
import { bytesAsSource, type ByteSource } from "../../src/pack/safetensors.ts";
import { spawn, temporaryFolder } from "../helpers/program.ts";
import { missing } from "../helpers/requirements.ts";
import { SEED_CHANNELS } from "../../src/transfer/seed.ts";

const C = 4;
const L = 2;

function packedStyle(name: string, seed: number): PackedStyle {
  return {
    ...drawnStatistics(seed, C, L),
    name,
    width: 640,
    height: 480,
    thumbnail: { data: new Uint8Array(5 * 3 * 3).fill(seed), width: 5, height: 3 },
  };
}

const styles = ["waves", "Éternité 永遠", "a/b"].map(packedStyle);
const pack = await writePack(styles);

/** A pack whose head is changed as text; lengths are put right unless `size` is given. */
function withHead(change: (head: string) => string, size?: bigint): Uint8Array {
  const length = Number(new DataView(pack.buffer).getBigUint64(0, true));
  const head = new TextEncoder().encode(
    change(new TextDecoder().decode(pack.subarray(8, 8 + length))),
  );
  const changed = new Uint8Array(8 + head.length + pack.length - 8 - length);
  new DataView(changed.buffer).setBigUint64(0, size ?? BigInt(head.length), true);
  changed.set(head, 8);
  changed.set(pack.subarray(8 + length), 8 + head.length);
  return changed;
}

Deno.test("a pack gives back what was put into it, style by style", async () => {
  const open = await StylePack.open(pack);
  assert.deepEqual(open.styles.map(({ name }) => name), styles.map(({ name }) => name));
  for (const style of styles) assert.deepEqual(await open.read(style.name), style);
});

Deno.test("a pack's bytes depend on its styles alone", async () => {
  assert.deepEqual(await writePack(styles), pack);
});

Deno.test("a bare style makes a pack of one, which needs no name", async () => {
  const { model, scales } = styles[0]!;
  const bare = { model, scales };
  assert.deepEqual(await readPack(await writePack(bare)), { name: "style", ...bare });
});

Deno.test("one style is taken without reading the others", async () => {
  const many = Array.from({ length: 500 }, (_, index) => packedStyle(`style ${index}`, index));
  const source = bytesAsSource(await writePack(many));
  let read = 0;
  const counting: ByteSource = {
    size: source.size,
    read: (start, length) => (read += length, source.read(start, length)),
  };
  const open = await StylePack.open(counting);
  const headBytes = read;
  assert.deepEqual(await open.read("style 321"), many[321]);
  assert.equal(
    read - headBytes,
    4 * 3 * (C + C * C + L * C * C + L * C * SEED_CHANNELS) + 5 * 3 * 3,
  );
});

Deno.test("a style that is not there, or not named, is said with those that are", async () => {
  const open = await StylePack.open(pack);
  await assert.rejects(open.read("mosaic"), /no style "mosaic": it has waves, Éternité 永遠, a\/b/);
  await assert.rejects(open.read(), /has 3 styles, and none was named: waves/);
});

Deno.test("two styles of one name, or of two models, make no pack", async () => {
  await assert.rejects(() => writePack([styles[0]!, styles[0]!]), /Two styles are called "waves"/);
  const other = { ...styles[1]!, model: { name: "other", checksum: "def" } };
  await assert.rejects(() => writePack([styles[0]!, other]), ModelMismatchError);
  await assert.rejects(() => writePack([]), PackError);
});

/** What a head says of a tensor. */
interface Tensor {
  dtype: string;
  shape: number[];
  // deno-lint-ignore camelcase -- The format's name.
  data_offsets: [number, number];
}

/** A file whose head is as long as it says, and longer than any head. */
function longHead(): Uint8Array {
  const bytes = new Uint8Array(8 + 33 * 2 ** 20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(33 * 2 ** 20), true);
  return bytes;
}

Deno.test("hostile packs are refused with a reason", async () => {
  const json =
    (change: (head: Record<string, Record<string, unknown>>) => void) => (text: string) => {
      const head = JSON.parse(text);
      change(head);
      return JSON.stringify(head);
    };
  const nan = pack.slice();
  new DataView(nan.buffer).setFloat32(nan.length - 45 - 4 * 8, NaN, true);
  const cases: [string, Uint8Array, RegExp][] = [
    ["empty", new Uint8Array(), /too short/],
    ["text", new TextEncoder().encode("this is not a pack at all"), /head/],
    ["a head of 2^63 bytes", withHead((head) => head, 2n ** 63n), /longer than the file/],
    ["a head of 2^53 bytes", withHead((head) => head, 2n ** 53n), /longer than the file/],
    ["cut off", pack.slice(0, -1), /do not end where the file ends/],
    ["with more at the end", new Uint8Array([...pack, 0]), /do not end where the file ends/],
    ["no JSON", withHead((head) => head.replace("{", "[")), /not a JSON object/],
    [
      "not of this program",
      withHead((h) => h.replace("linear-style pack", "linear-style")),
      /not a style pack/,
    ],
    [
      "of the future",
      withHead(json((h) => h["__metadata__"]!["version"] = "9")),
      /version 9/,
    ],
    [
      "of the past",
      withHead(json((h) => h["__metadata__"]!["version"] = "1")),
      /version 1; this program reads version 2/,
    ],
    ["without styles", withHead(json((h) => delete h["__metadata__"]!["styles"])), /metadata/],
    [
      "metadata no strings",
      withHead(json((h) => h["__metadata__"]!["x"] = 1)),
      /not strings/,
    ],
    [
      "a tensor outside",
      withHead(json((h) => h["waves/mean"]!["data_offsets"] = [0, 2 ** 40])),
      /does not fit/,
    ],
    [
      "tensors that overlap",
      withHead(json((h) => h["waves/mean"]!["data_offsets"] = [4, 52])),
      /overlap/,
    ],
    [
      "a negative offset",
      withHead(json((h) => h["waves/mean"]!["data_offsets"] = [-48, 0])),
      /no offsets/,
    ],
    [
      "another type",
      withHead(json((h) => h["waves/mean"]!["dtype"] = "F64")),
      /neither F32 nor U8/,
    ],
    ["a head beyond all bounds", longHead(), /head is too long/],
    [
      "a shape beyond all bounds",
      withHead(json((h) => h["waves/mean"]!["shape"] = [2 ** 30, 2 ** 30])),
      /does not fit/,
    ],
  ];
  for (const [name, bytes, reason] of cases) {
    await assert.rejects(
      StylePack.open(bytes),
      (error: Error) => error instanceof PackError && reason.test(error.message),
      name,
    );
  }
  const misfits: [(head: Record<string, Tensor>) => void, RegExp][] = [
    [(h) => Object.assign(h["waves/mean"]!, { dtype: "U8", shape: [3, 4 * C] }), /is not of F32/],
    [(h) => h["waves/thumbnail"]!.shape = [1, 45, 1], /thumbnail" is not a picture/],
    [(h) => {
      const [covariance, matrix] = [h["waves/covariance"]!, h["waves/matrix"]!];
      assert.equal(covariance.data_offsets[1], matrix.data_offsets[0]);
      covariance.data_offsets[1] = matrix.data_offsets[0] += 4 * C;
      covariance.shape = [1, 1, 3 * C * C + C];
      matrix.shape = [1, 1, 1, 3 * L * C * C - C];
    }, /The tensors of the style "waves" do not fit/],
  ];
  for (const [change, reason] of misfits) {
    const wrong = withHead((text) => {
      const head = JSON.parse(text);
      change(head);
      return JSON.stringify(head);
    });
    await assert.rejects((await StylePack.open(wrong)).read("waves"), reason);
  }
  const wrongShape = withHead((head) => head.replace('"shape":[3,4]', '"shape":[12]'));
  await assert.rejects((await StylePack.open(wrongShape)).read("waves"), /another shape/);
  await assert.rejects((await StylePack.open(nan)).readAll(), /not finite/);
  const flipped = pack.slice();
  flipped[flipped.length - 1]! ^= 1;
  await assert.rejects((await StylePack.open(flipped)).readAll(), /its checksum differs/);
});

Deno.test("10,000 damaged packs are refused, or read as they are", async () => {
  let state = 42;
  const random = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
  let refused = 0;
  for (let round = 0; round < 10_000; round++) {
    let bytes = pack.slice();
    for (let change = 0; change <= random(4); change++) {
      const at = random(4) === 0 ? random(bytes.length) : random(1200);
      const kind = random(4);
      if (kind === 0) bytes[at % bytes.length] = random(256);
      else if (kind === 1) bytes[at % bytes.length]! ^= 1 << random(8);
      else if (kind === 2) bytes = bytes.slice(0, random(bytes.length));
      else bytes.copyWithin(at % (bytes.length || 1), random(bytes.length || 1));
    }
    try {
      for (const { scales } of await (await StylePack.open(bytes)).readAll()) {
        assert.ok(styles.some((style) => isDeepStrictEqual(style.scales, scales)));
      }
    } catch (error) {
      assert.ok(error instanceof PackError, String((error as Error).stack));
      refused++;
    }
  }
  assert.ok(refused > 5_000, `only ${refused} were refused`);
});

const python = await spawn("python3", ["-c", "import numpy, safetensors"])
  .then(({ code }) => code === 0, () => false);

Deno.test({
  name: "Python's safetensors reads a pack",
  ignore: missing(python),
  async fn() {
    await using folder = await temporaryFolder();
    await Deno.writeFile(`${folder.path}/p.safetensors`, pack);
    const script = `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], "numpy") as file:
    print(json.dumps({
        "metadata": file.metadata(),
        "mean": file.get_tensor("waves/mean").tolist(),
        "matrix": list(file.get_tensor("waves/matrix").shape),
        "seed": list(file.get_tensor("waves/seed_matrix").shape),
    }))`;
    const { stdout, stderr } = await spawn("python3", [
      "-c",
      script,
      `${folder.path}/p.safetensors`,
    ]);
    const found = JSON.parse(new TextDecoder().decode(stdout) || stderr);
    assert.equal(found.metadata.format, "linear-style pack");
    assert.deepEqual(found.mean, styles[0]!.scales.map(({ mean }) => [...mean]));
    assert.deepEqual(found.matrix, [3, L, C, C]);
    assert.deepEqual(found.seed, [3, L, C, SEED_CHANNELS]);
  },
});

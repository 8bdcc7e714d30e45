import assert from "node:assert/strict";
import { decodeWithMetadata, encodeImage } from "../../src/mod.ts";
import { resolutionOf } from "../../src/image/mod.ts";
import { writeExif } from "../../src/image/metadata/exif.ts";
import { Tag } from "../../src/image/metadata/tiff_directory.ts";
import { rawBytes } from "../../src/image/metadata/tiff_fields.ts";
import { ascii } from "../../src/util/bytes.ts";
import { readHeader } from "../../src/image/header.ts";
import { profileName } from "../../src/image/color/profile.ts";
import { examplePicture } from "../helpers/pictures.ts";
import { spawn, temporaryFolder, text } from "../helpers/program.ts";
import { withoutPillow } from "../helpers/fixtures.ts";

const FORMATS = ["png", "jpeg", "webp", "avif", "tiff"] as const;

/** Writes pictures with everything that is, and is not, to be carried on. */
const WRITE = `
import io, sys
from PIL import Image, PngImagePlugin
folder = sys.argv[1]
picture = Image.new("RGB", (40, 24), "teal")
thumbnail = io.BytesIO()
picture.resize((8, 8)).save(thumbnail, "JPEG")
exif = Image.Exif()
exif[0x010F], exif[0x0112], exif[0x8298] = "Maker", 6, "(c) Somebody"
exif[0x011A], exif[0x011B], exif[0x0128] = 300.0, 150.0, 3
exif.get_ifd(0x8769).update({0x9003: "2020:02:02 02:02:02", 0x927C: b"maker's notes",
                             0xA001: 65535, 0xA002: 40, 0xA003: 24})
exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 12.0, 30.0)})
body = exif.tobytes()[6:]
# The second directory, which Pillow does not write: a thumbnail.
assert body[:2] == b"MM"
count = int.from_bytes(body[8:10], "big")
link = 10 + 12 * count
entry = lambda tag, value: tag.to_bytes(2, "big") + b"\\0\\4\\0\\0\\0\\1" + value.to_bytes(4, "big")
start = len(body) + 2 + 24 + 4
second = b"\\0\\2" + entry(0x201, start) + entry(0x202, len(thumbnail.getvalue())) + bytes(4)
body = body[:link] + len(body).to_bytes(4, "big") + body[link + 4:] + second + thumbnail.getvalue()
xmp = (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6" '
       b'dc:rights="Somebody"><xmp:Thumbnails><rdf:Alt/></xmp:Thumbnails></rdf:Description>'
       b'</x:xmpmeta>')
exif_bytes = b"Exif\\0\\0" + body
picture.save(folder + "/in.jpeg", exif=exif_bytes, xmp=xmp)
picture.save(folder + "/in.webp", exif=exif_bytes, xmp=xmp)
picture.save(folder + "/in.avif", exif=exif_bytes, xmp=xmp, speed=9)
info = PngImagePlugin.PngInfo()
info.add_itxt("XML:com.adobe.xmp", xmp.decode())
picture.save(folder + "/in.png", exif=exif_bytes, pnginfo=info)
details = {36867: "2020:02:02 02:02:02", 37500: b"maker's notes", 40961: 65535, 40962: 40, 40963: 24}
place = {1: "N", 2: (48.0, 12.0, 30.0)}
picture.save(folder + "/in.tiff", tiffinfo={
    271: "Maker", 274: 6, 282: 300.0, 283: 150.0, 296: 3, 33432: "(c) Somebody", 700: xmp,
    34665: details, 34853: place})
`;

/** Tells what is in the files. */
const READ = `
import json, sys
from PIL import Image
for name in sys.argv[1:]:
    picture = Image.open(name)
    picture.load()
    exif = picture.getexif()
    details = exif.get_ifd(0x8769)
    xmp = picture.info.get("xmp", picture.info.get("XML:com.adobe.xmp", b""))
    raw = picture.info.get("exif", b"")
    print(json.dumps({
        "size": picture.size,
        "make": exif.get(0x010F), "copyright": exif.get(0x8298), "orientation": exif.get(0x0112),
        "taken": details.get(0x9003), "notes": (details.get(0x927C) or b"").decode(),
        "space": details.get(0xA001), "width": details.get(0xA002),
        "place": [float(v) for v in exif.get_ifd(0x8825).get(2, ())],
        "second": len(exif.get_ifd(1)), "jpeg": raw.count(b"\\xff\\xd8"),
        "resolution": [float(exif.get(0x011A, 0)), float(exif.get(0x011B, 0)), exif.get(0x0128)],
        "xmp": xmp.decode() if isinstance(xmp, bytes) else xmp,
    }))
`;

Deno.test({
  name: "metadata are carried on, but for orientation, size, colour space and thumbnail",
  ignore: withoutPillow,
  async fn(t) {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const { code, stderr } = await spawn("python3", ["-c", WRITE, cwd]);
    assert.equal(code, 0, stderr);
    const names: string[] = [];
    for (const source of FORMATS) {
      const { pixels, metadata } = await decodeWithMetadata(
        await Deno.readFile(`${cwd}/in.${source}`),
      );
      assert.deepEqual([pixels.width, pixels.height], [24, 40], source);
      for (const target of FORMATS) {
        const name = `${source} to ${target}`;
        await Deno.writeFile(`${cwd}/${name}`, await encodeImage(pixels, target, { metadata }));
        names.push(name);
      }
    }
    const { stdout, stderr: said } = await spawn("python3", ["-c", READ, ...names], { cwd });
    const lines = text(stdout).trim().split("\n");
    assert.equal(lines.length, names.length, said);
    for (const [index, name] of names.entries()) {
      await t.step(name, () => {
        const found = JSON.parse(lines[index]!);
        assert.deepEqual(found.size, [24, 40]);
        assert.equal(found.make, "Maker");
        assert.equal(found.copyright, "(c) Somebody");
        assert.ok([null, 1].includes(found.orientation), found.orientation);
        assert.equal(found.second, 0);
        assert.equal(found.jpeg, 0, "a thumbnail");
        assert.match(found.xmp, /dc:rights="Somebody"/);
        assert.doesNotMatch(found.xmp, /Orientation|Thumbnails/);
        assert.equal(found.taken, "2020:02:02 02:02:02");
        assert.equal(found.notes, "maker's notes");
        assert.equal(found.space, 1);
        assert.equal(found.width, null);
        assert.deepEqual(found.place, [48, 12, 30]);
        assert.deepEqual(found.resolution, [300, 150, 3]);
      });
    }
  },
});

Deno.test("without metadata given, none are written but that the colours are sRGB", async () => {
  const picture = await examplePicture("island.jpg", 40, 30);
  for (const format of FORMATS) {
    const bytes = await encodeImage(picture, format);
    const { metadata, profile } = await readHeader(bytes);
    assert.deepEqual(metadata, {}, format);
    if (format === "png") assert.ok(ascii(bytes, 0, 100).includes("sRGB"));
    else assert.equal(profile && profileName(profile), "sRGB", format);
  }
});

/** Writes pictures whose resolution, 300 pixels an inch, is in a field of their format alone. */
const WRITE_RESOLUTION = `
import sys
from PIL import Image
for name in sys.argv[1:]:
    Image.new("RGB", (40, 24), "teal").save(name, dpi=(300, 150))
`;

/** Tells the resolution of files. */
const READ_RESOLUTION = `
import json, sys
from PIL import Image
for name in sys.argv[1:]:
    picture = Image.open(name)
    exif = picture.getexif()
    stated = [float(exif.get(0x011A, 0)), float(exif.get(0x011B, 0)), exif.get(0x0128)]
    print(json.dumps([[float(v) for v in picture.info.get("dpi", ())], stated]))
`;

Deno.test({
  name: "a resolution that only a field of the format states is carried on",
  ignore: withoutPillow,
  async fn(t) {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const sources = ["in.jpeg", "in.png", "in.bmp", "in.tiff"];
    const { code, stderr } = await spawn("python3", ["-c", WRITE_RESOLUTION, ...sources], { cwd });
    assert.equal(code, 0, stderr);
    const names: string[] = [];
    for (const source of sources) {
      const { pixels, metadata } = await decodeWithMetadata(
        await Deno.readFile(`${cwd}/${source}`),
      );
      for (const target of FORMATS) {
        const name = `${source} to ${target}`;
        await Deno.writeFile(`${cwd}/${name}`, await encodeImage(pixels, target, { metadata }));
        names.push(name);
      }
    }
    const { stdout, stderr: said } = await spawn("python3", ["-c", READ_RESOLUTION, ...names], {
      cwd,
    });
    const lines = text(stdout).trim().split("\n");
    assert.equal(lines.length, names.length, said);
    for (const [index, name] of names.entries()) {
      await t.step(name, () => {
        const [own, [x, y, unit]] = JSON.parse(lines[index]!);
        const scale = unit === 3 ? 2.54 : 1;
        const found = /(jpeg|png|tiff)$/.test(name) ? own : [x * scale, y * scale];
        assert.deepEqual(found.map(Math.round), [300, 150], lines[index]!);
      });
    }
  },
});

Deno.test("a resolution is added to EXIF that has none, and nothing in it moves", async () => {
  const picture = await examplePicture("island.jpg", 40, 30);
  const notes = new Uint8Array(40).fill(7);
  const details = new Map([[Tag.makerNote, { ...rawBytes(notes), type: 7 }]]);
  const exif = writeExif(new Map([[Tag.exifDirectory, details]]));
  const resolution = { x: 118.11, y: 118.11, unit: "centimeter" } as const;
  for (const format of FORMATS) {
    const bytes = await encodeImage(picture, format, { metadata: { exif, resolution } });
    const { metadata } = await readHeader(bytes);
    const { x, unit } = resolutionOf(metadata)!;
    assert.ok(Math.abs(x - (unit === "inch" ? 300 : 118.11)) < 0.01, `${format}: ${x} ${unit}`);
    if (format === "tiff") continue; // It has directories of its own.
    const start = exif.length - notes.length;
    const found = metadata.exif!.subarray(start, start + notes.length);
    assert.deepEqual(found, notes, format);
  }
});

/** XMP with a long property as an attribute, one as an element, and a short one. */
function longXmp(length: number): Uint8Array {
  return new TextEncoder().encode(
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" ' +
      'xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description rdf:about="" ' +
      `dc:rights="Somebody" xmlns:a="urn:a/" a:depth="${"d".repeat(length)}"><a:list><rdf:Seq>` +
      `<rdf:li>${"<![CDATA[>]]>e".repeat(length / 14)}</rdf:li></rdf:Seq></a:list>` +
      "<dc:format>image/jpeg</dc:format></rdf:Description></rdf:RDF></x:xmpmeta>\n" +
      " ".repeat(2000) + '<?xpacket end="w"?>',
  );
}

/** Tells the properties in XMP, and of the segments of a JPEG whether their digest is right. */
const READ_XMP = `
import hashlib, json, re, sys
from xml.etree import ElementTree
data = open(sys.argv[1], "rb").read()
extension = b"http://ns.adobe.com/xmp/extension/\\0"
parts, at, main = {}, 2, b""
while data[at + 1] != 0xDA:
    length = int.from_bytes(data[at + 2:at + 4], "big")
    body = data[at + 4:at + 2 + length]
    if body.startswith(extension):
        rest = body[len(extension):]
        parts[int.from_bytes(rest[36:40], "big")] = rest
    elif body.startswith(b"http://ns.adobe.com/xap/1.0/\\0"):
        main = body[29:]
    at += 2 + length
whole = b"".join(parts[k][40:] for k in sorted(parts))
named = re.search(rb'HasExtendedXMP="(\\w{32})"', main)
found = {}
for text in (main, whole):
    for node in ElementTree.fromstring(text).iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description") if text else ():
        for key, value in list(node.attrib.items()) + [(c.tag, "".join(c.itertext())) for c in node]:
            assert key not in found or key.endswith("about"), key
            found[key] = len(value)
print(json.dumps({
    "found": found, "parts": len(parts), "main": len(main),
    "right": bool(named) and all(r[:32] == named[1] for r in parts.values())
        and named[1].decode() == hashlib.md5(whole).hexdigest().upper()
        and all(int.from_bytes(r[32:36], "big") == len(whole) for r in parts.values())}))
`;

Deno.test({
  name: "XMP longer than a segment of JPEG goes on in others, and comes back whole",
  ignore: withoutPillow,
  async fn() {
    await using folder = await temporaryFolder();
    const picture = await examplePicture("island.jpg", 40, 30);
    const properties = { "urn:a/depth": 150_000, "urn:a/list": 2 * Math.floor(150_000 / 14) };
    let metadata: { xmp?: Uint8Array } = { xmp: longXmp(150_000) };
    for (let turn = 0; turn < 2; turn++) { // As it is read, it can be written again.
      const notes: string[] = [];
      const onNote = (note: string) => void notes.push(note);
      const bytes = await encodeImage(picture, "jpeg", { metadata, onNote });
      assert.deepEqual(notes, []);
      await Deno.writeFile(`${folder.path}/a.jpg`, bytes);
      const { stdout, stderr } = await spawn("python3", ["-c", READ_XMP, `${folder.path}/a.jpg`]);
      assert.equal(stderr, "");
      const { found, parts, main, right } = JSON.parse(text(stdout));
      assert.ok(right && parts > 2 && main < 65503, text(stdout));
      for (const [name, length] of Object.entries(properties)) {
        assert.equal(found[`{urn:a/}${name.slice(6)}`], length, name);
      }
      assert.equal(found["{http://purl.org/dc/elements/1.1/}rights"], 8);
      ({ metadata } = await readHeader(bytes));
      const whole = new TextDecoder().decode(metadata.xmp);
      assert.ok(whole.includes("d".repeat(150_000)) && whole.includes('dc:rights="Somebody"'));
      assert.doesNotMatch(whole, /HasExtendedXMP/);
    }
    // Short enough without what is left for programs to fill in.
    const short = await encodeImage(picture, "jpeg", { metadata: { xmp: longXmp(32_000) } });
    assert.match(ascii(short, 0, 1000), /dc:rights/);
  },
});

Deno.test("what a format does not hold of the metadata is named", async (t) => {
  const picture = await examplePicture("island.jpg", 40, 30);
  const long = { ...rawBytes(new Uint8Array(70_000).fill(7)), type: 7 };
  const maker = { type: 2, count: 6, bytes: new TextEncoder().encode("Maker\0") };
  const details = new Map([[Tag.makerNote, long]]);
  const exif = writeExif(new Map().set(Tag.make, maker).set(Tag.exifDirectory, details));
  const named = async (format: typeof FORMATS[number], metadata: object) => {
    const notes: string[] = [];
    const onNote = (note: string) => void notes.push(note);
    const { metadata: kept } = await readHeader(
      await encodeImage(picture, format, { metadata, onNote }),
    );
    return { notes, kept };
  };
  await t.step("EXIF longer than a segment", async () => {
    const { notes, kept } = await named("jpeg", { exif });
    assert.deepEqual(notes, ["Its EXIF has 69 KB, of which JPEG holds 64: MakerNote left out"]);
    assert.match(ascii(kept.exif!, 0, kept.exif!.length), /Maker/);
    for (const format of ["png", "webp", "avif", "tiff"] as const) {
      const { notes, kept } = await named(format, { exif });
      assert.deepEqual(notes, [], format);
      assert.ok(kept.exif!.length > 70_000, format);
    }
  });
  await t.step("XMP longer than a segment that cannot be split", async () => {
    const xmp = new TextEncoder().encode(`<x>${"x".repeat(70_000)}</x>`);
    const { notes, kept } = await named("jpeg", { xmp });
    assert.deepEqual(notes, ["Its XMP has 69 KB, of which JPEG holds 64: left out"]);
    assert.equal(kept.xmp, undefined);
  });
  await t.step("damaged EXIF", async () => {
    const { notes, kept } = await named("png", { exif: exif.slice(0, 9) });
    assert.deepEqual(notes, ["Its EXIF is left out: it is damaged"]);
    assert.equal(kept.exif, undefined);
  });
});

/** Writes a JPEG with IPTC beside other resources and a comment, and a PNG with texts. */
const WRITE_BLOCKS = `
import sys
from PIL import Image, PngImagePlugin
folder = sys.argv[1]
picture = Image.new("RGB", (40, 24), "teal")
resource = lambda number, data: (b"8BIM" + number.to_bytes(2, "big") + b"\\3abc"
                                 + len(data).to_bytes(4, "big") + data + b"\\0" * (len(data) % 2))
caption = b"\\x1c\\2\\x78\\0\\7The sea"
body = b"Photoshop 3.0\\0" + resource(0x040C, b"thumbnail") + resource(0x0404, caption)
picture.save(folder + "/in.jpg", comment=b"By hand",
             extra=b"\\xff\\xed" + (len(body) + 2).to_bytes(2, "big") + body)
info = PngImagePlugin.PngInfo()
info.add_text("Author", "Somebody")
info.add_text("Comment", "By hand", zip=True)
info.add_text("Raw profile type exif", "1234")
picture.save(folder + "/in.png", pnginfo=info)
`;

const READ_BLOCKS = `
import json, sys
from PIL import Image, IptcImagePlugin
for name in sys.argv[1:]:
    picture = Image.open(name)
    iptc = IptcImagePlugin.getiptcinfo(picture) if picture.format == "JPEG" else None
    print(json.dumps([{k: v.decode() for k, v in (iptc or {}).items() for k in [str(k)]},
                      picture.info.get("comment", b"").decode(), getattr(picture, "text", {})]))
`;

Deno.test({
  name: "IPTC and comments stay in JPEG, texts in PNG; other formats are said not to hold them",
  ignore: withoutPillow,
  async fn() {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const { code, stderr } = await spawn("python3", ["-c", WRITE_BLOCKS, cwd]);
    assert.equal(code, 0, stderr);
    const convert = async (from: string, to: "jpeg" | "png" | "avif") => {
      const notes: string[] = [];
      const onNote = (note: string) => void notes.push(note);
      const { pixels, metadata } = await decodeWithMetadata(await Deno.readFile(`${cwd}/${from}`));
      const bytes = await encodeImage(pixels, to, { metadata, onNote });
      await Deno.writeFile(`${cwd}/out.${to}`, bytes);
      const { stdout, stderr } = await spawn("python3", ["-c", READ_BLOCKS, `out.${to}`], { cwd });
      assert.equal(stderr, "");
      return { notes, found: JSON.parse(text(stdout)) };
    };
    assert.deepEqual(await convert("in.jpg", "jpeg"), {
      notes: [],
      found: [{ "(2, 120)": "The sea" }, "By hand", {}],
    });
    assert.deepEqual(await convert("in.png", "png"), {
      notes: ["Its raw profile is left out: PNG files do not hold it"],
      found: [{}, "", { Author: "Somebody", Comment: "By hand" }],
    });
    assert.deepEqual((await convert("in.jpg", "avif")).notes, [
      "Its IPTC is left out: AVIF files do not hold it",
      "Its comment is left out: AVIF files do not hold it",
    ]);
    assert.deepEqual((await convert("in.png", "jpeg")).notes, [
      "Its text is left out: JPEG files do not hold it",
      "Its raw profile is left out: JPEG files do not hold it",
    ]);
  },
});

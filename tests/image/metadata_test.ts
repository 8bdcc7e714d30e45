import assert from "node:assert/strict";
import { decodeWithMetadata, encodeImage } from "../../src/mod.ts";
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

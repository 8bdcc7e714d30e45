"""Pictures in every format and flavour, each with what Pillow and lcms make of it.

    python3 fixtures.py PICTURE FOLDER

Of a picture, writes into the folder files to be decoded, for each `<file>.rgba` with the pixels
that are right (upright, sRGB, RGBA), and `index.json`, which lists them: `file`, `width`, `height`.
"""

import io
import json
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

WIDTH, HEIGHT = 93, 61  # Odd, and no multiple of any block or tile.
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

# --- Profiles ------------------------------------------------------------------------------------


def icc_profile(colour_space, tags, kind=b"mntr", connection=b"XYZ "):
    """An ICC profile of version 2.4 (ICC.1:2001-04)."""
    table, data, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, body in tags.items():
        body += b"\0" * (-len(body) % 4)
        table += name + struct.pack(">II", at + len(data), len(body))
        data += body
    head = struct.pack(">I4xI4s4s4s12x4s4s4s", at + len(data), 0x02400000, kind, colour_space,
                       connection, b"acsp", b"\0\0\0\0", b"\0\0\0\0")
    head = head.ljust(68, b"\0") + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)  # D50
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def description(text):
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text.encode() + b"\0" * 79


def xyz(x, y, z):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in (x, y, z)))


def curve(values):
    return b"curv\0\0\0\0" + struct.pack(f">I{len(values)}H", len(values), *values)


def matrix_profile(name, primaries, transfer):
    """Of an RGB space with the white D65, its primaries as xy."""
    to_xyz = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    white = np.array([0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290])
    to_xyz = to_xyz * np.linalg.solve(to_xyz, white)
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367],
                         [0.0389, -0.0685, 1.0296]])
    d50 = np.array([0.9642, 1, 0.8249])
    scale = np.diag((bradford @ d50) / (bradford @ white))
    columns = (np.linalg.inv(bradford) @ scale @ bradford @ to_xyz).T
    tags = {b"desc": description(name), b"cprt": b"text\0\0\0\0None\0", b"wtpt": xyz(*d50)}
    for channel, column in zip(b"rgb", columns):
        tags[bytes([channel]) + b"XYZ"] = xyz(*column)
        tags[bytes([channel]) + b"TRC"] = curve(transfer)
    return icc_profile(b"RGB ", tags)


def srgb_curve():
    v = np.linspace(0, 1, 1024)
    linear = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
    return np.rint(linear * 65535).astype(int).tolist()


DISPLAY_P3 = matrix_profile("Display P3", [(0.680, 0.320), (0.265, 0.690), (0.150, 0.060)],
                            srgb_curve())
ADOBE_RGB = matrix_profile("Adobe RGB (1998)", [(0.64, 0.33), (0.21, 0.71), (0.15, 0.06)],
                           [round(2.19921875 * 256)])
GREY_18 = icc_profile(b"GRAY", {
    b"desc": description("Gamma 1.8"), b"cprt": b"text\0\0\0\0None\0",
    b"wtpt": xyz(0.9642, 1, 0.8249), b"kTRC": curve([round(1.8 * 256)])})


def cmyk_profile():
    """Of a made-up press: a table (lut8Type) from CMYK to Lab, and none back."""
    grid, steps = [], np.linspace(0, 1, 5)
    inks = np.array([[55, -37, -50], [48, 74, -3], [89, -5, 93]])  # Lab of full C, M, Y
    for c in steps:
        for m in steps:
            for y in steps:
                for k in steps:
                    lab = np.array([100.0, 0, 0])
                    for share, ink in zip((c, m, y), inks):
                        lab = lab + share * (ink - [100, 0, 0]) * [lab[0] / 100, 1, 1]
                    lab = lab * (1 - 0.85 * k)
                    encoded = [lab[0] * 2.55, lab[1] + 128, lab[2] + 128]
                    grid.append(np.clip(np.rint(encoded), 0, 255).astype(np.uint8))
    ramp = bytes(range(256))
    identity = struct.pack(">9i", *(65536 if i % 4 == 0 else 0 for i in range(9)))
    table = (b"mft1\0\0\0\0" + bytes([4, 3, 5, 0]) + identity + ramp * 4
             + np.array(grid).tobytes() + ramp * 3)
    return icc_profile(b"CMYK", {
        b"desc": description("A press"), b"cprt": b"text\0\0\0\0None\0",
        b"wtpt": xyz(0.9642, 1, 0.8249), b"A2B0": table}, kind=b"prtr", connection=b"Lab ")


CMYK_PRESS = cmyk_profile()

# --- Files that Pillow does not write ------------------------------------------------------------


def png(array, colour_type, bits, interlaced=False, chunks=()):
    """A PNG of an array (height, width, channels) of unsigned integers."""
    def chunk(name, data):
        return (struct.pack(">I", len(data)) + name + data
                + struct.pack(">I", zlib.crc32(name + data)))

    def rows(part):
        if bits == 16:
            raw = part.astype(">u2").reshape(len(part), -1).view(np.uint8)
        elif bits == 8:
            raw = part.astype(np.uint8).reshape(len(part), -1)
        else:
            flat = part.astype(np.uint8).reshape(len(part), -1, 1)
            unpacked = np.unpackbits(flat, axis=2)[:, :, 8 - bits:].reshape(len(part), -1)
            raw = np.packbits(unpacked, axis=1)
        return b"".join(b"\0" + row.tobytes() for row in raw) if part.size else b""

    height, width = array.shape[:2]
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
              (1, 0, 2, 1)] if interlaced else [(0, 0, 1, 1)]
    data = b"".join(rows(array[y::dy, x::dx]) for y, x, dy, dx in passes)
    head = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
            + b"".join(chunk(name, body) for name, body in chunks)
            + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def tiff(array, tile=None, planar=False, order="<"):
    """An uncompressed TIFF of an array (height, width, channels) of 8 or 16 bits."""
    height, width, channels = array.shape
    bits = array.dtype.itemsize * 8
    array = array.astype(array.dtype.newbyteorder(order))
    planes = [array[..., i:i + 1] for i in range(channels)] if planar else [array]
    parts = []
    for plane in planes:
        if tile:
            for top in range(0, height, tile):
                for left in range(0, width, tile):
                    part = plane[top:top + tile, left:left + tile]
                    pad = ((0, tile - part.shape[0]), (0, tile - part.shape[1]), (0, 0))
                    parts.append(np.pad(part, pad).tobytes())
        else:
            parts += [plane[top:top + 16].tobytes() for top in range(0, height, 16)]
    short, long = 3, 4
    tags = {256: (long, [width]), 257: (long, [height]), 258: (short, [bits] * channels),
            259: (short, [1]), 262: (short, [2 if channels > 2 else 1]),
            277: (short, [channels]), 284: (short, [2 if planar else 1])}
    if channels in (2, 4):
        tags[338] = (short, [2])
    if tile:
        tags |= {322: (long, [tile]), 323: (long, [tile])}
    else:
        tags[278] = (long, [16])
    offsets, counts = (324, 325) if tile else (273, 279)
    tags |= {offsets: (long, [0] * len(parts)), counts: (long, [len(part) for part in parts])}
    after = 8 + 2 + 12 * len(tags) + 4

    def pack(kind, values):
        return struct.pack(order + str(len(values)) + ("H" if kind == short else "I"), *values)

    extra = sum(len(pack(*tag)) for tag in tags.values() if len(pack(*tag)) > 4)
    start, at = after + extra, 0
    places = []
    for part in parts:
        places.append(start + at)
        at += len(part)
    tags[offsets] = (long, places)
    directory, values = struct.pack(order + "H", len(tags)), b""
    for number, (kind, numbers) in sorted(tags.items()):
        body = pack(kind, numbers)
        directory += struct.pack(order + "HHI", number, kind, len(numbers))
        if len(body) > 4:
            directory += struct.pack(order + "I", after + len(values))
            values += body
        else:
            directory += body.ljust(4, b"\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + directory + b"\0\0\0\0" + values + b"".join(parts)


def bmp_rle(picture):
    """A BMP of a palette's picture, run-length coded (BI_RLE8)."""
    array, body = np.array(picture), b""
    for row in array[::-1]:
        at = 0
        while at < len(row):
            run = 1
            while at + run < len(row) and row[at + run] == row[at] and run < 255:
                run += 1
            body += bytes([run, row[at]])
            at += run
        body += b"\0\0"
    body += b"\0\1"
    palette = np.array(picture.getpalette("RGB")).reshape(-1, 3)
    palette = np.pad(palette, ((0, 256 - len(palette)), (0, 0)))
    colours = b"".join(bytes([b, g, r, 0]) for r, g, b in palette.astype(int))
    head = struct.pack("<IiiHHIIiiII", 40, picture.width, picture.height, 1, 8, 1, len(body),
                       2835, 2835, 256, 0)
    start = 14 + len(head) + len(colours)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + head + colours + body


def ycck(picture):
    """A JPEG of YCCK, as Adobe's programs write it."""
    c, m, y, k = picture.split()
    turned = Image.merge("RGB", (c, m, y)).convert("YCbCr")
    parts = [ImageOps.invert(part) for part in turned.split()]
    file = io.BytesIO()
    Image.merge("CMYK", (*parts, k)).save(file, "JPEG", quality=95, subsampling=0)
    data = bytearray(file.getvalue())
    at = data.index(b"Adobe")
    data[at + 11] = 2  # The transform is YCCK.
    return bytes(data)


# --- What is right -------------------------------------------------------------------------------


def to_srgb(picture, profile):
    if profile is None:
        return picture.convert("RGB") if picture.mode != "RGB" else picture
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.HIGHRESPRECALC
    return ImageCms.profileToProfile(picture, source, SRGB, ImageCms.Intent.PERCEPTUAL,
                                     outputMode="RGB", flags=flags)


def reference(data):
    """The first frame, upright and in sRGB, as RGBA."""
    picture = Image.open(io.BytesIO(data))
    picture.seek(0)
    picture.load()
    profile = picture.info.get("icc_profile")
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off at 255.
        grey = np.rint(np.array(picture).astype(float) / 257).astype(np.uint8)
        picture = Image.fromarray(grey)
    if profile is None:
        return picture.convert("RGBA")
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    if picture.mode == "RGBA":
        picture = picture.convert("RGB")
    picture = to_srgb(picture, profile)
    if alpha:
        picture.putalpha(alpha)
    return picture.convert("RGBA")


def main(path, folder):
    folder = pathlib.Path(folder)
    rgb = Image.open(path).convert("RGB").resize((WIDTH, HEIGHT), Image.LANCZOS)
    ramp = Image.linear_gradient("L").rotate(90).resize(rgb.size)
    rgba = rgb.copy()
    rgba.putalpha(ramp)
    grey, cmyk = rgb.convert("L"), rgb.convert("CMYK")
    palette = rgb.quantize(64)
    fine = np.clip(np.array(rgb).astype(int) * 257 + np.arange(WIDTH)[None, :, None], 0, 65535)
    fine = fine.astype(np.uint16)
    fine_alpha = np.dstack([fine, np.array(ramp).astype(np.uint16) * 257])
    index = []

    def add(name, data, expected=None):
        """`expected`: what is right, where Pillow cannot tell."""
        right = (expected or reference(data)).convert("RGBA")
        (folder / name).write_bytes(data)
        (folder / f"{name}.rgba").write_bytes(right.tobytes())
        index.append({"file": name, "width": right.width, "height": right.height})

    def save(picture, name, expected=None, **options):
        file = io.BytesIO()
        kind = {"jpg": "JPEG", "tif": "TIFF"}.get(name.split(".")[-1], name.split(".")[-1].upper())
        picture.save(file, kind, **options)
        add(name, file.getvalue(), expected)

    for name, options in {"444": {"subsampling": 0}, "422": {"subsampling": 1},
                          "420": {"subsampling": 2},
                          "progressive": {"progressive": True, "subsampling": 2},
                          "restarts": {"restart_marker_blocks": 4}}.items():
        save(rgb, f"{name}.jpg", quality=90, **options)
    save(grey, "grey.jpg", quality=90)
    save(cmyk, "cmyk.jpg", quality=95)
    add("ycck.jpg", ycck(cmyk))
    add("code-points.png", png(np.array(rgb), 2, 8, chunks=[(b"cICP", bytes([12, 13, 0, 1]))]),
        to_srgb(rgb, DISPLAY_P3))
    plain = io.BytesIO()
    cmyk.save(plain, "JPEG", quality=95)
    # A profile of other colors than the picture's counts for nothing.
    save(cmyk, "cmyk-rgb-profile.jpg", reference(plain.getvalue()), quality=95,
         icc_profile=DISPLAY_P3)

    grey_array = np.array(grey)[..., None]
    few = {bits: Image.fromarray((grey_array[..., 0] >> 8 - bits) * (255 // (2 ** bits - 1)))
           for bits in (1, 2, 4)}
    for bits in (1, 2, 4):
        for interlaced in (False, True):
            name = f"grey-{bits}{'-interlaced' if interlaced else ''}.png"
            add(name, png(grey_array >> (8 - bits), 0, bits, interlaced), few[bits])
    exact = Image.fromarray(np.rint(fine / 257).astype(np.uint8))
    exact_alpha = exact.copy()
    exact_alpha.putalpha(ramp)
    for interlaced in (False, True):
        suffix = "-interlaced.png" if interlaced else ".png"
        add(f"grey-16{suffix}", png(fine[..., :1], 0, 16, interlaced), exact.getchannel("R"))
        add(f"rgb-16{suffix}", png(fine, 2, 16, interlaced), exact)
        add(f"rgba-16{suffix}", png(fine_alpha, 6, 16, interlaced), exact_alpha)
        add(f"rgb{suffix}", png(np.array(rgb), 2, 8, interlaced))
        add(f"rgba{suffix}", png(np.array(rgba), 6, 8, interlaced))
        add(f"grey-alpha{suffix}", png(np.array(rgba.convert("LA")), 4, 8, interlaced))
    for bits in (1, 2, 4, 8):
        save(rgb.quantize(2 ** bits), f"palette-{bits}.png", bits=bits)
    save(palette, "palette-transparent.png", transparency=bytes([0, 128] + [255] * 62))
    sky = np.array(rgb)[3, 40]
    save(rgb, "rgb-transparent.png", transparency=tuple(int(v) for v in sky))
    save(grey, "grey-transparent.png", transparency=int(grey_array[3, 40, 0]))
    save(rgb, "animated.png", save_all=True, append_images=[ImageOps.flip(rgb)])

    save(palette, "palette.gif")
    save(palette, "transparent.gif", transparency=3)
    save(palette, "interlaced.gif", interlace=True)
    save(palette, "animated.gif", save_all=True, append_images=[ImageOps.flip(palette)])

    save(rgb, "lossy.webp", quality=90)
    save(rgb, "lossless.webp", lossless=True)
    save(rgba, "lossy-alpha.webp", quality=90, alpha_quality=100, exact=True)
    save(rgba, "lossless-alpha.webp", lossless=True, exact=True)
    save(rgba, "animated.webp", lossless=True, exact=True, save_all=True,
         append_images=[ImageOps.flip(rgba)])

    save(rgb, "444.avif", quality=90, subsampling="4:4:4", speed=9)
    save(rgb, "420.avif", quality=90, subsampling="4:2:0", speed=9)
    save(rgba, "alpha.avif", quality=90, subsampling="4:4:4", speed=9)
    save(grey, "grey.avif", quality=90, subsampling="4:0:0", speed=9)

    for name in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        save(rgb, f"{name.replace('tiff_', '').replace('_', '-')}.tif", compression=name)
    save(rgb, "predictor.tif", compression="tiff_lzw", tiffinfo={317: 2})
    save(rgb, "jpeg.tif", compression="jpeg", quality=95)
    for picture, name in ((grey, "grey"), (grey.convert("1"), "bilevel"), (palette, "palette"),
                          (rgba, "alpha"), (cmyk, "cmyk")):
        save(picture, f"{name}.tif", compression="tiff_lzw")
    save(grey.convert("1"), "fax.tif", compression="group4")
    add("tiles.tif", tiff(np.array(rgb), tile=32))
    add("planar.tif", tiff(np.array(rgb), planar=True), rgb)
    add("rgb-16.tif", tiff(fine), exact)
    add("rgb-16-big-endian.tif", tiff(fine, order=">"), exact)
    add("rgba-16-tiles.tif", tiff(fine_alpha, tile=16), exact_alpha)
    add("grey-16.tif", tiff(fine[..., :1]), exact.getchannel("R"))

    for picture, name in ((rgb, "rgb"), (grey, "grey"), (palette, "palette"),
                          (grey.convert("1"), "bilevel")):
        save(picture, f"{name}.bmp")
    save(rgba, "filler.bmp")
    add("run-length.bmp", bmp_rle(palette), palette.convert("RGB"))

    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        save(rgb, f"orientation-{orientation}.jpg", quality=95, subsampling=0, exif=exif)
        save(rgba, f"orientation-{orientation}.png", exif=exif)
        save(rgb, f"orientation-{orientation}.webp", lossless=True, exif=exif)
        save(rgb, f"orientation-{orientation}.tif", tiffinfo={274: orientation})
        save(rgb, f"orientation-{orientation}.avif", quality=95, subsampling="4:4:4", speed=9,
             exif=exif)

    # Decoders of AVIF differ by 1, of which conversion makes 4 in dark, vivid colours.
    pale = Image.blend(rgb, Image.new("RGB", rgb.size, "white"), 0.3)
    for name, profile in (("display-p3", DISPLAY_P3), ("adobe-rgb", ADOBE_RGB),
                          ("srgb", SRGB.tobytes())):
        save(rgb, f"{name}.jpg", quality=95, subsampling=0, icc_profile=profile)
        save(rgba, f"{name}.png", icc_profile=profile)
        save(rgba, f"{name}.webp", lossless=True, exact=True, icc_profile=profile)
        save(rgb, f"{name}.tif", icc_profile=profile)
        save(pale, f"{name}.avif", quality=95, subsampling="4:4:4", speed=9, icc_profile=profile)
    exif = Image.Exif()
    exif[0x0112] = 6
    save(rgb, "display-p3-turned.jpg", quality=95, subsampling=0, icc_profile=DISPLAY_P3, exif=exif)
    save(grey, "grey-profile.jpg", quality=95, icc_profile=GREY_18)
    save(grey, "grey-profile.png", icc_profile=GREY_18)
    save(cmyk, "cmyk-profile.jpg", quality=95, icc_profile=CMYK_PRESS)
    save(cmyk, "cmyk-profile.tif", icc_profile=CMYK_PRESS)

    (folder / "index.json").write_text(json.dumps(index))


if __name__ == "__main__":
    main(*sys.argv[1:])

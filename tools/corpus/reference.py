"""Decodes pictures with Pillow or libvips: one request a line on standard input, as JSON with
`library` and `path`. Each answer is the length of a JSON text (4 bytes), the text, and, where it has
no `error`, `4 * width * height` bytes of RGBA, upright and in sRGB.
"""

import json
import pathlib
import struct
import sys
import warnings

from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests" / "helpers"))
from fixtures import reference  # noqa: E402

try:
    import pyvips
except (ImportError, OSError):
    pyvips = None

Image.MAX_IMAGE_PIXELS = 400_000_000
warnings.simplefilter("ignore")


def pillow(path):
    picture = reference(pathlib.Path(path).read_bytes())
    return picture.width, picture.height, picture.tobytes()


def vips(path):
    if pyvips is None:
        raise OSError("pyvips is not installed")
    picture = pyvips.Image.new_from_file(path).autorot()
    if picture.get_typeof("icc-profile-data"):
        picture = picture.icc_transform("srgb")
    if picture.interpretation != "srgb":
        picture = picture.colourspace("srgb")
    picture = picture.cast("uchar")
    if not picture.hasalpha():
        picture = picture.addalpha()
    return picture.width, picture.height, picture.write_to_memory()


for line in sys.stdin:
    request = json.loads(line)
    data = b""
    try:
        decode = {"pillow": pillow, "vips": vips}[request["library"]]
        width, height, data = decode(request["path"])
        answer = {"width": width, "height": height}
    except Exception as error:  # Whatever a library throws at a file.
        answer = {"error": f"{type(error).__name__}: {error}"}
    text = json.dumps(answer).encode()
    sys.stdout.buffer.write(struct.pack(">I", len(text)) + text + data)
    sys.stdout.buffer.flush()

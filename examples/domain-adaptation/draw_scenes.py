"""Two domains of simple street scenes with labels, to try the experiment without data.

    python3 draw_scenes.py scenes/

writes scenes/synthetic, scenes/real/train and scenes/real/test: the same kind of scenes, the
synthetic ones in flat, strong colors, the real ones in the muted colors of a dull day, with texture.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

CLASSES = ["sky", "structure", "road", "tree", "car"]

COLORS = {
    "synthetic": [(70, 150, 250), (230, 180, 90), (60, 60, 70), (30, 160, 30), (230, 20, 20)],
    "real": [(205, 208, 212), (120, 104, 96), (128, 126, 124), (72, 84, 62), (70, 60, 84)],
}

# Of the noise of each class, in 0..255: how far it reaches, and how coarse it is in pixels.
TEXTURES = {"synthetic": [(0, 1)] * 5, "real": [(6, 8), (26, 3), (14, 1), (40, 2), (18, 2)]}

PALETTE = [70, 130, 180, 128, 128, 128, 128, 64, 128, 107, 142, 35, 0, 0, 142]


def draw_labels(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """A street between houses and trees, with cars on it; the value of a pixel is its class."""
    width, height = size
    labels = Image.new("L", size, CLASSES.index("sky"))
    draw = ImageDraw.Draw(labels)
    horizon = random.uniform(0.4, 0.55) * height
    vanishing = random.uniform(0.35, 0.65) * width
    left = 0.0
    while left < width:
        right = left + random.uniform(0.1, 0.25) * width
        top = horizon - random.uniform(0.1, 0.9) * horizon
        draw.rectangle((left, top, right, horizon), CLASSES.index("structure"))
        left = right + random.uniform(-0.02, 0.1) * width
    draw.rectangle((0, horizon, width, height), CLASSES.index("road"))
    for side in (-1, 1):
        for _ in range(random.integers(1, 4)):
            depth = random.uniform(0.1, 0.9)
            x = vanishing + side * (0.08 + 0.5 * depth) * width
            y, radius = horizon - 0.1 * depth * height, (0.05 + 0.12 * depth) * height
            draw.ellipse((x - radius, y - 1.6 * radius, x + radius, y + 0.6 * radius), CLASSES.index("tree"))
    for _ in range(random.integers(1, 4)):
        depth = random.uniform(0.1, 1)
        x = vanishing + random.uniform(-0.25, 0.25) * (0.3 + depth) * width
        y, half = horizon + 0.3 * depth * height, (0.02 + 0.07 * depth) * width
        draw.rectangle((x - half, y - 1.1 * half, x + half, y + 0.3 * half), CLASSES.index("car"))
    return labels


def color_scene(labels: Image.Image, domain: str, random: np.random.Generator) -> Image.Image:
    classes = np.asarray(labels)
    picture = np.zeros((*classes.shape, 3))
    for index, (color, (reach, coarseness)) in enumerate(zip(COLORS[domain], TEXTURES[domain])):
        rows, columns = (-(-length // coarseness) for length in classes.shape)
        noise = random.uniform(-1, 1, (rows, columns)).repeat(coarseness, 0).repeat(coarseness, 1)
        noise = noise[: classes.shape[0], : classes.shape[1], None]
        shade = random.uniform(0.9, 1.1, 3)
        picture = np.where((classes == index)[..., None], np.array(color) * shade + reach * noise, picture)
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    return image.filter(ImageFilter.GaussianBlur(0.6)) if domain == "real" else image


def draw_set(folder: Path, domain: str, count: int, size: tuple[int, int], seed: int) -> None:
    random = np.random.default_rng(seed)
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for index in range(count):
        labels = draw_labels(size, random)
        color_scene(labels, domain, random).save(folder / "images" / f"{index:03}.png")
        labels.putpalette(PALETTE)
        labels.save(folder / "labels" / f"{index:03}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=24, help="scenes in each set")
    parser.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))), default=(96, 72))
    options = parser.parse_args()
    for seed, (name, domain) in enumerate(
        [("synthetic", "synthetic"), ("real/train", "real"), ("real/test", "real")]
    ):
        draw_set(options.folder / name, domain, options.count, options.size, seed)


if __name__ == "__main__":
    main()

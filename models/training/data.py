"""Folders of pictures as random training crops, and pictures made up.

Every picture is decoded once and kept in memory as uint8 (about 1.7 GB for 4,000 of 320 px), on
the device that trains, so that cropping, scaling and flipping happen there too.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def read_picture(path: Path) -> Tensor:
    """-> uint8 [3, H, W], RGB."""
    with Image.open(path) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).contiguous()


def list_pictures(folder: Path) -> list[Path]:
    paths = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise SystemExit(f'No pictures in "{folder}": it should hold {", ".join(sorted(SUFFIXES))} files')
    return paths


@cache
def read_folder(folder: Path) -> list[Tensor]:
    with ThreadPoolExecutor() as pool:
        return list(pool.map(read_picture, list_pictures(folder)))


class Pictures:
    """Random square crops of the pictures in a folder."""

    def __init__(self, folder: Path, device: torch.device, generator: torch.Generator):
        self.pictures = [picture.to(device) for picture in read_folder(folder)]
        self.generator = generator

    def _uniform(self, low: float, high: float) -> float:
        return low + (high - low) * torch.rand((), generator=self.generator).item()

    def _integer(self, limit: int) -> int:
        return int(torch.randint(limit, (), generator=self.generator))

    def _crop(self, size: int, scales: tuple[float, float]) -> Tensor:
        picture = self.pictures[self._integer(len(self.pictures))]
        _, height, width = picture.shape
        side = min(round(size / self._uniform(*scales)), height, width)
        top, left = self._integer(height - side + 1), self._integer(width - side + 1)
        crop = picture[None, :, top : top + side, left : left + side].float() / 255
        crop = F.interpolate(crop, (size, size), mode="bicubic", antialias=True, align_corners=False)
        return crop.flip(3) if self._integer(2) else crop

    def batch(self, count: int, size: int, scales: tuple[float, float]) -> Tensor:
        """`count` crops of `size` x `size` px, RGB 0..1 [count, 3, size, size].

        `scales` bounds the crop's pixels per pixel of the stored picture.
        """
        return torch.cat([self._crop(size, scales) for _ in range(count)]).clamp(0, 1)


def recolour(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """A random order of the colour channels and a random tint for each picture, so that colours
    beyond those of the training pictures are met."""
    count = len(pictures)
    order = torch.stack([torch.randperm(3, generator=generator) for _ in range(count)])
    shuffled = torch.stack([picture[channels] for picture, channels in zip(pictures, order)])
    gamma = 2 ** (torch.rand(count, 3, 1, 1, generator=generator) * 1.2 - 0.6)
    return shuffled.clamp(1e-4, 1) ** gamma.to(pictures.device)


def extremes(count: int, size: int, generator: torch.Generator) -> Tensor:
    """Pictures that no photograph is like: flat colours, two colours, lines, gradients, noise."""
    rand = lambda *shape: torch.rand(*shape, generator=generator)
    rows, columns = torch.meshgrid(torch.linspace(0, 1, size), torch.linspace(0, 1, size), indexing="ij")
    pictures = []
    for _ in range(count):
        first, second = rand(3, 1, 1), rand(3, 1, 1)
        if rand(()) < 0.3:
            first = first.round()
        angle, kind = float(rand(())) * 6.2832, int(torch.randint(6, (), generator=generator))
        position = rows * np.sin(angle) + columns * np.cos(angle)
        if kind == 0:
            mix = torch.zeros(size, size)
        elif kind == 1:
            mix = position
        elif kind == 2:
            mix = ((position * (2 + 30 * float(rand(())))) % 1 < 0.1 + 0.8 * float(rand(()))).float()
        elif kind == 3:
            cell = 1 + int(torch.randint(24, (), generator=generator))
            coarse = (rand(1, 1, -(-size // cell), -(-size // cell)) > 0.5).float()
            mix = coarse.repeat_interleave(cell, 2).repeat_interleave(cell, 3)[0, 0, :size, :size]
        elif kind == 4:
            # Thin lines or a few shapes on a ground: a smooth hilly field's contours or its summits.
            hills = rand(1, 1, *[4 + int(torch.randint(12, (), generator=generator))] * 2)
            field = F.interpolate(hills, (size, size), mode="bicubic", align_corners=False)[0, 0] - 0.5
            mix = (field.abs() < 0.005 + 0.04 * float(rand(()))) if rand(()) < 0.6 else (field > 0.25)
            mix = mix.float()
        else:
            mix = rand(3, size, size)
        picture = first + (second - first) * mix
        noise = 0.02 * float(rand(())) * torch.randn(3, size, size, generator=generator)
        pictures.append((picture + (noise if rand(()) < 0.5 else 0)).clamp(0, 1))
    return torch.stack(pictures)


def plain(count: int, size: int, generator: torch.Generator) -> Tensor:
    """Grounds to be filled: flat colors and gradients of two, without any texture."""
    colors = torch.rand(2, count, 3, 1, 1, generator=generator)
    angle = torch.rand(count, 1, 1, 1, generator=generator) * 6.2832
    rows, columns = torch.meshgrid(torch.linspace(-0.5, 0.5, size), torch.linspace(-0.5, 0.5, size), indexing="ij")
    steep = (torch.rand(count, 1, 1, 1, generator=generator) < 0.5).float()
    mix = 0.5 + steep * (rows * angle.sin() + columns * angle.cos()) * 0.7
    return colors[0] + (colors[1] - colors[0]) * mix.clamp(0, 1)


def noise_like(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Of variance 1. By the generator on a processor; elsewhere by the device's own, since to draw as much
    and to carry it there would take longer than a step."""
    if pictures.device.type != "cpu":
        return torch.randn_like(pictures)
    return torch.randn(pictures.shape, generator=generator)


def spoil(pictures: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Pictures [N, 3, H, W] as a camera might have left them: a share of them, `chance`, with noise of up to
    4 of 255, and every other one of these with the blocks of JPEG at a quality of 40 to 95."""
    rand = lambda: torch.rand(len(pictures), 1, 1, 1, generator=generator).to(pictures.device)
    spoiled, blocky, quality = rand() < chance, rand() < 0.5, 40 + 55 * rand()
    noisy = (pictures + 4 / 255 * rand() * noise_like(pictures, generator)).clamp(0, 1)
    return torch.where(spoiled, torch.where(blocky, blocks_of_jpeg(noisy, quality), noisy), pictures)


LUMINANCE = """16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99"""
CHROMINANCE = """17 18 24 47 99 99 99 99 18 21 26 66 99 99 99 99 24 26 56 99 99 99 99 99 47 66 99 99 99 99 99 99
""" + "99 " * 32
"""Steps of the 8 x 8 coefficients, rows of frequency from top to bottom (ITU-T T.81, annex K.1)."""

YCBCR = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
"""Of red, green and blue (ITU-T T.871)."""


def blocks_of_jpeg(pictures: Tensor, quality: Tensor) -> Tensor:
    """What JPEG leaves of pictures [N, 3, H, W], sides multiples of 8, at a quality [N, 1, 1, 1] of 50 or so
    to 100: the rounding of coefficients without the coding, and colors of full size. It is done on the
    device, for all pictures at once; a real encoder would have each fetched from it."""
    device = pictures.device
    tables = [[int(step) for step in table.split()] for table in (LUMINANCE, CHROMINANCE, CHROMINANCE)]
    steps = torch.tensor(tables, dtype=torch.float32).view(1, 3, 1, 8, 1, 8).to(device)
    percent = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)[..., None, None]
    steps = ((steps * percent + 50) / 100).floor().clamp_min(1) / 255
    place = torch.arange(8.0)
    cosines = torch.cos((2 * place[None] + 1) * place[:, None] * torch.pi / 16) / 2
    cosines[0] /= 2**0.5
    colors, cosines = torch.tensor(YCBCR).to(device), cosines.to(device)
    # Frequencies of rows u and columns v of blocks a, b: pixel rows i, columns j.
    blocks = torch.einsum("kc,ncaibj->nkaibj", colors, pictures.unflatten(3, (-1, 8)).unflatten(2, (-1, 8)))
    waves = torch.einsum("ui,vj,nkaibj->nkaubv", cosines, cosines, blocks)
    waves = (waves / steps).round() * steps
    blocks = torch.einsum("ui,vj,nkaubv->nkaibj", cosines, cosines, waves)
    left = torch.einsum("ck,nkaibj->ncaibj", torch.linalg.inv(torch.tensor(YCBCR)).to(device), blocks)
    return left.flatten(4, 5).flatten(2, 3).clamp(0, 1)

"""Folders of pictures as random training crops, and pictures made up.

Every picture is decoded once and kept in memory as uint8 (about 1.7 GB for 4,000 of 320 px), on
the device that trains, so that cropping, scaling and flipping happen there too.
"""

import io
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


def spoil(picture: Tensor, generator: torch.Generator) -> Tensor:
    """A picture [3, H, W] as a camera might have left it: with noise of up to 4 of 255, and, as often
    as not, the blocks of JPEG at a quality of 40 to 95."""
    amount = 4 / 255 * torch.rand((), generator=generator).to(picture.device)
    noisy = picture + amount * torch.randn(picture.shape, generator=generator).to(picture.device)
    if torch.rand((), generator=generator) < 0.5:
        return noisy.clamp(0, 1)
    pixels = (noisy.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()
    file = io.BytesIO()
    quality = int(torch.randint(40, 96, (), generator=generator))
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    with Image.open(file) as image:
        return torch.from_numpy(np.array(image)).permute(2, 0, 1).to(picture.device) / 255

"""What to compare with: color transfer without a network, of whole sets or picture by picture."""

from pathlib import Path
from shutil import copytree, ignore_patterns

import numpy as np
from PIL import Image

Pixels = np.ndarray  # [H, W, 3], 0..1.


def read(path: Path) -> Pixels:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=np.float64) / 255


class HistogramMatching:
    """Each channel to the distribution that it has in the styles."""

    BINS = 256

    def __init__(self, contents: list[Path], styles: list[Path]):
        self._from, self._to = self._distribution(contents), self._distribution(styles)

    def _distribution(self, paths: list[Path]) -> np.ndarray:
        counts = np.zeros((3, self.BINS))
        for path in paths:
            picture = read(path)
            for channel in range(3):
                counts[channel] += np.histogram(picture[..., channel], self.BINS, (0, 1))[0]
        return np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)

    def __call__(self, picture: Pixels) -> Pixels:
        values = (np.arange(self.BINS) + 0.5) / self.BINS
        result = np.empty_like(picture)
        for channel in range(3):
            share = np.interp(picture[..., channel], values, self._from[channel])
            result[..., channel] = np.interp(share, self._to[channel], values)
        return result


class MongeKantorovich:
    """The linear map of least transport from one mean and covariance of colors to another (Pitié and
    Kokaram, 2007)."""

    def __init__(self, contents: list[Path], styles: list[Path]):
        (self._mean, covariance), (self._target, other) = self._moments(contents), self._moments(styles)
        root = self._power(covariance, 0.5)
        inverse = self._power(covariance, -0.5)
        self._matrix = inverse @ self._power(root @ other @ root, 0.5) @ inverse

    @staticmethod
    def _moments(paths: list[Path]) -> tuple[np.ndarray, np.ndarray]:
        count, total, products = 0, np.zeros(3), np.zeros((3, 3))
        for path in paths:
            colors = read(path).reshape(-1, 3)
            count += len(colors)
            total += colors.sum(axis=0)
            products += colors.T @ colors
        mean = total / count
        return mean, products / count - np.outer(mean, mean)

    @staticmethod
    def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
        values, vectors = np.linalg.eigh(matrix)
        return (vectors * np.maximum(values, 1e-6) ** exponent) @ vectors.T

    def __call__(self, picture: Pixels) -> Pixels:
        return (picture - self._mean) @ self._matrix.T + self._target


def match_set(method, folder: Path, styles: Path, output: Path, seed: int, pooled: bool) -> None:
    """Recolors the pictures of a set after those of another, of all together or of one by chance."""
    contents = sorted((folder / "images").iterdir())
    others = sorted((styles / "images").iterdir())
    copytree(folder, output, ignore=ignore_patterns("images"))
    (output / "images").mkdir()
    generator = np.random.default_rng(seed)
    shared = method(contents, others) if pooled else None
    for content in contents:
        match = shared or method([content], [others[generator.integers(len(others))]])
        result = np.clip(match(read(content)), 0, 1)
        image = Image.fromarray(np.round(255 * result).astype(np.uint8))
        image.save(output / "images" / content.name, quality=92)

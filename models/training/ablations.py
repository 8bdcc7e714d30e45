"""What each part of the networks is worth: variants trained alike, from nothing, and scored alike.

    python ablations.py --content PHOTOS --style ARTWORKS --teachers FOLDER --pairs PAIRS.tsv \
        --eval-content FOLDER --eval-style FOLDER --out RUN [--steps N] [--only NAME ...]

Every variant gets the same steps, seed and pictures; the scores are those of `evaluate.py` with
content and style at a short side of 256 px. Prints one row of the model card's table each.
"""

import argparse
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import train
from data import read_picture
from evaluate import Judge, resize
from networks import LEVELS, Architecture, MatrixHead, Networks, PixelShuffle, conv, matrix_roots, statistics

STAGE = {
    **train.DEFAULTS,
    "crop": 112, "style_crop": 160, "pairs": 4, "fresh_contents": 1, "fresh_styles": 1,
    "learning_rate": 2e-3, "final_learning_rate": 2e-5, "weights": {"style": 2.5, "reconstruction": 8.0},
}
ARCHITECTURE = {"block": "separable", "coarse_channels": 128, "encoder_blocks": 2, "decoder_blocks": 3}


class FullyConnected(nn.Module):
    """The published head: what describes a picture, flattened [B, N] -> a matrix a level, by fully
    connected layers (here two, by way of 256 values, since ours are four matrices of 64 x 64)."""

    def __init__(self, inputs: int, size: int):
        super().__init__()
        self.size = size
        self.layers = nn.Sequential(nn.Linear(inputs, 256), nn.ReLU(), nn.Linear(256, LEVELS * size * size))
        # The product of two such matrices is at first the identity, more or less.
        self.layers[2].bias.data.copy_(torch.eye(size).repeat(LEVELS, 1, 1).flatten())

    @torch.autocast("cpu", enabled=False)
    @torch.autocast("cuda", enabled=False)
    def forward(self, description: Tensor) -> Tensor:
        return self.layers(description.float().flatten(1)).view(-1, LEVELS, self.size, self.size)


class Root(nn.Module):
    """Covariance -> its root, or its inverse root, for all levels alike."""

    def __init__(self, inverse: bool):
        super().__init__()
        self.inverse = inverse

    def forward(self, covariance: Tensor) -> Tensor:
        return matrix_roots(covariance)[self.inverse][:, None].expand(-1, LEVELS, -1, -1)


class Unchanged(nn.Module):
    """Covariance -> itself, for all levels alike."""

    def forward(self, covariance: Tensor) -> Tensor:
        return covariance[:, None].expand(-1, LEVELS, -1, -1)


class RootBetweenMatrices(MatrixHead):
    """Covariance -> its root with learnt matrices to its left and right, as the content's head does
    with the inverse root."""

    def forward(self, covariance: Tensor) -> Tensor:
        return self.matrices(matrix_roots(covariance)[0])


class KeepMean(nn.Module):
    """A style's head that leaves the mean as it is."""

    def __init__(self, head: nn.Module):
        super().__init__()
        self.head = head

    def forward(self, mean: Tensor, description: Tensor) -> tuple[Tensor, Tensor]:
        return self.head(description), mean


class FromCovariance(Networks):
    """Fully connected heads that learn from nothing what to make of a picture's description."""

    def __init__(self, architecture: Architecture):
        super().__init__(architecture)
        self.content_head = FullyConnected(self.described_by(architecture), architecture.channels)
        self.style_head = KeepMean(FullyConnected(self.described_by(architecture), architecture.channels))

    def described_by(self, architecture: Architecture) -> int:
        return architecture.channels**2


class FromFeatures(FromCovariance):
    def described_by(self, architecture):
        return architecture.channels * 8**2

    def describe(self, picture, features):
        return statistics(features)[0], F.adaptive_avg_pool2d(features.float(), 8)


class FromPicture(FromCovariance):
    def described_by(self, architecture):
        return 3 * 32**2

    def describe(self, picture, features):
        return statistics(features)[0], F.interpolate(picture, (32, 32), mode="bilinear", antialias=True)


class ClosedForm(Networks):
    """Whitening and colouring: nothing in the heads is learnt, and all levels are one."""

    def __init__(self, architecture: Architecture):
        super().__init__(architecture)
        self.content_head, self.style_head = Root(inverse=True), KeepMean(Root(inverse=False))


class OptimalTransport(Networks):
    """The linear map between two Gaussians that moves least: C^-1/2 (C^1/2 S C^1/2)^1/2 C^-1/2."""

    def __init__(self, architecture: Architecture):
        super().__init__(architecture)
        self.content_head, self.style_head = Unchanged(), KeepMean(Unchanged())

    def blend(self, features, content_mean, content_matrices, style_mean, style_matrices, weights):
        with torch.autocast(features.device.type, enabled=False):
            root, inverse = matrix_roots(content_matrices[:, 0])
            both, _ = matrix_roots(root @ style_matrices[:, 0] @ root)
            matrix = (inverse @ both @ inverse)[:, None].expand(-1, LEVELS, -1, -1)
        identity = torch.eye(matrix.shape[-1], device=matrix.device).expand_as(matrix)
        return super().blend(features, content_mean, identity, style_mean, matrix, weights)


class WithoutMixer(Networks):
    def __init__(self, architecture: Architecture):
        super().__init__(architecture)
        self.style_head = KeepMean(RootBetweenMatrices(architecture))


class Stride8(Networks):
    """Eight pixels to a feature, in each direction."""

    def __init__(self, architecture: Architecture):
        super().__init__(architecture)
        self.encoder.stem = conv(3, architecture.channels, 16, stride=8)
        self.decoder.picture = PixelShuffle(architecture.channels, 3, 8)


VARIANTS = {
    "as released": Networks,
    "without the mixer": WithoutMixer,
    "closed form alone: whitening and colouring": ClosedForm,
    "closed form alone: optimal transport": OptimalTransport,
    "fully connected heads that see covariances": FromCovariance,
    "fully connected heads that see features": FromFeatures,
    "fully connected heads that see the picture": FromPicture,
    "a stride of 8": Stride8,
    "without levels": Networks,
}


def all_alike(pairs: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """In place of `draw_levels`: no level is ever told from the others."""
    return torch.arange(pairs)[:, None].repeat(1, LEVELS), torch.full((pairs, LEVELS), 1 / LEVELS)


def fit(name: str, options: argparse.Namespace) -> Networks:
    """Train a variant."""
    torch.manual_seed(0)
    config = {"seed": 0, "architecture": ARCHITECTURE}
    trainer = train.Trainer(options, config, VARIANTS[name], all_alike if name == "without levels" else train.draw_levels)
    trainer.begin(STAGE)
    for step in range(options.steps):
        trainer.step(STAGE, step / options.steps)
    networks = trainer.average.module
    networks.decoder.picture.fold()
    return networks.eval()


@torch.no_grad()
def stylise(networks: Networks, content: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
    """-> the content in the style, and the content decoded from its own features."""
    features = networks.encoder(content)
    mean, content_seen = networks.describe(content, features)
    matrices, style_mean = networks.style_head(*networks.describe(style, networks.encoder(style)))
    alike = torch.full((1, LEVELS), 1 / LEVELS)
    moved = networks.blend(features, mean, networks.content_head(content_seen), style_mean, matrices, alike)
    return networks.decoder(moved).clamp(0, 1), networks.decoder(features).clamp(0, 1)


def picture(path: Path) -> Tensor:
    """With a short side of 256 px, and a long one of a multiple of 16."""
    whole = read_picture(path)[None] / 255
    scale = 256 / min(whole.shape[2:])
    height, width = (max(256, round(side * scale / 16) * 16) for side in whole.shape[2:])
    return resize(whole, height, width)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("content", "style", "teachers", "pairs", "eval-content", "eval-style", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--only", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    options.resume = None
    options.out.mkdir(parents=True, exist_ok=True)
    train.POOL_SIZES.update(content=96, style=256)

    judge = Judge(options.teachers)
    pairs = [line.split("\t") for line in options.pairs.read_text(encoding="utf-8").splitlines()[1:]]
    figures = ("style", "content", "ssim", "psnr")
    print("| variant | " + " | ".join(figures) + " |")
    for name in options.only:
        started = time.monotonic()
        networks = fit(name, options).cpu()
        minutes, rows = (time.monotonic() - started) / 60, []
        for content_name, style_name in pairs:
            content, style = picture(options.eval_content / content_name), picture(options.eval_style / style_name)
            out, rebuilt = stylise(networks, content, style)
            rows.append({**judge.score(out, content, style),
                         "psnr": float(-10 * (rebuilt - content).square().mean().log10())})
        means = {figure: sum(row[figure] for row in rows) / len(rows) for figure in figures}
        line = f"| {name} | " + " | ".join(f"{value:.3f}" for value in means.values()) + " |"
        print(line, f"{minutes:.1f} minutes", flush=True)
        with (options.out / "ablations.md").open("a") as file:
            file.write(line + "\n")


if __name__ == "__main__":
    main()

"""What each part of painting coarse to fine is worth: variants trained alike, from the same weights, and
scored alike.

    python ablations.py --resume MODEL --content PHOTOS --style ARTWORKS --teachers FOLDER \
        --pairs PAIRS.tsv --eval-content FOLDER --eval-style FOLDER --out RUN [--steps N] [--only NAME ...]

MODEL is one from before there were passes, or any other that all variants go on from. Every variant
gets the same steps, seed and pictures; the scores are those of `evaluate.py` with content and style at a
short side of `SIDE` px. Prints one row of the model card's table each.
"""

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import train
from appearance import appearance
from data import read_picture
from evaluate import Judge, Stylizer, array, resize
from networks import Architecture, Networks, PixelShuffle

SIDE = 256

FIGURES = ("style", "content", "ssim", "psnr", "strokes", "coarse", "lattice", "halo", "noise")


class WithoutSeed(Networks):
    def blend(self, *given) -> Tensor:
        *others, seed, weights = given
        return super().blend(*others, torch.zeros_like(seed), weights)


class LevelForConstants(PixelShuffle):
    """The pixel layer of before: its phases are alike on flat ground, and not on a slope."""

    def levelled(self) -> tuple[Tensor, Tensor]:
        weight, bias, phases = self.convolution.weight, self.convolution.bias, self.factor**2
        by_phase = weight.unflatten(0, (-1, phases))
        sums = by_phase.sum((3, 4), keepdim=True)
        level = bias.view(-1, phases).mean(1, keepdim=True).expand(-1, phases)
        return (by_phase + (sums.mean(1, keepdim=True) - sums) / 9).flatten(0, 1), level.reshape(-1)


class WithoutSlopes(Networks):
    def __init__(self, architecture: Architecture):
        super().__init__(architecture)
        self.decoder.picture = LevelForConstants(architecture.channels, 3, self.decoder.picture.factor)


@dataclass(frozen=True)
class Variant:
    networks: type[Networks] = Networks
    stage: dict = field(default_factory=dict)
    """Settings of a stage that are others than the configuration's; weights are added to its weights."""
    passes: int | None = None
    """That the scores are of, if not by the picture's size."""


def without(*losses: str) -> Variant:
    return Variant(stage={"weights": dict.fromkeys(losses, 0.0)})


VARIANTS = {
    "as released": Variant(),
    "one pass alone": Variant(stage={"passes": [1.0, 0.0, 0.0]}, passes=1),
    "without the seed": Variant(WithoutSeed),
    "without noise in training": Variant(stage={"spoiled": 0.0, "weights": {"equivariance": 0.0}}),
    "pixels level for constants alone": Variant(WithoutSlopes),
    "without style at half the size": without("style_small"),
    "without the loss of strokes": without("strokes"),
    "without the loss of grounds": without("ground"),
    "without the loss of halos": without("halo"),
    "without steps of texture alone": Variant(stage={"texture_alone": 0.0}),
}


def fit(variant: Variant, options: argparse.Namespace) -> Networks:
    """Train a variant, by the first stage of the configuration."""
    config = json.loads(options.config.read_text(encoding="utf-8"))
    stage = {**train.DEFAULTS, **config["stages"][0], **variant.stage}
    stage["weights"] = {**config["stages"][0]["weights"], **variant.stage.get("weights", {})}
    trainer = train.Trainer(options, config, variant.networks)
    trainer.begin(stage)
    for step in range(options.steps):
        trainer.step(stage, step / options.steps)
    networks = trainer.average
    networks.decoder.picture.fold()
    return networks.eval().cpu()


def read(path: Path) -> Tensor:
    whole = read_picture(path)[None] / 255
    scale = SIDE / min(whole.shape[2:])
    return resize(whole, *(round(side * scale) for side in whole.shape[2:]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("resume", "content", "style", "teachers", "pairs", "eval-content", "eval-style", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--config", type=Path, default=Path(__file__).parent / "configurations" / "default.json")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--only", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--workers", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    judge = Judge(options.teachers)
    pairs = [line.split("\t") for line in options.pairs.read_text(encoding="utf-8").splitlines()[1:]]
    print("| variant | " + " | ".join(FIGURES) + " |")
    for name in options.only:
        stylize, rows = Stylizer(fit(VARIANTS[name], options), VARIANTS[name].passes), []
        for content_name, style_name in pairs:
            content, style = read(options.eval_content / content_name), read(options.eval_style / style_name)
            out = stylize(content, style)
            rows.append({**judge.score(out, content, style), **appearance(array(out), array(content), array(style)),
                         "psnr": float(-10 * (stylize.reconstruct(content) - content).square().mean().log10()),
                         "noise": stylize.noise(content, style)})
        line = f"| {name} | " + " | ".join(f"{np.nanmean([row[figure] for row in rows]):.3f}" for figure in FIGURES) + " |"
        print(line, flush=True)
        with (options.out / "ablations.md").open("a") as file:
            file.write(line + "\n")


if __name__ == "__main__":
    main()

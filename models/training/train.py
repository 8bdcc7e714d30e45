"""Train the networks.

    python train.py --content PHOTOS --style ARTWORKS --teachers FOLDER --out RUN [--minutes N]

A run follows a configuration (`configurations/*.json`): the architecture, and stages with their
share of the budget. The folder RUN receives `architecture.json`, `checkpoint.pt` (all that is
needed to go on after an interruption: the same command continues) and `log.tsv`.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

import losses
from checkpoint import load_weights
from data import Pictures, extremes, recolour
from loss_network import SlimVgg, Vgg19
from networks import LEVELS, Architecture, Networks, statistics

DEFAULTS = {
    "share": 1.0,
    "crop": 192,
    "scales": [0.8, 1.6],
    "contents": 4,
    "styles": 4,
    "pairs": 8,
    "teacher": "full",
    "learning_rate": 1e-3,
    "final_learning_rate": 2e-5,
    "weights": {},
}
"""A stage's settings where the configuration names none. `share` is of the whole budget; `pairs` is
the number of stylised pictures a step; `teacher` is `full` or `slim` (some ten times cheaper)."""

LOSS_WEIGHTS = {
    "style": 1.0,
    "content": 1.0,
    "reconstruction": 3.0,
    "identity": 1.0,
    "variation": 0.05,
    "range": 2.0,
}


def arguments() -> argparse.Namespace:
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--content", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--style", type=Path, required=True, help="folder of artworks")
    parser.add_argument("--teachers", type=Path, required=True,
                        help="folder of vgg19_relu3_4.safetensors and slim_vgg_relu4_1.safetensors")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--config", type=Path, default=here / "configurations" / "default.json")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float, help="time budget of the whole run (default: 120)")
    budget.add_argument("--steps", type=int, help="step budget of the whole run")
    parser.add_argument("--resume", type=Path, help="start from the weights of an exported model or a run")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args()


@torch.no_grad()
def running_average(averages: list[Tensor], currents: list[Tensor], count: Tensor) -> None:
    """Exponential over some 500 steps, shorter at the start of a run."""
    torch._foreach_lerp_(averages, currents, max(0.002, 1 / (1 + float(count) / 8)))


class Budget:
    """How much of the run is done, 0..1, by steps or by time spent (interruptions not counted)."""

    def __init__(self, minutes: float | None, steps: int | None):
        self.minutes, self.steps = minutes or 120.0, steps
        self.step, self.seconds, self._since = 0, 0.0, time.monotonic()

    def advance(self) -> None:
        now = time.monotonic()
        self.step, self.seconds, self._since = self.step + 1, self.seconds + now - self._since, now

    @property
    def done(self) -> float:
        spent = self.step / self.steps if self.steps else self.seconds / 60 / self.minutes
        return min(1.0, spent)


def stage_at(stages: list[dict], done: float) -> tuple[dict, float]:
    """The stage that a fraction of the run falls into, and the fraction of that stage."""
    total, start = sum(stage["share"] for stage in stages), 0.0
    for stage in stages:
        width = stage["share"] / total
        if done < start + width or stage is stages[-1]:
            return stage, min(1.0, (done - start) / width)
        start += width
    raise AssertionError


def draw_pairs(stage: dict, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Content index [N], style index [N, L] and level weights [N, L] of a step's pictures.

    Three of five pictures have all levels alike, as by default; the others any weights or one level
    alone; one in eight takes each level from a style of its own.
    """
    count, contents, styles = stage["pairs"], stage["contents"], stage["styles"]
    content = torch.arange(count) % contents
    turn = torch.randint(styles, (), generator=generator)
    style = ((torch.arange(count) + torch.arange(count) // styles + turn) % styles)[:, None].repeat(1, LEVELS)
    weights = torch.full((count, LEVELS), 1 / LEVELS)
    for row in range(count):
        kind = torch.rand((), generator=generator)
        if kind < 0.2:
            level = int(torch.randint(LEVELS, (), generator=generator))
            weights[row] = torch.eye(LEVELS)[level]
        elif kind < 0.4:
            exponential = -torch.rand(LEVELS, generator=generator).clamp_min(1e-6).log()
            weights[row] = exponential / exponential.sum()
        if torch.rand((), generator=generator) < 0.125:
            style[row] = torch.randint(styles, (LEVELS,), generator=generator)
    return content, style, weights


class Trainer:
    def __init__(self, options: argparse.Namespace, config: dict):
        self.device = torch.device(options.device)
        self.generator = torch.Generator().manual_seed(config["seed"])
        torch.manual_seed(config["seed"])
        self.networks = Networks(Architecture(**config["architecture"])).to(self.device)
        self.networks.to(memory_format=torch.channels_last)
        if options.resume:
            load_weights(self.networks, options.resume)
        self.average = AveragedModel(self.networks, multi_avg_fn=running_average)
        self.optimizer = torch.optim.Adam(self.networks.parameters(), lr=1e-3, betas=(0.9, 0.99), fused=True)
        self.content = Pictures(options.content, self.device, self.generator)
        self.style = Pictures(options.style, self.device, self.generator)
        place = {"device": self.device, "dtype": torch.bfloat16}
        self.vgg = Vgg19(options.teachers / "vgg19_relu3_4.safetensors").to(**place)
        self.slim = SlimVgg(options.teachers / "slim_vgg_relu4_1.safetensors").to(**place)

    def teach(self, pictures: Tensor, kind: str) -> list[Tensor]:
        """Features of the five taps; the slim network's own in all places where `kind` is `slim`."""
        pictures = pictures.to(torch.bfloat16)
        if kind == "slim":
            first, second, third, fourth = self.slim(pictures)
            return [first, second, third, fourth, fourth]
        return self.vgg(pictures) + self.slim(pictures)[-1:]

    def draw(self, stage: dict) -> tuple[Tensor, Tensor]:
        """Content and style crops; now and then an extreme among each, and a photo for a style."""
        size, scales = stage["crop"], tuple(stage["scales"])
        content = self.content.batch(stage["contents"], size, scales)
        style = self.style.batch(stage["styles"], size, scales)
        if torch.rand((), generator=self.generator) < 0.5:
            style[1:2] = self.content.batch(1, size, scales)
        if torch.rand((), generator=self.generator) < 0.3:
            style[:1] = recolour(style[:1], self.generator)
        for pictures in (content, style):
            if torch.rand((), generator=self.generator) < 0.1:
                pictures[-1:] = extremes(1, size, self.generator).to(pictures.device)
        to = {"memory_format": torch.channels_last}
        return content.contiguous(**to), style.contiguous(**to)

    def losses(self, stage: dict) -> dict[str, Tensor]:
        content, style = self.draw(stage)
        which, styles, weights = draw_pairs(stage, self.generator)
        which, styles, weights = (t.to(self.device) for t in (which, styles, weights))
        networks, levels = self.networks, torch.arange(LEVELS, device=self.device)
        originals = torch.cat([content, style])

        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            features = networks.encoder(originals)
            means, covariances = statistics(features)
            count = len(content)
            content_matrices = networks.content_head(covariances[:count])
            # The last style is the first content, as which it should come out unchanged.
            order = torch.cat([torch.arange(count, len(originals)), torch.zeros(1, dtype=torch.long)]).to(self.device)
            style_matrices, style_means = networks.style_head(means[order], covariances[order])
            mixed_means = (weights[:, :, None, None] * style_means[styles]).sum(1)
            moved = networks.blend(features[which], means[which], content_matrices[which],
                                   mixed_means, style_matrices[styles, levels], weights)
            own = networks.blend(features[:1], means[:1], content_matrices[:1],
                                 style_means[-1:], style_matrices[-1:], weights[:1])
            pictures = networks.decoder(torch.cat([moved, own, features.float()])).float()
        pairs = len(which)
        stylised, identity, rebuilt = pictures[:pairs], pictures[pairs : pairs + 1], pictures[pairs + 1 :]

        with torch.no_grad():
            known = self.teach(originals, stage["teacher"])
            content_target = [tap[:count] for tap in known]
            moments = losses.style_moments([tap[count:] for tap in known])
        seen = self.teach(stylised, stage["teacher"])
        target = [tuple(moment[styles[:, level]] for moment in tap)
                  for (level, _), tap in zip(losses.TAP_LEVELS, moments)]
        error = lambda a, b: (a - b).abs().mean() + 4 * (a - b).square().mean()
        return {
            "style": losses.style_loss(losses.style_moments(seen), target, weights).mean(),
            "content": losses.content_loss(seen, [tap[which] for tap in content_target]).mean(),
            "reconstruction": error(rebuilt, originals),
            "identity": error(identity, content[:1]),
            "variation": losses.total_variation(stylised).mean(),
            "range": losses.out_of_range(stylised).mean(),
        }

    def step(self, stage: dict, done: float) -> dict[str, Tensor]:
        start, end = stage["learning_rate"], stage["final_learning_rate"]
        rate = end + (start - end) * 0.5 * (1 + math.cos(math.pi * done))
        for group in self.optimizer.param_groups:
            group["lr"] = rate * min(1.0, 0.01 + done / 0.02)
        terms = self.losses(stage)
        total = sum({**LOSS_WEIGHTS, **stage["weights"]}[name] * term for name, term in terms.items())
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.networks.parameters(), 1.0)
        if torch.isfinite(norm):
            self.optimizer.step()
            self.average.update_parameters(self.networks)
        return {name: term.detach() for name, term in terms.items()}

    def save(self, path: Path, budget: Budget) -> None:
        state = {
            "networks": self.networks.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "step": budget.step,
            "seconds": budget.seconds,
        }
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def restore(self, path: Path, budget: Budget) -> None:
        state = torch.load(path, map_location=self.device, weights_only=True)
        for name in ("networks", "average", "optimizer"):
            getattr(self, name).load_state_dict(state[name])
        self.generator.set_state(state["generator"].cpu())
        budget.step, budget.seconds = state["step"], state["seconds"]


def main() -> None:
    options = arguments()
    config = json.loads(options.config.read_text(encoding="utf-8"))
    stages = [{**DEFAULTS, **stage} for stage in config["stages"]]
    options.out.mkdir(parents=True, exist_ok=True)
    torch.backends.cudnn.benchmark = True
    trainer, budget = Trainer(options, config), Budget(options.minutes, options.steps)
    trainer.networks.architecture.write(options.out / "architecture.json")
    checkpoint, log = options.out / "checkpoint.pt", options.out / "log.tsv"
    if checkpoint.exists():
        trainer.restore(checkpoint, budget)
    budget._since = saved = time.monotonic()
    sums: dict[str, Tensor | float] = {}
    while budget.done < 1:
        stage, done = stage_at(stages, budget.done)
        for name, term in trainer.step(stage, done).items():
            sums[name] = sums.get(name, 0.0) + term
        budget.advance()
        if budget.step % 50 == 0:
            row = {"step": str(budget.step), "minutes": f"{budget.seconds / 60:.1f}"}
            row |= {name: f"{float(total) / 50:.4f}" for name, total in sums.items()}
            sums.clear()
            if not log.exists():
                log.write_text("\t".join(row) + "\n")
            with log.open("a") as file:
                file.write("\t".join(row.values()) + "\n")
            print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)
        if time.monotonic() - saved > 300:
            trainer.save(checkpoint, budget)
            saved = time.monotonic()
    trainer.save(checkpoint, budget)


if __name__ == "__main__":
    main()

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
from networks import COARSE, LEVELS, STRIDE, Architecture, Networks
from optimizer import Muon, split
from pool import Pool

DEFAULTS = {
    "share": 1.0,
    "crop": 144,
    "scales": [0.8, 1.6],
    "style_crop": 224,
    "style_scales": [0.75, 1.6],
    "pairs": 8,
    "fresh_contents": 2,
    "fresh_styles": 1,
    "moments": 1.0,
    "learning_rate": 1e-3,
    "final_learning_rate": 2e-5,
    "weights": {},
}
"""A stage's settings where the configuration names none. `share` is of the whole budget; `crop` and
`style_crop` are sides in pixels: a style is seen nearly whole, as in use, since its statistics are
those of all its strokes; `pairs` is the number of stylised pictures a step; `fresh_contents` and
`fresh_styles` tell how many of the pools' pictures are replaced each step; `moments` is that of `style_loss`."""

POOL_SIZES = {"content": 192, "style": 512}

NOISE = 0.015
"""Standard deviation, at most, of the noise that a moved picture gets: that of a film or a sensor."""

LOSS_WEIGHTS = {
    "style": 1.0,
    "content": 1.0,
    "reconstruction": 3.0,
    "identity": 1.0,
    "variation": 0.05,
    "range": 2.0,
    "equivariance": 4.0,
    "unevenness": 0.0,
    "lattice": 0.0,
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


def draw_levels(pairs: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Which of the styles each level takes [N, L], and the levels' weights [N, L], of a step's pictures.

    Three of five pictures have all levels alike, as by default; the others any weights or one level
    alone; one in eight takes each level from a style of its own. The second level comes alone twice
    as often as others: what the third learns serves relu2_1 nearly as well.
    """
    alone = torch.tensor([1.0, 2.0, 1.0, 1.0])
    style = torch.arange(pairs)[:, None].repeat(1, LEVELS)
    weights = torch.full((pairs, LEVELS), 1 / LEVELS)
    for row in range(pairs):
        kind = torch.rand((), generator=generator)
        if kind < 0.2:
            level = int(torch.multinomial(alone, 1, generator=generator))
            weights[row] = torch.eye(LEVELS)[level]
        elif kind < 0.4:
            exponential = -torch.rand(LEVELS, generator=generator).clamp_min(1e-6).log()
            weights[row] = exponential / exponential.sum()
        if torch.rand((), generator=generator) < 0.125:
            style[row] = torch.randint(pairs, (LEVELS,), generator=generator)
    return style, weights


class Trainer:
    def __init__(self, options: argparse.Namespace, config: dict, make=Networks, levels=draw_levels):
        """`make` and `levels` are others than the defaults in `ablations.py` alone."""
        self.device = torch.device(options.device)
        self.generator = torch.Generator().manual_seed(config["seed"])
        torch.manual_seed(config["seed"])
        self.draw_levels = levels
        self.networks = make(Architecture(**config["architecture"])).to(self.device)
        self.networks.to(memory_format=torch.channels_last)
        if options.resume:
            load_weights(self.networks, options.resume)
        self.average = AveragedModel(self.networks, multi_avg_fn=running_average)
        matrices, others = split(self.networks)
        self.optimizers = [Muon(matrices), torch.optim.Adam(others, betas=(0.9, 0.99), fused=True)]
        self.content = Pictures(options.content, self.device, self.generator)
        self.style = Pictures(options.style, self.device, self.generator)
        place = {"device": self.device, "dtype": torch.bfloat16}
        self.teacher = losses.Teacher(Vgg19(options.teachers / "vgg19_relu3_4.safetensors").to(**place),
                                      SlimVgg(options.teachers / "slim_vgg_relu4_1.safetensors").to(**place))

    @torch.no_grad()
    def teach(self, pictures: Tensor) -> list[Tensor]:
        return self.teacher(pictures.to(torch.bfloat16))

    def draw_contents(self, stage: dict, count: int) -> list[Tensor]:
        """Crops of photographs, now and then an extreme, with the two taps that keep the content."""
        pictures = self.content.batch(count, stage["crop"], stage["scales"])
        for row in range(count):
            if self.chance(0.025):
                pictures[row] = extremes(1, stage["crop"], self.generator)[0].to(self.device)
        return [pictures, *self.teach(pictures)[3:]]

    def draw_styles(self, stage: dict, count: int) -> list[Tensor]:
        """Crops of artworks, now and then of a photograph, recoloured or an extreme, with the moments
        of all taps."""
        size, rows = stage["style_crop"], []
        for _ in range(count):
            kind = self.content if self.chance(0.08) else self.style
            picture = kind.batch(1, size, stage["style_scales"])
            if self.chance(0.06):
                picture = extremes(1, size, self.generator).to(self.device)
            if self.chance(0.15):
                picture = recolour(picture, self.generator)
            if self.chance(0.08):
                picture = 1 - picture
            moments = losses.style_moments(self.teach(picture))
            rows.append([picture, *(moment for tap in moments for moment in tap)])
        return [torch.cat(column) for column in zip(*rows)]

    def chance(self, probability: float) -> bool:
        return bool(torch.rand((), generator=self.generator) < probability)

    def begin(self, stage: dict) -> None:
        """Fill the pools for a stage."""
        self.pools = [Pool(POOL_SIZES[kind], lambda count, draw=draw: draw(stage, count), self.generator)
                      for kind, draw in (("content", self.draw_contents), ("style", self.draw_styles))]

    def losses(self, stage: dict) -> dict[str, Tensor]:
        pairs, channels_last = stage["pairs"], {"memory_format": torch.channels_last}
        content, *content_target = self.pools[0].take(pairs, stage["fresh_contents"])
        style, *moments = self.pools[1].take(pairs, stage["fresh_styles"])
        content, style = content.contiguous(**channels_last), style.contiguous(**channels_last)
        styles, weights = (t.to(self.device) for t in self.draw_levels(pairs, self.generator))
        networks, levels = self.networks, torch.arange(LEVELS, device=self.device)

        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            features, style_features = networks.encoder(content), networks.encoder(style)
            mean, seen = networks.describe(content, features)
            content_matrices = networks.content_head(seen)
            # The last style is the first content, as which it should come out unchanged.
            seen_as_style = [torch.cat([own, first[:1]]) for own, first in
                             zip(networks.describe(style, style_features), (mean, seen))]
            style_matrices, style_means = networks.style_head(*seen_as_style)
            mixed_means = (weights[:, :, None, None] * style_means[styles]).sum(1)
            moved = networks.blend(features, mean, content_matrices,
                                   mixed_means, style_matrices[styles, levels], weights)
            own = networks.blend(features[:1], mean[:1], content_matrices[:1],
                                 style_means[-1:], style_matrices[-1:], weights[:1])
            pictures = networks.decoder(torch.cat([moved, own, features.float()])).float()
            shifted, area = self.shift(content[: pairs // 2])
            matched = [t[: pairs // 2] for t in (mean, content_matrices, mixed_means, style_matrices[styles, levels], weights)]
            pictures_of_shifted = networks.decoder(networks.blend(networks.encoder(shifted), *matched)).float()
            rebuilt_style = networks.decoder(style_features[:1].float()).float()
        stylised, identity, rebuilt = pictures[:pairs], pictures[pairs : pairs + 1], pictures[pairs + 1 :]

        taps = self.teacher(stylised.to(torch.bfloat16))
        target = [tuple(moment[styles[:, level]] for moment in moments[3 * tap : 3 * tap + 3])
                  for tap, (level, _) in enumerate(losses.TAP_LEVELS)]
        error = lambda a, b: (a - b).abs().mean() + 4 * (a - b).square().mean()
        return {
            "style": losses.style_loss(losses.style_moments(taps), target, weights, stage["moments"]).mean(),
            "content": losses.content_loss(taps[3:], content_target).mean(),
            "reconstruction": 0.8 * error(rebuilt, content) + 0.2 * error(rebuilt_style, style[:1]),
            "identity": error(identity, content[:1]),
            "variation": losses.total_variation(stylised).mean(),
            "range": losses.out_of_range(stylised).mean(),
            "unevenness": losses.unevenness(stylised, content).mean(),
            "lattice": losses.lattice(stylised, STRIDE).mean(),
            "equivariance": losses.inner_difference(pictures_of_shifted, stylised[: pairs // 2][area]).mean(),
        }

    def shift(self, pictures: Tensor) -> tuple[Tensor, tuple]:
        """The pictures moved by less than two cells of the coarse branch, with a little noise, and the
        area of the pictures that is left."""
        reach = 2 * STRIDE * COARSE
        down, right = (int(torch.randint(reach, (), generator=self.generator)) for _ in range(2))
        height, width = (side - reach for side in pictures.shape[2:])
        area = (..., slice(down, down + height), slice(right, right + width))
        noise = torch.randn(pictures[area].shape, generator=self.generator).to(self.device)
        amount = NOISE * torch.rand(len(pictures), 1, 1, 1, generator=self.generator).to(self.device)
        return (pictures[area] + amount * noise).contiguous(memory_format=torch.channels_last), area

    def step(self, stage: dict, done: float) -> dict[str, Tensor]:
        start, end = stage["learning_rate"], stage["final_learning_rate"]
        rate = end + (start - end) * 0.5 * (1 + math.cos(math.pi * done))
        for optimizer in self.optimizers:
            optimizer.param_groups[0]["lr"] = rate * min(1.0, 0.01 + done / 0.02)
        terms = self.losses(stage)
        total = sum({**LOSS_WEIGHTS, **stage["weights"]}[name] * term for name, term in terms.items())
        self.networks.zero_grad(set_to_none=True)
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.networks.parameters(), 1.0)
        if torch.isfinite(norm):
            for optimizer in self.optimizers:
                optimizer.step()
            self.average.update_parameters(self.networks)
        return {name: term.detach() for name, term in terms.items()}

    def save(self, path: Path, budget: Budget) -> None:
        state = {
            "networks": self.networks.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "generator": self.generator.get_state(),
            "step": budget.step,
            "seconds": budget.seconds,
        }
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def restore(self, path: Path, budget: Budget) -> None:
        state = torch.load(path, map_location=self.device, weights_only=True)
        for name in ("networks", "average"):
            getattr(self, name).load_state_dict(state[name])
        for optimizer, own in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(own)
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
    current = None
    while budget.done < 1:
        stage, done = stage_at(stages, budget.done)
        if stage is not current:
            trainer.begin(stage)
            current = stage
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

"""Train the networks.

    python train.py --content PHOTOS --style ARTWORKS --teachers FOLDER --out RUN [--minutes N]

A run follows a configuration (`configurations/*.json`): the architecture, and stages with their
share of the budget. The folder RUN receives `architecture.json`, `checkpoint.pt` (all that is
needed to go on after an interruption: the same command continues) and `log.tsv`.
"""

import argparse
import copy
import json
import math
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

import losses
from captured import CapturedSteps
from checkpoint import load_weights
from loss_network import SlimVgg, Vgg19
from networks import Architecture, Networks
from optimizer import Muon, split
from painter import Painter, draw_levels

DEFAULTS = {
    "share": 1.0,
    "crop": 256,
    "scales": [0.8, 1.6],
    "style_crop": 256,
    "style_scales": [0.8, 1.6],
    "pairs": 3,
    "passes": [0.2, 0.4, 0.4],
    "fresh_contents": 0.3,
    "fresh_styles": 0.3,
    "spoiled": 0.5,
    "texture_alone": 0.08,
    "moments": 1.0,
    "learning_rate": 1e-3,
    "final_learning_rate": 2e-5,
    "weights": {},
}
"""A stage's settings where the configuration names none. `share` is of the whole budget; `crop` and
`style_crop` are sides in pixels: a style is seen nearly whole, as in use, since its statistics are
those of all its strokes; both are multiples of 32. `pairs` is the number of stylized pictures a step
and worker; `passes` are the shares of the steps that paint in one, two and three passes;
`fresh_contents` and `fresh_styles` are the shares of a step's pictures that are new to the pools, on
average; `spoiled` and `texture_alone` are the shares of contents that the encoder sees with noise, and
of those that are plain grounds to be filled; `moments` is that of `style_loss`."""

LOSS_WEIGHTS = {
    "style": 1.0,
    "style_small": 0.4,
    "content": 1.0,
    "draft_style": 0.4,
    "draft_content": 0.3,
    "reconstruction": 3.0,
    "variation": 0.05,
    "range": 2.0,
    "strokes": 0.2,
    "ground": 0.1,
    "halo": 2.0,
    "glow": 0.0,
    "equivariance": 4.0,
    "unevenness": 0.0,
    "lattice": 0.0,
    "grain": 0.0,
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
    parser.add_argument("--workers", type=int, default=1 if torch.cuda.is_available() else torch.get_num_threads(),
                        help="threads that each paint and judge pictures of their own")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args()


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


class Trainer:
    def __init__(self, options: argparse.Namespace, config: dict, make=Networks, levels=draw_levels):
        """`make` and `levels` are others than the defaults in `ablations.py` alone."""
        self.device = torch.device(options.device)
        torch.manual_seed(config["seed"])
        self.networks = make(Architecture(**config["architecture"])).to(self.device)
        self.networks.to(memory_format=torch.channels_last)
        if options.resume:
            load_weights(self.networks, options.resume)
        self.average, self.steps = copy.deepcopy(self.networks), 0
        self.parameters = list(self.networks.parameters())
        matrices, others = split(self.networks)
        # Tensors, so that a recorded step follows them.
        rates, self.share = torch.zeros(2, device=self.device).unbind(), torch.zeros((), device=self.device)
        self.optimizers = [Muon(matrices, lr=rates[0]), torch.optim.Adam(
            others, lr=rates[1], betas=(0.9, 0.99), fused=True, capturable=self.device.type == "cuda")]
        place = {"device": self.device, "dtype": torch.bfloat16, "memory_format": torch.channels_last}
        teacher = losses.Teacher(Vgg19(options.teachers / "vgg19_relu3_4.safetensors").to(**place),
                                 SlimVgg(options.teachers / "slim_vgg_relu4_1.safetensors").to(**place))
        # One thread a worker: threads that share each small operation wait for each other instead.
        torch.set_num_threads(1 if options.workers > 1 else torch.get_num_threads())
        self.painters = [
            Painter(self.networks, teacher, options, torch.Generator().manual_seed(config["seed"] + index), levels)
            for index in range(options.workers)
        ]
        self.threads = ThreadPoolExecutor(options.workers, initializer=torch.set_num_threads,
                                          initargs=(torch.get_num_threads(),))

    def begin(self, stage: dict) -> None:
        list(self.threads.map(lambda painter: painter.begin(stage), self.painters))
        if self.device.type == "cuda":
            (painter,) = self.painters
            self.captured = CapturedSteps(
                lambda passes, given: self.update([self.gradients(painter, stage, passes, given)])[0])

    def gradients(self, painter: Painter, stage: dict, passes: int, given: dict) -> tuple[list[Tensor], dict[str, Tensor]]:
        """Of one worker's pictures, and its losses."""
        terms = painter.losses(stage, passes, given)
        weights = {**LOSS_WEIGHTS, **stage["weights"]}
        total = sum(weights[name] * term for name, term in terms.items())
        found = torch.autograd.grad(total, self.parameters, materialize_grads=True)
        return found, {name: term.detach() for name, term in terms.items()}

    def update(self, found: list[tuple[list[Tensor], dict[str, Tensor]]]) -> tuple[dict[str, Tensor], ...]:
        """One step along the mean of the workers' gradients. Returns the losses of each."""
        shares, terms = zip(*found)
        for parameter, *parts in zip(self.parameters, *shares):
            parameter.grad = torch.stack(parts).mean(0) if len(parts) > 1 else parts[0]
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        # Not by a branch, for which a device would have to be waited for: a step that is not finite is none.
        for parameter in self.parameters:
            parameter.grad = torch.where(norm.isfinite(), parameter.grad, 0)
        for optimizer in self.optimizers:
            optimizer.step()
        with torch.no_grad():
            for average, parameter in zip(self.average.parameters(), self.parameters):
                average.lerp_(parameter, self.share)
        return terms

    def step(self, stage: dict, done: float) -> tuple[dict[str, Tensor], ...]:
        """The losses of each worker."""
        start, end = stage["learning_rate"], stage["final_learning_rate"]
        rate = end + (start - end) * 0.5 * (1 + math.cos(math.pi * done))
        for optimizer in self.optimizers:
            optimizer.param_groups[0]["lr"].fill_(rate * min(1.0, 0.01 + done / 0.02))
        self.steps += 1
        # Exponential over some 500 steps, shorter at the start of a run.
        self.share.fill_(max(0.002, 1 / (1 + self.steps / 8)))
        if self.device.type == "cuda":
            return (self.captured(*self.painters[0].draw(stage)),)
        return self.update(list(self.threads.map(
            lambda painter: self.gradients(painter, stage, *painter.draw(stage)), self.painters)))

    def save(self, path: Path, budget: Budget) -> None:
        state = {
            "networks": self.networks.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "generators": [painter.generator.get_state() for painter in self.painters],
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
        for painter, generator in zip(self.painters, state["generators"]):
            painter.generator.set_state(generator.cpu())
        budget.step, budget.seconds = state["step"], state["seconds"]
        self.steps = budget.step


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
    found: defaultdict[str, list[Tensor]] = defaultdict(list)
    current = None
    while budget.done < 1:
        stage, done = stage_at(stages, budget.done)
        if stage is not current:
            trainer.begin(stage)
            current = stage
        for terms in trainer.step(stage, done):
            for name, term in terms.items():
                found[name].append(term)
        budget.advance()
        if budget.step % 50 == 0:
            row = {"step": str(budget.step), "minutes": f"{budget.seconds / 60:.1f}"}
            row |= {name: f"{float(sum(found[name])) / max(1, len(found[name])):.4f}" for name in LOSS_WEIGHTS}
            found.clear()
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

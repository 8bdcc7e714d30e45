"""Fine-tune a model by few numbers, so that an hour on two processor cores is enough to learn them.

    python fine_tune.py MODEL --content PHOTOS --style ARTWORKS --teachers FOLDER --out RUN
        [--toward OTHER ...] [--minutes N] [--one-pass]

A million weights that are fine-tuned for an hour on a processor go along the trade of style and
content, since steps of few pictures are mostly noise. So what is learnt here is, for each tensor of
the networks, how far it goes in known directions, from the model toward others (`--toward`: ends of
runs, earlier models, short runs from this one); for each layer a factor of every output and every
input; and biases. With `--one-pass` it is instead what a style is to pictures in one pass alone
(`OnePass` in `networks.py`), all else as it is.

The losses are those of `train.py` that the figures of the model card are about. The folder RUN
receives `architecture.json` and `checkpoint.pt`, as from `train.py`.
"""

import argparse
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor, nn

import losses
from checkpoint import load_run, save_run
from loss_network import SlimVgg, Vgg19
from networks import Networks
from painter import Painter
from train import DEFAULTS, LOSS_WEIGHTS, Budget

STAGE = {**DEFAULTS, "pairs": 3, "crop": 256, "style_crop": 256, "scales": [0.8, 1.6], "style_scales": [0.8, 1.6],
         "moments": 0.5, "texture_alone": 0.04}

ONE_PASS = 0.4
"""Share of the steps that paint in one pass, the others painting in two."""

STYLE = {1: 5.6, 2: 4.6}
"""Weight of the style's loss by the number of passes. Two passes have the ratio to content at which moving the
decoder along the trade of both changes nothing; one pass, which has content to spare, has more."""

WEIGHTS = {**dict.fromkeys(LOSS_WEIGHTS, 0.0), "content": 2.0, "style_small": 0.3, "draft_style": 0.3, "draft_content": 0.2,
           "reconstruction": 8.0, "range": 1.0, "halo": 3.0, "glow": 10.0, "lattice": 4.0, "unevenness": 2.0,
           "equivariance": 3.0, "variation": 0.1, "grain": 0.15}

RATES = {"shares": 0.02, "factors": 1.5e-3, "biases": 3e-4, "one_pass": 1e-3}
"""Learning rates at first; in the end a twentieth."""


class FewNumbers:
    """The weights of networks as functions of few numbers."""

    def __init__(self, networks: Networks, others: list[Networks]):
        self.parameters = {name: p for name, p in networks.named_parameters() if not name.startswith("one_pass.")}
        self.start = {name: p.detach().clone() for name, p in self.parameters.items()}
        ends = [dict(other.named_parameters()) for other in others]
        self.toward = {name: [end[name].detach() - own for end in ends if not torch.equal(end[name], own)]
                       for name, own in self.start.items()}
        number = lambda *shape: torch.zeros(shape, requires_grad=True)
        self.shares = {name: number(len(found)) for name, found in self.toward.items() if found}
        layers = {name: p for name, p in self.start.items() if p.dim() > 1 and min(p.shape[-2:]) > 1}
        # Rows and columns of matrices and stacks of them; outputs and inputs of convolutions.
        first = lambda p: 0 if p.dim() == 4 else p.dim() - 2
        along = lambda p, dim: [size if axis == dim or p.dim() == 3 and axis == 0 else 1 for axis, size in enumerate(p.shape)]
        self.outputs = {name: number(*along(p, first(p))) for name, p in layers.items()}
        self.inputs = {name: number(*along(p, first(p) + 1)) for name, p in layers.items() if p.shape[first(p) + 1] > 1}
        self.biases = {name: torch.zeros_like(p, requires_grad=True) for name, p in self.start.items() if name not in layers}

    def groups(self) -> list[dict]:
        factors = [*self.outputs.values(), *self.inputs.values()]
        return [{"params": list(self.shares.values()), "lr": RATES["shares"]}, {"params": factors, "lr": RATES["factors"]},
                {"params": list(self.biases.values()), "lr": RATES["biases"]}]

    def weight(self, name: str) -> Tensor:
        weight = self.start[name]
        for share, direction in zip(self.shares.get(name, ()), self.toward[name]):
            weight = weight + share * direction
        for factors in (self.outputs, self.inputs):
            weight = weight * (1 + factors[name]) if name in factors else weight
        return weight + self.biases.get(name, 0)

    def write(self) -> None:
        """Set the networks' weights."""
        with torch.no_grad():
            for name, parameter in self.parameters.items():
                parameter.copy_(self.weight(name))

    def gradients(self, numbers: list[Tensor], of_weights: list[Tensor]) -> tuple[Tensor, ...]:
        """What the gradients of the weights are as those of the numbers."""
        weights = [self.weight(name) for name in self.parameters]
        return torch.autograd.grad(weights, numbers, of_weights, materialize_grads=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="an exported model or a run")
    parser.add_argument("--content", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--style", type=Path, required=True, help="folder of artworks")
    parser.add_argument("--teachers", type=Path, required=True, help="folder of the loss networks, as for train.py")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--toward", type=Path, action="append", default=[], help="another model or run (repeatable)")
    parser.add_argument("--one-pass", action="store_true", help="learn what a style is to one pass alone")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float, default=30, help="time budget (default: 30)")
    budget.add_argument("--steps", type=int, help="step budget")
    parser.add_argument("--workers", type=int, default=torch.get_num_threads())
    parser.add_argument("--crop", type=int, default=STAGE["crop"], help="sides of crops in pixels")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    options.device = "cpu"
    stage = {**STAGE, "crop": options.crop, "style_crop": options.crop,
             "passes": [1.0, 0.0, 0.0] if options.one_pass else [ONE_PASS, 1 - ONE_PASS, 0.0]}
    torch.manual_seed(0)
    networks = load_run(options.model).to(memory_format=torch.channels_last).requires_grad_(False)
    if options.one_pass:
        few, learning = None, networks.one_pass.requires_grad_(True)
        weights = numbers = list(learning.parameters())
        groups = [{"params": numbers, "lr": RATES["one_pass"]}]
    else:
        few = FewNumbers(networks, [load_run(other) for other in options.toward])
        weights = [parameter.requires_grad_(True) for parameter in few.parameters.values()]
        groups = few.groups()
        numbers = [number for group in groups for number in group["params"]]
    optimizer = torch.optim.Adam(groups, betas=(0.9, 0.98))
    rates = [group["lr"] for group in groups]
    mean = [number.detach().clone() for number in numbers]

    place = {"dtype": torch.bfloat16, "memory_format": torch.channels_last}
    teacher = losses.Teacher(Vgg19(options.teachers / "vgg19_relu3_4.safetensors").to(**place),
                             SlimVgg(options.teachers / "slim_vgg_relu4_1.safetensors").to(**place))
    # One thread a worker: threads that share each small operation wait for each other instead.
    torch.set_num_threads(1)
    painters = [Painter(networks, teacher, options, torch.Generator().manual_seed(number)) for number in range(options.workers)]
    threads = ThreadPoolExecutor(options.workers, initializer=torch.set_num_threads, initargs=(1,))
    list(threads.map(lambda painter: painter.begin(stage), painters))

    def work(painter: Painter) -> tuple[tuple[Tensor, ...], dict[str, float]]:
        passes, given = painter.draw(stage)
        terms = painter.losses(stage, passes, given)
        total = STYLE[passes] * terms["style"] + sum(WEIGHTS[name] * term for name, term in terms.items())
        return torch.autograd.grad(total, weights, materialize_grads=True), {n: t.item() for n, t in terms.items()}

    budget, found = Budget(options.minutes, options.steps), []
    while budget.done < 1:
        part = (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * budget.done))) * min(1, 0.1 + budget.done / 0.05)
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate * part
        shares, terms = zip(*threads.map(work, painters))
        gradients = [torch.stack(parts).mean(0) for parts in zip(*shares)]
        if few:
            gradients = few.gradients(numbers, gradients)
        # A step that is not finite is none.
        for number, gradient in zip(numbers, gradients):
            number.grad = gradient.nan_to_num(0, 0, 0)
        if options.one_pass:
            nn.utils.clip_grad_norm_(numbers, 1.0)
        optimizer.step()
        if few:
            few.write()
        budget.advance()
        with torch.no_grad():
            for own, number in zip(mean, numbers):
                own.lerp_(number, max(0.02, 1 / (1 + budget.step / 4)))
        found.extend(terms)
        if budget.step % 20 == 0:
            row = {name: sum(term[name] for term in found) / len(found) for name in ("style", "content", "reconstruction", "grain", "halo")}
            print(f"step {budget.step}  minutes {budget.seconds / 60:.1f}  " + "  ".join(f"{n} {v:.4f}" for n, v in row.items()), flush=True)
            found.clear()
    with torch.no_grad():
        for number, own in zip(numbers, mean):
            number.copy_(own)
    if few:
        few.write()
    save_run(networks, options.out)


if __name__ == "__main__":
    main()

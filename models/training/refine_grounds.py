"""Teach a model's decoder to paint plain grounds in strokes and not in noise.

    python refine_grounds.py MODEL --content PHOTOS --style ARTWORKS --out RUN [--minutes N]

What is asked for can be had by a filter of results: on plain grounds, detail that is fine and weak is
taken away, and strokes of 4 to 16 px are strengthened by half. The filter would cost time at every
use. So the decoder learns to give its own results as the filter would leave them, and no loss network
is needed. It learns a small part of the way in minutes, and in that direction it can be moved
on: `export.py RUN MODEL --mix START:-2.4` goes 3.4 times as far.

The folder RUN receives `architecture.json` and `checkpoint.pt`, as from `train.py`.
"""

import argparse
import copy
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from checkpoint import load_run, save_run
from data import Pictures, spoil
from losses import blur, gray
from networks import STRIDE, Networks
from painter import FIELD, draw_levels
from passes import enlarge, halve, pyramid
from pool import Pool
from seed import seed
from train import Budget

CROP, PAIRS, POOL = 256, 4, 96
"""Sides of crops in pixels; pairs a step and worker; pictures that a pool holds."""

SCALES = [0.7, 1.6]

RATES = 3e-5, 1e-6
"""Learning rate at first and in the end. At 6e-4 the decoder forgets more than it learns."""

FINE, WEAK = 1.5, 5 / 255
"""Sigma, in pixels, of what is finer than a stroke, and the strength of what is weak there."""

STROKES, STRONGER = (2.8, 12.0), 0.5
"""Sigmas, in pixels, between which strokes are, and what they are strengthened by."""

OWN, ONE_PASS = 0.15, 0.25
"""Shares of steps in which contents are decoded as they are, and are painted in one pass."""

GROUND = 3.0
"""Weight of plain grounds beyond that of everything else, 1."""


def soft_ground(contents: Tensor) -> Tensor:
    """How plain the ground is, 1 to 0 [N, 1, H, W]: by the variance of 4 x 4 means and their neighbors."""
    box = lambda t: F.avg_pool2d(F.pad(t, (1, 1, 1, 1), mode="replicate"), 3, 1)
    light = gray(contents)
    mean, square = (F.avg_pool2d(t, 4) for t in (light, light * light))
    variance = F.max_pool2d((box(square) - box(mean) ** 2).clamp_min(0), 3, 1, 1)
    return F.interpolate(box(torch.exp(-variance / WEAK**2)), scale_factor=4, mode="bilinear", align_corners=False)


def filtered(results: Tensor, ground: Tensor) -> Tensor:
    """Results as they should be on plain ground."""
    light = gray(results)
    fine = light - blur(light, FINE)
    strength = blur(fine * fine, 4.0).clamp_min(1e-12).sqrt()
    strokes = blur(light, STROKES[0]) - blur(light, STROKES[1])
    return results + ground * (STRONGER * strokes - torch.exp(-((strength / WEAK) ** 2)) * fine)


def apart(results: Tensor, targets: Tensor, ground: Tensor) -> Tensor:
    """Mean difference, in all and in bands of fine detail and of small strokes."""
    weight, difference = 1 + GROUND * ground, results - targets
    light = gray(difference)
    fine, small = blur(light, 1.0), blur(light, 4.0)
    return sum(share * (band.abs() * weight).mean() for share, band in
               ((1, difference), (3, light - fine), (2, fine - small)))


class Pupil:
    """Draws pictures by its own generator, and tells what the decoder of networks is to change."""

    def __init__(self, teacher: Networks, student: Networks, options: argparse.Namespace, number: int):
        self.teacher, self.student = teacher, student
        self.generator = torch.Generator().manual_seed(number)
        self.field = seed(FIELD, FIELD)
        self.pools = []
        for folder in (options.content, options.style):
            pictures = Pictures(folder, torch.device("cpu"), self.generator)
            draw = lambda count, pictures=pictures: [pictures.batch(count, CROP, SCALES)]
            self.pools.append(Pool(POOL, draw, self.generator))

    def chance(self) -> float:
        return float(torch.rand((), generator=self.generator))

    def draw_seed(self, size: int) -> Tensor:
        places = torch.randint(FIELD - size + 1, (PAIRS, 2), generator=self.generator).tolist()
        return torch.cat([self.field[..., y : y + size, x : x + size] for y, x in places])

    @torch.no_grad()
    def lesson(self) -> tuple[Tensor, Tensor, Tensor]:
        """Features, what their picture should be, and its plain ground."""
        (content,), (style,) = (pool.take(PAIRS, 2) for pool in self.pools)
        _, weights = draw_levels(PAIRS, self.generator)
        content = spoil(content, 0.1, self.generator)
        ground, encoder, kind = soft_ground(content), self.teacher.encoder, self.chance()
        if kind < OWN:
            features = encoder(content, content if self.chance() < 0.6 else enlarge(halve(content), content))
            return features, self.teacher.decoder(features), ground
        passes = 1 if kind < OWN + ONE_PASS else 2
        styled = lambda picture, draft, of_style, noise: self.teacher.transfer(
            encoder(picture, draft), encoder(of_style, of_style), noise, weights, passes)
        seeds = [self.draw_seed(part.shape[2] // STRIDE) for part in pyramid(content, passes)]
        if passes == 1:
            features = styled(content, content, style, seeds[0])
            return features, filtered(self.teacher.decoder(features), ground), ground
        small, small_style = halve(content), halve(style)
        coarse = styled(small, small, small_style, seeds[0])
        finer = lambda decoder: styled(content, enlarge(decoder(coarse).clamp(0, 1), content), style, seeds[1])
        features = finer(self.teacher.decoder)
        target = filtered(self.teacher.decoder(features), ground)
        # Half of the time as in use, on a draft of its own.
        return finer(self.student.decoder) if self.chance() < 0.5 else features, target, ground

    def gradients(self) -> tuple[tuple[Tensor, ...], float]:
        features, target, ground = self.lesson()
        loss = apart(self.student.decoder(features), target, ground)
        return torch.autograd.grad(loss, list(self.student.decoder.parameters())), loss.item()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="an exported model or a run")
    parser.add_argument("--content", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--style", type=Path, required=True, help="folder of artworks")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float, default=22, help="time budget (default: 22)")
    budget.add_argument("--steps", type=int, help="step budget")
    parser.add_argument("--workers", type=int, default=torch.get_num_threads())
    return parser.parse_args()


def main() -> None:
    options = arguments()
    teacher = load_run(options.model).requires_grad_(False)
    student = copy.deepcopy(teacher)
    # Levelled as it learns, too.
    student.decoder.picture.folded = False
    student.decoder.requires_grad_(True)
    average, parameters = copy.deepcopy(student), list(student.decoder.parameters())
    optimizer = torch.optim.Adam(parameters, betas=(0.9, 0.99))
    # One thread a worker: threads that share each small operation wait for each other instead.
    torch.set_num_threads(1)
    pupils = [Pupil(teacher, student, options, number) for number in range(options.workers)]
    threads = ThreadPoolExecutor(options.workers, initializer=torch.set_num_threads, initargs=(1,))
    budget, start, end = Budget(options.minutes, options.steps), *RATES
    found = []
    while budget.done < 1:
        rate = end + (start - end) * 0.5 * (1 + math.cos(math.pi * budget.done))
        optimizer.param_groups[0]["lr"] = rate * min(1.0, 0.05 + budget.done / 0.02)
        shares, losses = zip(*threads.map(lambda pupil: pupil.gradients(), pupils))
        for parameter, *parts in zip(parameters, *shares):
            parameter.grad = torch.stack(parts).mean(0)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        budget.advance()
        with torch.no_grad():
            for own, parameter in zip(average.decoder.parameters(), parameters):
                own.lerp_(parameter, max(0.005, 1 / (1 + budget.step / 8)))
        found.extend(losses)
        if budget.step % 50 == 0:
            print(f"step {budget.step}  minutes {budget.seconds / 60:.1f}  loss {sum(found) / len(found):.5f}", flush=True)
            found.clear()
    save_run(average, options.out)


if __name__ == "__main__":
    main()

"""What one step paints and compares: crops drawn from pools, restyled coarse to fine, and every loss."""

import argparse

import torch
from torch import Tensor

import losses
from data import Pictures, extremes, noise_like, plain, recolour, spoil
from networks import COARSE, LEVELS, STRIDE, Networks
from passes import enlarge, halve, pyramid
from pool import Pool
from seed import seed

POOL_SIZES = {"content": (128, 4), "style": (256, 6)}
"""Pictures at least, and at least for each pair of a step."""

NOISE = 0.015
"""Standard deviation, at most, of the noise that a moved picture gets: that of a film or a sensor."""

FIELD = 256
"""Feature pixels along a side of the field that training takes its seeds from."""

GROUND_WEIGHT = 4.0
"""Of plain grounds, everything else having 1, where results with and without noise are compared."""


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


class Painter:
    """Draws pictures by its own generator and pools, and tells the losses of networks that it may share
    with others: so that each processor core can have one."""

    def __init__(self, networks: Networks, teacher: losses.Teacher, options: argparse.Namespace,
                 generator: torch.Generator, levels=draw_levels):
        """`levels` is another than the default in `ablations.py` alone."""
        self.device = torch.device(options.device)
        self.networks, self.teacher, self.generator, self.draw_levels = networks, teacher, generator, levels
        self.content = Pictures(options.content, self.device, generator)
        self.style = Pictures(options.style, self.device, generator)
        self.field = seed(FIELD, FIELD).to(self.device)

    @torch.no_grad()
    def teach(self, pictures: Tensor) -> list[Tensor]:
        return self.teacher(pictures)

    def draw_contents(self, stage: dict, count: int) -> list[Tensor]:
        """Crops of photographs, now and then an extreme or a plain ground; the same as the encoder sees
        them, half of them spoiled; their plain ground; whether the content counts (1) or texture alone
        (0); and, whole and at half the size, the two taps that keep the content."""
        size = stage["crop"]
        pictures, kept = self.content.batch(count, size, stage["scales"]), torch.ones(count)
        for row in range(count):
            if self.chance(stage["texture_alone"]):
                pictures[row], kept[row] = plain(1, size, self.generator)[0], 0
            elif self.chance(0.025):
                pictures[row] = extremes(1, size, self.generator)[0]
        seen = spoil(pictures, stage["spoiled"], self.generator)
        return [pictures, seen, losses.plain_ground(pictures), kept.to(self.device),
                *self.teach(pictures)[3:], *self.teach(halve(pictures))[3:]]

    def draw_styles(self, stage: dict, count: int) -> list[Tensor]:
        """Crops of artworks, now and then of a photograph, recoloured or an extreme; the strengths of their
        bands, over all and where they usually are; and, whole and at half the size, the moments of all
        taps."""
        size = stage["style_crop"]
        kinds = [self.content if self.chance(0.08) else self.style for _ in range(count)]
        pictures = torch.cat([kind.batch(1, size, stage["style_scales"]) for kind in kinds])
        for row in range(count):
            if self.chance(0.06):
                pictures[row] = extremes(1, size, self.generator)[0]
            if self.chance(0.15):
                pictures[row] = recolour(pictures[row : row + 1], self.generator)[0]
            if self.chance(0.08):
                pictures[row] = 1 - pictures[row]
        moments = [losses.style_moments(self.teach(scale)) for scale in (pictures, halve(pictures))]
        return [pictures, losses.band_strengths(pictures), losses.usual_strengths(pictures),
                *(moment for scale in moments for tap in scale for moment in tap)]

    def chance(self, probability: float) -> bool:
        return bool(torch.rand((), generator=self.generator) < probability)

    def integer(self, limit: int) -> int:
        return int(torch.randint(limit, (), generator=self.generator))

    def begin(self, stage: dict) -> None:
        """Fill the pools for a stage."""
        sizes = {kind: max(least, share * stage["pairs"]) for kind, (least, share) in POOL_SIZES.items()}
        self.pools = [Pool(sizes[kind], lambda count, draw=draw: draw(stage, count), self.generator)
                      for kind, draw in (("content", self.draw_contents), ("style", self.draw_styles))]

    def draw_seed(self, count: int, size: int) -> Tensor:
        """Seeds of as many places [N, K, size, size]."""
        limit = FIELD - size + 1
        places = [(self.integer(limit), self.integer(limit)) for _ in range(count)]
        return torch.cat([self.field[..., y : y + size, x : x + size] for y, x in places])

    def restyle(self, picture: Tensor, draft: Tensor, seed: Tensor, matched: tuple) -> Tensor:
        """One pass, by what `match` gave. The picture, not clamped."""
        return self.networks.decoder(self.networks.blend(self.networks.encoder(picture, draft), *self.seeded(matched, seed)))

    @staticmethod
    def seeded(matched: tuple, seed: Tensor) -> tuple:
        *matrices, weights = matched
        return *matrices, seed, weights

    def draw(self, stage: dict) -> tuple[int, dict[str, Tensor]]:
        """Everything of a step that chance decides: the number of passes, and tensors of the same names and
        shapes for every step of as many."""
        pairs, generator = stage["pairs"], self.generator
        content, seen, ground, kept, *content_taps = self.pools[0].take(pairs, self.fresh(stage["fresh_contents"] * pairs))
        style, strengths, usual, *moments = self.pools[1].take(pairs, self.fresh(stage["fresh_styles"] * pairs))
        styles, weights = (t.to(self.device) for t in self.draw_levels(pairs, generator))
        passes = 1 + int(torch.multinomial(torch.tensor(stage["passes"]), 1, generator=generator))
        half = pairs // 2 + pairs % 2
        # The content as it is comes out unchanged, be its draft itself, as with a strength of 0, or as good as a
        # coarser pass can give it.
        own = content[:half] if self.chance(0.6) else enlarge(halve(content[:half]), content)
        given = {"content": content, "seen": seen, "ground": ground, "kept": kept, "style": style,
                 "strengths": strengths, "usual": usual, "styles": styles, "weights": weights, "own": own}
        given |= {f"content_tap_{index}": tap for index, tap in enumerate(content_taps)}
        given |= {f"moment_{index}": moment for index, moment in enumerate(moments)}
        sides = [side // STRIDE for side in (part.shape[2] for part in pyramid(content, passes))]
        given |= {f"seed_{index}": self.draw_seed(pairs, side) for index, side in enumerate(sides)}
        reach = 2 * COARSE
        for name in ("rows", "columns"):
            first, count = self.integer(reach), sides[-1] - reach
            given[f"feature_{name}"] = (first + torch.arange(count)).to(self.device)
            given[name] = (STRIDE * first + torch.arange(STRIDE * count)).to(self.device)
        moved = content[:half, :, : STRIDE * count, : STRIDE * count]
        amount = NOISE * torch.rand(half, 1, 1, 1, generator=generator).to(self.device)
        given["noise"] = amount * noise_like(moved, generator)
        return passes, given

    def losses(self, stage: dict, passes: int, given: dict[str, Tensor]) -> dict[str, Tensor]:
        """Of what `draw` gave."""
        networks, pairs = self.networks, stage["pairs"]
        content, seen, ground, kept, style, strengths, usual, styles, weights = (given[name] for name in (
            "content", "seen", "ground", "kept", "style", "strengths", "usual", "styles", "weights"))
        content_taps = [given[f"content_tap_{index}"] for index in range(4)]
        moments = [given[f"moment_{index}"] for index in range(30)]
        # Rows of [N * L, C, ...]: which style's matrix of a level each picture takes.
        rows = (LEVELS * styles + torch.arange(LEVELS, device=self.device)).flatten()
        chosen = lambda matrices: matrices.flatten(0, 1).index_select(0, rows).unflatten(0, (pairs, LEVELS))

        result = coarse = None
        contents, all_styles = pyramid(seen, passes), pyramid(style, passes)
        for index, (picture, of_style) in enumerate(zip(contents, all_styles)):
            # What is three passes from the end is as good as given.
            with torch.set_grad_enabled(index >= passes - 2), torch.autocast(self.device.type, torch.bfloat16):
                coarse = result
                draft = picture if coarse is None else enlarge(coarse.clamp(0, 1), picture)
                features, style_features = networks.encoder(picture, draft), networks.encoder(of_style, of_style)
                mean, covariance = networks.describe(features)
                matrices, means, seed_matrices = networks.read_style(style_features, passes)
                mixed_means = means.index_select(0, styles.flatten()).unflatten(0, (pairs, LEVELS))
                matched = (mean, networks.content_head(covariance), chosen(matrices),
                           (weights[:, :, None, None] * mixed_means).sum(1), chosen(seed_matrices), weights)
                seeds = given[f"seed_{index}"]
                result = networks.decoder(networks.blend(features, *self.seeded(matched, seeds))).float().contiguous()

        half = len(given["own"])
        with torch.autocast(self.device.type, torch.bfloat16):
            rebuilt = networks.decoder(networks.encoder(content[:half], given["own"]).float()).float()
            rebuilt_style = networks.decoder(style_features[: (half + 1) // 2].float()).float()
            # Moved by some of the features' pixels, less than two cells of the coarse branch, with a little noise.
            window = lambda t: t[:half].index_select(2, given["rows"]).index_select(3, given["columns"])
            moved = window(picture) + given["noise"]
            moved_seed = seeds[:half].index_select(2, given["feature_rows"]).index_select(3, given["feature_columns"])
            again = self.restyle(moved, moved if coarse is None else window(draft), moved_seed,
                                 tuple(t[:half] for t in matched)).float()

        target = [tuple(moment[styles[:, losses.TAP_LEVELS[tap % 5][0]]] for moment in moments[3 * tap : 3 * tap + 3])
                  for tap in range(10)]
        style_of = lambda taps, scale: losses.style_loss(
            losses.style_moments(taps), target[5 * scale : 5 * scale + 5], weights, stage["moments"])
        taps = self.teacher(result)
        small = [halve(result)] if coarse is None else [halve(result), coarse]
        # Split, not sliced: the gradients of slices would be filled up with zeros.
        small_taps = [tap.split(pairs) for tap in self.teacher(torch.cat(small))]
        keep = lambda loss: (loss * kept).sum() / kept.sum().clamp_min(1)
        error = lambda a, b: (a - b).abs().mean() + 4 * (a - b).square().mean()
        # Levels alone and styles that are mixed have no picture that they should be like in every band.
        alike = weights.amin(1) * LEVELS * (styles == styles[:, :1]).all(1)
        on_ground = alike * (ground.mean((1, 2, 3)) > 0.03)
        terms = {
            "style": style_of(taps, 0).mean(),
            "style_small": style_of([tap[0] for tap in small_taps], 1).mean(),
            "content": keep(losses.content_loss(taps[3:], content_taps[:2])),
            "reconstruction": 0.8 * error(rebuilt, content[:half]) + 0.2 * error(rebuilt_style, style[: len(rebuilt_style)]),
            "variation": losses.total_variation(result).mean(),
            "range": losses.out_of_range(result).mean(),
            "strokes": (alike * losses.octaves_apart(losses.band_strengths(result), strengths[styles[:, 0]])).mean(),
            "ground": (on_ground * losses.octaves_apart(losses.ground_strengths(result, ground), usual[styles[:, 0]])).mean(),
            "halo": keep(losses.unexplained(result, content)),
            "glow": keep(losses.glow(result, content, ground)),
            "unevenness": keep(losses.unevenness(result, content)),
            "lattice": losses.lattice(result, STRIDE).mean(),
            "grain": (on_ground * kept * losses.grain(result, ground)).mean(),
            "equivariance": losses.inner_difference(again, window(result), 1 + (GROUND_WEIGHT - 1) * window(ground)).mean(),
        }
        if coarse is not None:
            coarse_taps = [tap[1] for tap in small_taps]
            terms["draft_style"] = style_of(coarse_taps, 1).mean()
            terms["draft_content"] = keep(losses.content_loss(coarse_taps[3:], content_taps[2:]))
            terms["range"] = terms["range"] + losses.out_of_range(coarse).mean()
        return terms

    def fresh(self, count: float) -> int:
        """A whole number, by chance of this mean."""
        return int(count) + self.chance(count % 1)

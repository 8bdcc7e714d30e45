"""What the networks are trained for. Every distance is relative, the norm of the difference over
the norm of the target, so that no picture and no level outweighs the others."""

import math
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from loss_network import SlimVgg, Vgg19
from networks import LEVELS
from passes import enlarge, halve

TAP_LEVELS = ((0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0), (3, 0.2))
"""Level and weight of each tap of `Teacher`: relu1_1, relu2_1, relu3_1, relu3_4, slim relu4_1."""


CONTENT_SHARES = (0.95, 0.05)
"""Of relu3_4 and slim relu4_1 in what keeps the content."""


class Teacher:
    """Both loss networks as one: five taps, fine to coarse."""

    def __init__(self, vgg: Vgg19, slim: SlimVgg):
        self.vgg, self.slim = vgg, slim

    def __call__(self, pictures: Tensor) -> list[Tensor]:
        return self.vgg(pictures) + self.slim(pictures)[-1:]


def relative(difference: Tensor, target: Tensor) -> Tensor:
    """Norm of the difference over norm of the target, per picture: [B, ...] -> [B]."""
    # Not of the flattened, which would be copies where channels come last in memory.
    norm = lambda t: torch.linalg.vector_norm(t, dim=tuple(range(1, t.dim())))
    return (norm(difference) + 1e-6) / (norm(target) + 1e-4)


class Moments(torch.autograd.Function):
    """Pixels [B, H, W, C] -> mean [B, C] and covariance [B, C, C] over them, in float32.

    Derived by hand: one matrix product in place of two, and nothing of the pixels' size in float32.
    The centring needs no gradient of its own, since centred pixels sum to zero.
    """

    @staticmethod
    def forward(context, pixels: Tensor) -> tuple[Tensor, Tensor]:
        # Of each row first, so that no copy of all pixels in float32 is made.
        mean = pixels.sum(2).sum(1, dtype=torch.float32) / (pixels.shape[1] * pixels.shape[2])
        centred = (pixels - mean.to(pixels.dtype)[:, None, None]).flatten(1, 2)
        context.save_for_backward(centred)
        context.shape = pixels.shape
        return mean, (centred.transpose(1, 2) @ centred).float() / centred.shape[1]

    @staticmethod
    def backward(context, of_mean: Tensor, of_covariance: Tensor) -> Tensor:
        (centred,) = context.saved_tensors
        both = ((of_covariance + of_covariance.transpose(1, 2)) / centred.shape[1]).to(centred.dtype)
        per_pixel = (of_mean / centred.shape[1]).to(centred.dtype)
        return (centred @ both).add_(per_pixel[:, None]).view(context.shape)


def style_moments(features: list[Tensor]) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Per tap: mean [B, C], standard deviation [B, C] and covariance [B, C, C] over pixels."""
    moments = []
    for tap in features:
        # No copy, where channels come last in memory.
        mean, covariance = Moments.apply(tap.permute(0, 2, 3, 1))
        deviation = covariance.diagonal(dim1=1, dim2=2).clamp_min(1e-8).sqrt()
        moments.append((mean, deviation, covariance))
    return moments


def style_loss(out: list, target: list, level_weights: Tensor, moments: float = 1.0) -> Tensor:
    """Distance of two results of `style_moments`, each level weighted by [B, L]: [B].

    `moments` is the weight of means and deviations, that of covariances being 1.
    Weights that sum to 1 give a mean over levels.
    """
    total = torch.zeros(len(level_weights), device=level_weights.device)
    shares = [sum(share for level, share in TAP_LEVELS if level == l) for l in range(LEVELS)]
    for (level, share), (m, d, c), (mean, deviation, covariance) in zip(TAP_LEVELS, out, target):
        distance = relative(c - covariance, covariance)
        first_order = relative(m - mean, mean) + relative(d - deviation, deviation)
        total = total + level_weights[:, level] * share / shares[level] * (distance + moments * first_order)
    return total


def content_loss(out: list[Tensor], target: list[Tensor]) -> Tensor:
    """Distance at relu3_4 and slim relu4_1, the two taps given: [B]."""
    distances = [relative((a - b).float(), b.float()) for a, b in zip(out, target)]
    return CONTENT_SHARES[0] * distances[0] + CONTENT_SHARES[1] * distances[1]


def total_variation(pictures: Tensor) -> Tensor:
    """Mean absolute difference of neighbours: [B]."""
    rows = (pictures[:, :, 1:] - pictures[:, :, :-1]).abs().mean((1, 2, 3))
    return rows + (pictures[:, :, :, 1:] - pictures[:, :, :, :-1]).abs().mean((1, 2, 3))


def out_of_range(pictures: Tensor) -> Tensor:
    """Mean distance from 0..1, which the output is clamped to: [B]."""
    return (pictures - pictures.clamp(0, 1)).abs().mean((1, 2, 3))


def unevenness(pictures: Tensor, contents: Tensor) -> Tensor:
    """Mean absolute difference of neighbouring cells of a picture where those of its content are
    alike, against halos around what stands before a plain ground: [B]."""
    cells, ground = F.avg_pool2d(pictures, CELL), F.avg_pool2d(contents, CELL)
    total = plain = 0
    for dim in (2, 3):
        length = cells.shape[dim] - 1
        step = lambda t: (t.narrow(dim, 1, length) - t.narrow(dim, 0, length)).abs().mean(1)
        alike = torch.exp(-((step(ground) / ALIKE) ** 2))
        total = total + (alike * step(cells)).sum((1, 2))
        plain = plain + alike.sum((1, 2))
    return total / (plain + 1)


CELL = 16
"""Side of the cells of `unevenness`, in pixels: larger than strokes, smaller than halos."""

ALIKE = 0.03
"""Difference of colours, 0..1, at which cells of a content are no longer alike."""


def glow(pictures: Tensor, contents: Tensor, ground: Tensor) -> Tensor:
    """How far large-scale colors of a plain ground [B, 1, H, W], 0..1, are from its own mean over some 120 px,
    beyond how far they are in the content, against glows around what stands before it: [B].

    Means of 24 x 24 px, so that it is blind to most strokes.
    """
    where = F.avg_pool2d(ground, 8)
    where = where * (where > 0.5)
    mean = lambda t, size: F.avg_pool2d(t, size, 1, padding=size // 2, count_include_pad=False)
    share = mean(where, 3), mean(where, 15)
    away = []
    for picture in (pictures, contents):
        cells = F.avg_pool2d(picture * ground, 8) * (where > 0)
        near, wide = (mean(cells, size) / (weight + 1e-3) for size, weight in zip((3, 15), share))
        away.append((near - wide).abs())
    excess = (away[0] - away[1]).clamp_min(0).mean(1, keepdim=True)
    return (where * excess).sum((1, 2, 3)) / (where.sum((1, 2, 3)) + 4)


def lattice(pictures: Tensor, stride: int) -> Tensor:
    """How much rougher a picture is at some of the `stride` x `stride` places in the cells of its
    features than at others, against grids of these cells: the deviation of the mean roots of its
    curvature, which count plain grounds as much as edges, relative to their mean: [B]."""
    around = F.pad(pictures, (1, 1, 1, 1), mode="replicate")
    neighbours = around[..., :-2, 1:-1] + around[..., 2:, 1:-1] + around[..., 1:-1, :-2] + around[..., 1:-1, 2:]
    roughness = ((4 * pictures - neighbours).abs() + 1e-3).sqrt().mean(1)
    places = roughness.unflatten(2, (-1, stride)).unflatten(1, (-1, stride)).mean((1, 3))
    return (places / places.mean((1, 2), keepdim=True)).std((1, 2), correction=0)


def inner_difference(a: Tensor, b: Tensor, weight: Tensor, margin: int = 12) -> Tensor:
    """Mean absolute difference of two pictures, weighted by [B, 1, H, W], but for their margins, which
    know of other surroundings: [B]."""
    inner = (..., slice(margin, -margin), slice(margin, -margin))
    return ((a[inner] - b[inner]).abs() * weight[inner]).mean((1, 2, 3))


GRAY = (0.299, 0.587, 0.114)


def gray(pictures: Tensor) -> Tensor:
    """Luminance [B, 1, H, W]."""
    return (pictures * gray_weights(pictures.device)).sum(1, keepdim=True)


@cache
def gray_weights(device: torch.device) -> Tensor:
    return torch.tensor(GRAY, device=device).view(1, 3, 1, 1)


BANDS = 5
"""Of a Laplacian pyramid (Burt and Adelson, 1983): strokes of some 2, 4, 8, 16 and 32 px."""


def bands(pictures: Tensor) -> list[Tensor]:
    """Luminance by size of what is painted, fine to coarse: [B, 1, H/2^k, W/2^k] each."""
    now, found = gray(pictures), []
    for _ in range(BANDS):
        small = halve(now)
        found.append(now - enlarge(small, now))
        now = small
    return found


FAINT = 0.5 / 255
"""Strength of a band, as a root mean square, below which it does not matter."""


def band_strengths(pictures: Tensor) -> Tensor:
    """Root mean square of each band over the picture: [B, BANDS]."""
    return torch.stack([(band.square().mean((1, 2, 3)) + FAINT**2).sqrt() for band in bands(pictures)], 1)


def ground_strengths(pictures: Tensor, mask: Tensor) -> Tensor:
    """The same where a mask [B, 1, H, W], 0..1, is: [B, BANDS]."""
    found = []
    for band in bands(pictures):
        found.append(((mask * band.square()).sum((1, 2, 3)) / (mask.sum((1, 2, 3)) + 1e-3) + FAINT**2).sqrt())
        mask = F.avg_pool2d(mask, 2)
    return torch.stack(found, 1)


def blur(pictures: Tensor, sigma: float) -> Tensor:
    """By a Gaussian; pictures of one channel [B, 1, H, W]."""
    reach = math.ceil(3 * sigma)
    kernel = torch.exp(-torch.arange(-reach, reach + 1.0, device=pictures.device).square() / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    padded = F.pad(pictures, (reach, reach, reach, reach), mode="reflect")
    return F.conv2d(F.conv2d(padded, kernel.view(1, 1, 1, -1)), kernel.view(1, 1, -1, 1))


def grain(pictures: Tensor, ground: Tensor) -> Tensor:
    """Logarithm of how strong, where a mask [B, 1, H, W], 0..1, is, what is finer than 2 px is beside strokes
    of 4 to 16 px, as `appearance.py` measures them: [B]."""
    levels = [gray(pictures).float()]
    levels += [blur(levels[0], sigma) for sigma in (1, 2, 4, 8, 16)]
    area = ground.sum((1, 2, 3)) + 1
    fine, less, _, small, large = (
        (((a - b).square() * ground).sum((1, 2, 3)) / area + 1e-8).sqrt() for a, b in zip(levels, levels[1:]))
    return ((fine + less + FAINT_BAND) / (small + large + FAINT_BAND)).log()


FAINT_BAND = 0.1 / 255
"""Strength that is added to those of bands, so that nearly nothing is not compared."""

GROUND_SHARES = (0.15, 0.3, 0.9, 1.2, 1.2)
"""Of a style's bands in what a plain ground should have, fine to coarse: paint more than grain."""


def usual_strengths(pictures: Tensor, cell: int = 32) -> Tensor:
    """Of each band, the median over cells of `cell` px, by its share on plain grounds: what a place in the
    picture usually has, be it bare paper: [B, BANDS]."""
    found = []
    for index, (band, share) in enumerate(zip(bands(pictures), GROUND_SHARES)):
        local = F.avg_pool2d(band.square(), max(1, cell >> index)).flatten(1)
        found.append((share**2 * local.median(1).values + FAINT**2).sqrt())
    return torch.stack(found, 1)


def octaves_apart(a: Tensor, b: Tensor) -> Tensor:
    """Mean distance of the logarithms of two strengths [B, BANDS]: [B]."""
    return (a.log() - b.log()).abs().mean(1)


def plain_ground(contents: Tensor) -> Tensor:
    """1 where colors, a little blurred, stay within `PLAIN` over 9 px, else 0: [B, 1, H, W]."""
    smooth = F.avg_pool2d(F.pad(contents, (2, 2, 2, 2), mode="replicate"), 5, 1)
    highest = F.max_pool2d(smooth, 9, 1, padding=4)
    lowest = -F.max_pool2d(-smooth, 9, 1, padding=4)
    return (highest - lowest).amax(1, keepdim=True).lt(PLAIN).float()


PLAIN = 5 / 255


def unexplained(pictures: Tensor, contents: Tensor) -> Tensor:
    """How far large-scale colors are from a local affine function of the content's, the matting
    Laplacian's measure (Levin et al., 2008; Luan et al., "Deep photo style transfer", 2017): [B].

    Of both pictures, means of 8 x 8 px, so that it is blind to strokes; in windows of 7 x 7 of these,
    what is left of the variance after regression on the content's colors. A glow beside a dark shape
    is left; that the shape itself is of another color is not.
    """
    colors, ground = (F.avg_pool2d(t.float(), 8) for t in (pictures, contents))
    mean = lambda t: F.avg_pool2d(t, 7, 1)
    both = torch.cat([ground, colors], 1)
    products = (both[:, :, None] * both[:, None]).flatten(1, 2)
    means = mean(both)
    covariance = mean(products).unflatten(1, (6, 6)) - means[:, :, None] * means[:, None]
    covariance = covariance.permute(0, 3, 4, 1, 2)
    of_ground, crossed = covariance[..., :3, :3], covariance[..., :3, 3:]
    raised = of_ground + RIDGE**2 * torch.eye(3, device=colors.device)
    # The inverse of 3 x 3 by cross products of its rows: a library's solver is slow for so many so small.
    cofactors = torch.linalg.cross(raised.roll(-1, -2), raised.roll(-2, -2))
    determinant = (raised[..., :1, :] * cofactors[..., :1, :]).sum(-1, keepdim=True)
    explained = (crossed * (cofactors.mT / determinant @ crossed)).sum(-2)
    left = covariance[..., 3:, 3:].diagonal(dim1=-2, dim2=-1) - explained
    return (left.clamp_min(0) + 1e-5).sqrt().flatten(1).mean(1)


RIDGE = 4 / 255
"""Deviation of a content's colors, 0..1, below which they explain nothing."""

"""What the networks are trained for. Every distance is relative, the norm of the difference over
the norm of the target, so that no picture and no level outweighs the others."""

import torch
import torch.nn.functional as F
from torch import Tensor

from loss_network import SlimVgg, Vgg19
from networks import LEVELS

TAP_LEVELS = ((0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0), (3, 0.5))
"""Level and weight of each tap of `Teacher`: relu1_1, relu2_1, relu3_1, relu3_4, slim relu4_1."""


CONTENT_SHARES = (0.6, 0.4)
"""Of relu3_4 and slim relu4_1 in what keeps the content."""


class Teacher:
    """Both loss networks as one: five taps, fine to coarse."""

    def __init__(self, vgg: Vgg19, slim: SlimVgg):
        self.vgg, self.slim = vgg, slim

    def __call__(self, pictures: Tensor) -> list[Tensor]:
        return self.vgg(pictures) + self.slim(pictures)[-1:]


def relative(difference: Tensor, target: Tensor) -> Tensor:
    """Norm of the difference over norm of the target, per picture: [B, ...] -> [B]."""
    return (difference.flatten(1).norm(dim=1) + 1e-6) / (target.flatten(1).norm(dim=1) + 1e-4)


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


def lattice(pictures: Tensor, stride: int) -> Tensor:
    """How much rougher a picture is at some of the `stride` x `stride` places in the cells of its
    features than at others, against grids of these cells: the deviation of the mean roots of its
    curvature, which count plain grounds as much as edges, relative to their mean: [B]."""
    around = F.pad(pictures, (1, 1, 1, 1), mode="replicate")
    neighbours = around[..., :-2, 1:-1] + around[..., 2:, 1:-1] + around[..., 1:-1, :-2] + around[..., 1:-1, 2:]
    roughness = ((4 * pictures - neighbours).abs() + 1e-3).sqrt().mean(1)
    places = roughness.unflatten(2, (-1, stride)).unflatten(1, (-1, stride)).mean((1, 3))
    return (places / places.mean((1, 2), keepdim=True)).std((1, 2), correction=0)


def inner_difference(a: Tensor, b: Tensor, margin: int = 12) -> Tensor:
    """Mean absolute difference of two pictures, but for their margins, which know of other
    surroundings: [B]."""
    inner = (..., slice(margin, -margin), slice(margin, -margin))
    return (a[inner] - b[inner]).abs().mean((1, 2, 3))

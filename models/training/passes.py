"""Painting coarse to fine: a picture is restyled at a fraction of its size first, and every finer pass
sees the content beside what the pass before has painted, its draft.

What a style paints in strokes of ten to sixty pixels is a pixel's matter in a coarse pass. (Gatys et
al., "Controlling perceptual factors in neural style transfer", CVPR 2017, optimize coarse to fine; Lin
et al., "Drafting and revision", CVPR 2021, have a network for each of two scales. Here one serves all.)
"""

import torch.nn.functional as F
from torch import Tensor

SMALLEST_SIDE = 96
"""Short side in pixels below which no pass is worth it."""

USUAL_PASSES = 2
"""Three paint in larger strokes, and pay with the content."""


def halve(picture: Tensor) -> Tensor:
    """Means of 2 x 2 pixels; where a side is odd, its last row or column counts twice."""
    height, width = picture.shape[2:]
    return F.avg_pool2d(F.pad(picture, (0, width % 2, 0, height % 2), mode="replicate"), 2)


def enlarge(picture: Tensor, like: Tensor) -> Tensor:
    """To twice the size, bilinear, cropped to that of another picture."""
    large = F.interpolate(picture, scale_factor=2, mode="bilinear", align_corners=False)
    return large[:, :, : like.shape[2], : like.shape[3]]


def pyramid(picture: Tensor, passes: int) -> list[Tensor]:
    """The picture at the size of each pass, coarsest first."""
    pictures = [picture]
    for _ in range(passes - 1):
        pictures.insert(0, halve(pictures[0]))
    return pictures


def default_passes(height: int, width: int) -> int:
    """`USUAL_PASSES`, or as many as keep the coarsest pass at `SMALLEST_SIDE` px or more: 1..`USUAL_PASSES`."""
    side, passes = min(height, width), 1
    while passes < USUAL_PASSES and side >= 2 * SMALLEST_SIDE:
        side, passes = side / 2, passes + 1
    return passes

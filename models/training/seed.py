"""The seed: fixed noise from which a plain ground can grow strokes.

A network that is deterministic can only grow texture out of what it is given, and on a plain ground
that is the noise of the sensor: dots. Texture networks (Ulyanov et al., ICML 2016) are given noise at
several scales instead, and so is this one: `SEED_CHANNELS` values for each feature pixel, which a
matrix of the style's adds to the features.

It is a function of the absolute position alone, so that tiles, frames and runs agree, and it is
exact, so that programs in other languages give the same bits:

1. Channel k = 4 s + i, with s in 2..3 and i in 0..3, lives on a grid whose cells are 2^s
   feature pixels wide (16 or 32 px of the picture). What grows from noise as fine as one or two feature
   pixels is not strokes: from the first, plain grounds came out knitted, from the second, strewn with
   blocks as wide as its cells.
2. Its value at the grid's point (x, y), integers of any sign, is

       h = (x * 0x9E3779B1) ^ (y * 0x85EBCA77) ^ (k * 0xC2B2AE3D)
       h = (h ^ (h >> 16)) * 0x85EBCA6B
       h = (h ^ (h >> 13)) * 0xC2B2AE35
       h = h ^ (h >> 16)
       value = (h + 0.5) / 2^32 - 0.5

   Products keep their lowest 32 bits, shifts are of unsigned numbers: the end of MurmurHash3
   (Appleby, public domain) after multiples by primes of xxHash (Collet).
3. Between the points it is bilinear: the feature pixel (column, row) stands at
   ((column + 0.5) / 2^s - 0.5, (row + 0.5) / 2^s - 0.5) on the grid. With float64, values and
   weights are multiples of powers of two, and all sums are exact in any order.
4. The sum is multiplied, once and in float64, by `GAINS[s]`, which makes the variance 1, and rounded
   to float32.
"""

import torch
from torch import Tensor

SEED_SCALES = (2, 3)
"""s of each grid: its cells are 2^s feature pixels wide."""

CHANNELS_PER_SCALE = 4

SEED_CHANNELS = CHANNELS_PER_SCALE * len(SEED_SCALES)
"""K: values of the seed for each feature pixel."""

GAINS = tuple(12**0.5 * gain for gain in (32 / 21, 128 / 85))
"""By which the values of each scale are multiplied: the root of 12 gives uniform noise a variance of
1, and the rest gives back what bilinear enlarging takes."""


def hashed(x: Tensor, y: Tensor, channel: int) -> Tensor:
    """Uniform noise in -0.5..0.5 at points of integer coordinates: float64, of the broadcast shape."""
    low = 0xFFFFFFFF
    h = ((x * 0x9E3779B1) ^ (y * 0x85EBCA77) ^ (channel * 0xC2B2AE3D)) & low
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & low
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & low
    h = h ^ (h >> 16)
    return (h.double() + 0.5) / 2**32 - 0.5


def neighbours(start: int, length: int, cell: int) -> tuple[Tensor, Tensor]:
    """Of feature pixels along one axis: the grid's point before each, and the share of the one after."""
    position = (torch.arange(start, start + length).double() + 0.5) / cell - 0.5
    before = position.floor()
    return before.long(), position - before


def seed(rows: int, columns: int, top: int = 0, left: int = 0) -> Tensor:
    """The seed of `rows` x `columns` feature pixels from (`left`, `top`) on: [1, K, rows, columns]."""
    channels = []
    for index in range(SEED_CHANNELS):
        grid, own = divmod(index, CHANNELS_PER_SCALE)
        scale = SEED_SCALES[grid]
        channel = CHANNELS_PER_SCALE * scale + own
        y, down = neighbours(top, rows, 2**scale)
        x, right = neighbours(left, columns, 2**scale)
        y, x, down, right = y[:, None], x[None], down[:, None], right[None]
        above = hashed(x, y, channel) * (1 - right) + hashed(x + 1, y, channel) * right
        below = hashed(x, y + 1, channel) * (1 - right) + hashed(x + 1, y + 1, channel) * right
        channels.append(((above * (1 - down) + below * down) * GAINS[grid]).float())
    return torch.stack(channels)[None]

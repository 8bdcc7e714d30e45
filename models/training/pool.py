"""Pictures beside what the loss networks see in them, kept for many steps.

Looking at a picture with the loss networks costs more than all the rest of a step. So a step draws
from a pool, of which it replaces a few, and only these are looked at.
"""

from collections.abc import Callable

import torch
from torch import Tensor


class Pool:
    """Rows of equal shapes, at first a quarter of them, the oldest of which give way to new ones once all
    are there."""

    def __init__(self, size: int, draw: Callable[[int], list[Tensor]], generator: torch.Generator):
        """`draw` makes so many new rows: the same list of tensors [N, ...] each time."""
        self._draw, self._generator, self._oldest, self._filled = draw, generator, 0, 0
        self._columns = [torch.empty_like(t.expand(size, *t.shape[1:])) for t in draw(1)]
        for _ in range(0, size // 4, 8):
            self._replace(8)

    def _replace(self, count: int) -> Tensor:
        size = len(self._columns[0])
        rows = (self._oldest + torch.arange(count)) % size
        self._oldest = (self._oldest + count) % size
        self._filled = min(size, self._filled + count)
        there = rows.to(self._columns[0].device)
        for column, new in zip(self._columns, self._draw(count)):
            column[there] = new
        return rows

    def take(self, count: int, fresh: int) -> list[Tensor]:
        """`count` different rows by chance, among them as many new ones as `fresh`, 0..count."""
        rows = self._replace(fresh) if fresh else torch.empty(0, dtype=torch.long)
        others = torch.randperm(self._filled, generator=self._generator)
        others = others[~torch.isin(others, rows)][: count - fresh]
        rows = torch.cat([rows, others]).to(self._columns[0].device)
        return [column[rows] for column in self._columns]

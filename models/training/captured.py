"""A step of training as one CUDA graph: networks as small as these are thousands of small operations, which
take a card longer to be told of one by one than to carry out."""

from collections.abc import Callable

import torch
from torch import Tensor


class CapturedSteps:
    """Records `step`, a function of the number of passes and of tensors, once for each number, and plays the
    record from then on. Tensors of one number have the same names and shapes every time."""

    WARM_UP = 3
    """Steps that run as they are before one is recorded, so that everything is there that is made once."""

    def __init__(self, step: Callable[[int, dict[str, Tensor]], dict[str, Tensor]]):
        self._step = step
        self._records: dict[int, tuple] = {}
        self._pool = None

    def __call__(self, passes: int, given: dict[str, Tensor]) -> dict[str, Tensor]:
        if passes not in self._records:
            self._records[passes] = self._record(passes, given)
        graph, inputs, names, results = self._records[passes]
        for name, tensor in given.items():
            inputs[name].copy_(tensor)
        graph.replay()
        return dict(zip(names, results.clone().unbind()))

    def _record(self, passes: int, given: dict[str, Tensor]) -> tuple:
        inputs = {name: tensor.clone() for name, tensor in given.items()}
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(self.WARM_UP):
                self._step(passes, inputs)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool):
            terms = self._step(passes, inputs)
            results = torch.stack([term.float() for term in terms.values()])
        self._pool = self._pool or graph.pool()
        return graph, inputs, list(terms), results

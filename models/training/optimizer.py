"""The optimizer: Muon for matrices, Adam for the rest.

Muon (Jordan et al., 2024) replaces a matrix's step by the nearest orthogonal one, so that all its
directions are learnt at the same pace. Its length is that of Adam's usual steps (Liu et al., "Muon
is scalable for LLM training", 2025), so that one learning rate serves both.
"""

from collections import defaultdict

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the polynomial a x + b x^3 + c x^5 that, repeated, takes singular values near to 1."""


def orthogonalise(matrices: Tensor, iterations: int = 5) -> Tensor:
    """[..., M, N] -> the nearest (semi-)orthogonal matrices, roughly."""
    a, b, c = COEFFICIENTS
    wide = matrices.shape[-2] <= matrices.shape[-1]
    x = matrices if wide else matrices.mT
    x = x / (x.flatten(-2).norm(dim=-1)[..., None, None] + 1e-12)
    for _ in range(iterations):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return x if wide else x.mT


class Muon(torch.optim.Optimizer):
    """For weights of linear layers, convolutions (their last dimensions taken as one) and stacks of
    square matrices [L, C, C]."""

    def __init__(self, parameters, lr: float | Tensor = 1e-3, momentum: float = 0.95):
        super().__init__(parameters, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            # Matrices of one shape are turned together: one by one, a device mostly waits for the next.
            alike: defaultdict[torch.Size, list[tuple[Tensor, Tensor]]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state["momentum"] = torch.zeros_like(parameter)
                state["momentum"].lerp_(parameter.grad, 1 - group["momentum"])
                step = parameter.grad.lerp(state["momentum"], group["momentum"])
                matrix = step.flatten(1) if step.dim() == 4 else step
                alike[matrix.shape].append((parameter, matrix))
            for shape, found in alike.items():
                changes = orthogonalise(torch.stack([matrix for _, matrix in found])) * (0.2 * max(shape[-2:]) ** 0.5)
                for (parameter, _), change in zip(found, changes):
                    parameter.sub_(change.reshape(parameter.shape) * group["lr"])


def split(networks: nn.Module) -> tuple[list[Tensor], list[Tensor]]:
    """Parameters for Muon, and those for Adam: vectors, depthwise kernels, and the layers that touch
    pixels."""
    matrices, others = [], []
    for name, parameter in networks.named_parameters():
        depthwise = parameter.dim() == 4 and parameter.shape[1] == 1
        pixels = name.startswith(("encoder.stem", "decoder.picture"))
        narrow = parameter.dim() < 2 or min(parameter.shape[-2:] if parameter.dim() < 4 else parameter.shape[:2]) < 8
        (others if depthwise or pixels or narrow else matrices).append(parameter)
    return matrices, others

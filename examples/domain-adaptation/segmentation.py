"""A small network that tells classes apart, its training, and its score."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from data import VOID


def convolution(channels: int, others: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, others, 3, stride, 1, bias=False), nn.BatchNorm2d(others), nn.ReLU()
    )


class SmallUNet(nn.Module):
    """A U-Net that ends at a quarter of the picture's size: it trains from scratch in about a minute."""

    def __init__(self, classes: int):
        super().__init__()
        self.at_half = nn.Sequential(convolution(3, 24, 2), convolution(24, 24))
        self.at_quarter = nn.Sequential(convolution(24, 48, 2), convolution(48, 48))
        self.at_eighth = nn.Sequential(convolution(48, 96, 2), convolution(96, 96))
        self.at_sixteenth = nn.Sequential(convolution(96, 128, 2), convolution(128, 128))
        self.join_eighth = convolution(128 + 96, 96)
        self.join_quarter = convolution(96 + 48, 64)
        self.classify = nn.Conv2d(64, classes, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        quarter = self.at_quarter(self.at_half(pictures - 0.5))
        eighth = self.at_eighth(quarter)
        x = self.join_eighth(torch.cat([enlarge(self.at_sixteenth(eighth), eighth), eighth], 1))
        x = self.join_quarter(torch.cat([enlarge(x, quarter), quarter], 1))
        return self.classify(x)


class Head(nn.Module):
    """What is trained on top of fixed features."""

    def __init__(self, channels: int, classes: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm2d(channels),
            nn.Conv2d(channels, 64, 1),
            nn.ReLU(),
            convolution(64, 64),
            nn.Conv2d(64, classes, 1),
        )

    def forward(self, features: Tensor) -> Tensor:
        return self.layers(features)


class FixedFeatures:
    """The features of a network that was trained on something else: a TorchScript file that makes of
    pictures [N, 3, H, W], RGB 0..1, a list of feature maps."""

    def __init__(self, file: Path):
        self._network = torch.jit.load(file).eval()

    @torch.no_grad()
    def __call__(self, pictures: Tensor) -> Tensor:
        """All maps side by side, at a quarter of the pictures' size."""
        side = [length // 4 for length in pictures.shape[2:]]
        all_features = []
        for batch in pictures.split(8):
            maps = [F.adaptive_avg_pool2d(m, side) if m.shape[-1] > side[1]
                    else F.interpolate(m, side, mode="bilinear") for m in self._network(batch)]
            all_features.append(torch.cat(maps, 1).half())  # Half the memory.
        return torch.cat(all_features)


def enlarge(x: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(x, like.shape[2:], mode="bilinear")


def train(network: nn.Module, inputs: Tensor, labels: Tensor, steps: int, seed: int, batch: int = 8) -> None:
    """Trains on inputs [N, C, h, w], mirrored by chance, and labels [N, H, W]."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, steps)
    small = F.interpolate(labels[:, None].float(), [s // 4 for s in labels.shape[1:]], mode="nearest").long()[:, 0]
    network.train()
    for _ in range(steps):
        chosen = torch.randint(len(inputs), (batch,), generator=generator)
        x, y = inputs[chosen].float(), small[chosen]
        mirrored = torch.rand(batch, generator=generator) < 0.5
        x[mirrored], y[mirrored] = x[mirrored].flip(-1), y[mirrored].flip(-1)
        scores = network(x)
        if scores.shape[2:] != y.shape[1:]:
            scores = enlarge(scores, y[:, None])
        loss = F.cross_entropy(scores, y, ignore_index=VOID)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


@torch.no_grad()
def mean_iou(network: nn.Module, inputs: Tensor, labels: Tensor, classes: int) -> float:
    """Mean over classes of intersection over union, summed over all pictures."""
    network.eval()
    confusion = torch.zeros(classes, classes, dtype=torch.long)
    for x, y in zip(inputs.split(8), labels.split(8)):
        guess = enlarge(network(x.float()), y[:, None]).argmax(1)
        known = y != VOID
        confusion += torch.bincount(
            classes * y[known] + guess[known], minlength=classes**2
        ).view(classes, classes)
    hit = confusion.diagonal().double()
    union = confusion.sum(0) + confusion.sum(1) - hit
    return (hit / union)[union > 0].mean().item()

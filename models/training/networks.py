"""Encoder, decoder and transfer module: the networks that are trained and exported.

Everything works on pictures of any height and width that are multiples of
`STRIDE * COARSE` px; `Stylizer` and the exported graphs pad others.
Pictures are RGB in 0..1, [B, 3, H, W]; features are [B, C, H/4, W/4].
"""

import json
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STRIDE = 4
"""Picture pixels per feature pixel, in each direction."""

COARSE = 2
"""Feature pixels per pixel of the coarse branch of encoder and decoder."""

LEVELS = 4
"""Levels of style, after the loss network's relu1_1, relu2_1, relu3_1 and relu4_1."""


@dataclass(frozen=True)
class Architecture:
    """Sizes of the networks; stored as JSON beside the weights."""

    channels: int = 64
    """C: width of the features, and of every matrix (C x C)."""
    coarse_channels: int = 96
    """Width of the branch at half the features' resolution."""
    encoder_blocks: int = 2
    decoder_blocks: int = 2
    block: str = "dense"
    """Residual block of the coarse branch: `dense` (two 3x3) or `separable` (7x7 depthwise, two 1x1)."""
    correction_rank: int = 64
    """Columns of each level's learned correction of its matrix; 0 leaves the closed form alone."""
    correction_view: int = 16
    """The correction sees the root of the covariance through this many learned directions."""
    correction_hidden: int = 32

    @staticmethod
    def read(path) -> "Architecture":
        with open(path, encoding="utf-8") as file:
            return Architecture(**json.load(file))

    def write(self, path) -> None:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
            file.write("\n")


def conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution that repeats its input's border: zeros there would show as a frame, and a
    reflection needs more pixels than a tiny picture's coarse branch has."""
    padding = (kernel - stride + 1) // 2
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups)
    return nn.Sequential(nn.ReplicationPad2d(padding), convolution) if padding else nn.Sequential(convolution)


class DenseBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.first = conv(channels, channels, 3)
        self.second = conv(channels, channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.relu(self.first(x)))


class SeparableBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.depthwise = conv(channels, channels, 7, groups=channels)
        self.expand = conv(channels, 2 * channels, 1)
        self.project = conv(2 * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.project(F.relu(self.expand(self.depthwise(x))))


class CoarseBranch(nn.Module):
    """Residual blocks at half resolution: a wide field of view for little arithmetic."""

    def __init__(self, architecture: Architecture, blocks: int):
        super().__init__()
        channels, width = architecture.channels, architecture.coarse_channels
        block = {"dense": DenseBlock, "separable": SeparableBlock}[architecture.block]
        self.down = conv(channels, width, 3, stride=COARSE)
        self.blocks = nn.Sequential(*[block(width) for _ in range(blocks)])
        self.up = conv(width, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.up(F.relu(self.blocks(F.relu(self.down(x)))))
        return F.interpolate(x, scale_factor=COARSE, mode="bilinear", align_corners=False)


class PixelShuffle(nn.Module):
    """3x3 convolution to `factor` x `factor` pixels for each pixel, all alike where the input is flat.

    Left free, such a layer draws a grid on skies and walls: which of its outputs it is, is all that
    a pixel there can tell itself from its neighbours by. So the weights of each output are shifted
    to a common sum over the kernel, for every input channel.
    """

    def __init__(self, inputs: int, outputs: int, factor: int):
        super().__init__()
        self.factor = factor
        self.pad = nn.ReplicationPad2d(1)
        self.convolution = nn.Conv2d(inputs, outputs * factor**2, 3)
        self.folded = False

    def levelled(self) -> tuple[Tensor, Tensor]:
        """Weight and bias as they are applied."""
        weight, bias, phases = self.convolution.weight, self.convolution.bias, self.factor**2
        sums = weight.sum((2, 3)).view(-1, phases, weight.shape[1])
        excess = (sums - sums.mean(1, keepdim=True)).view(*weight.shape[:2], 1, 1)
        level = bias.view(-1, phases).mean(1, keepdim=True).expand(-1, phases)
        return weight - excess / 9, level.reshape(-1)

    def fold(self) -> None:
        """Make the weights those that are applied, once and for all."""
        weight, bias = self.levelled()
        self.convolution.weight.data.copy_(weight.detach())
        self.convolution.bias.data.copy_(bias.detach())
        self.folded = True

    def forward(self, x: Tensor) -> Tensor:
        x = self.pad(x)
        x = self.convolution(x) if self.folded else F.conv2d(x, *self.levelled())
        return F.pixel_shuffle(x, self.factor)


class Encoder(nn.Module):
    """Picture -> features."""

    def __init__(self, architecture: Architecture):
        super().__init__()
        channels = architecture.channels
        self.stem = conv(3, channels, 2 * STRIDE, stride=STRIDE)
        self.fine = conv(channels, channels, 3)
        self.coarse = CoarseBranch(architecture, architecture.encoder_blocks)

    def forward(self, picture: Tensor) -> Tensor:
        x = F.relu(self.stem(picture * 2 - 1))
        return self.fine(x) + self.coarse(x)


class Decoder(nn.Module):
    """Features -> picture, not clamped to 0..1."""

    def __init__(self, architecture: Architecture):
        super().__init__()
        channels = architecture.channels
        self.fine = conv(channels, channels, 3)
        self.coarse = CoarseBranch(architecture, architecture.decoder_blocks)
        self.picture = PixelShuffle(channels, 3, STRIDE)

    def forward(self, features: Tensor) -> Tensor:
        x = F.relu(self.fine(features))
        x = F.relu(x + self.coarse(x))
        return self.picture(x) * 0.5 + 0.5


def matrix_roots(covariance: Tensor, iterations: int = 12) -> tuple[Tensor, Tensor]:
    """Square root and inverse square root of symmetric positive matrices [B, C, C].

    Coupled Newton-Schulz iterations (Higham, "Functions of Matrices", eq. 6.35): matrix products
    alone, so they run in every ONNX backend and have plain gradients. The diagonal is raised by a
    thousandth of its mean, and by a constant so that a flat picture's noise is not blown up.
    """
    with torch.autocast(covariance.device.type, enabled=False):
        covariance = covariance.float()
        identity = torch.eye(covariance.shape[-1], device=covariance.device)
        mean = (covariance * identity).sum((1, 2), keepdim=True) / covariance.shape[-1]
        raised = covariance + (1e-3 * mean + FLOOR) * identity
        norm = (raised * raised).sum((1, 2), keepdim=True).sqrt()
        root, inverse = raised / norm, identity.expand_as(raised)
        for _ in range(iterations):
            step = 1.5 * identity - 0.5 * (inverse @ root)
            root, inverse = root @ step, step @ inverse
        return root * norm.sqrt(), inverse / norm.sqrt()


FLOOR = 1e-3
"""Variance below which a feature counts as flat."""


class MatrixHead(nn.Module):
    """Covariance -> one matrix a level: S from a style's, C from a content's.

    `A root B + K` starts as the root itself, the closed form of whitening and colouring. The
    published module's fully connected layer on the covariance adds a correction, zero at first,
    in a learned basis of `correction_rank` outer products a level.
    """

    def __init__(self, architecture: Architecture):
        super().__init__()
        size, rank = architecture.channels, architecture.correction_rank
        identity = torch.eye(size).repeat(LEVELS, 1, 1)
        self.left = nn.Parameter(identity.clone())
        self.right = nn.Parameter(identity.clone())
        self.constant = nn.Parameter(torch.zeros(LEVELS, size, size))
        self.rank = rank
        if rank:
            view = architecture.correction_view
            self.view = nn.Parameter(torch.randn(size, view) / size**0.5)
            self.hidden = nn.Linear(view * view, architecture.correction_hidden)
            self.gains = nn.Linear(architecture.correction_hidden, LEVELS * rank)
            nn.init.zeros_(self.gains.weight)
            nn.init.zeros_(self.gains.bias)
            self.columns = nn.Parameter(torch.randn(LEVELS, size, rank) / size**0.5)
            self.rows = nn.Parameter(torch.randn(LEVELS, rank, size) / size**0.5)

    @torch.autocast("cpu", enabled=False)
    @torch.autocast("cuda", enabled=False)
    def forward(self, root: Tensor) -> Tensor:
        """[B, C, C] -> [B, L, C, C]"""
        matrix = self.left @ root[:, None] @ self.right + self.constant
        if self.rank:
            size = root.shape[-1]
            scale = (root * root).mean((1, 2), keepdim=True).sqrt()
            seen = self.view.transpose(0, 1) @ (root / scale) @ self.view
            code = F.relu(self.hidden(seen.flatten(1)))
            gains = self.gains(code).view(-1, LEVELS, 1, self.rank)
            matrix = matrix + (self.columns * gains) @ self.rows * scale[:, None]
        return matrix


class StyleHead(MatrixHead):
    """Covariance of a style's features [B, C, C] -> S [B, L, C, C]."""

    def forward(self, covariance: Tensor) -> Tensor:
        return super().forward(matrix_roots(covariance)[0])


class ContentHead(MatrixHead):
    """Covariance of a content's features [B, C, C] -> C [B, L, C, C]."""

    def forward(self, covariance: Tensor) -> Tensor:
        return super().forward(matrix_roots(covariance)[1])


def statistics(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean [B, C, 1] and covariance [B, C, C] of features over their pixels."""
    with torch.autocast(features.device.type, enabled=False):
        pixels = features.float().flatten(2)
        mean = pixels.mean(2, keepdim=True)
        centred = pixels - mean
        return mean, centred @ centred.transpose(1, 2) / pixels.shape[2]


def transform(features: Tensor, content_mean: Tensor, matrix: Tensor, style_mean: Tensor) -> Tensor:
    """T (F - mean of the content) + mean of the style: the whole of the transfer."""
    moved = matrix @ (features.flatten(2) - content_mean) + style_mean
    return moved.view_as(features)


class Networks(nn.Module):
    """All that is trained."""

    def __init__(self, architecture: Architecture):
        super().__init__()
        self.architecture = architecture
        self.encoder = Encoder(architecture)
        self.decoder = Decoder(architecture)
        self.style_head = StyleHead(architecture)
        self.content_head = ContentHead(architecture)

    def transfer(self, content: Tensor, style: Tensor, weights: Tensor) -> Tensor:
        """Features of content and style, level weights [B, L] -> features in the style."""
        content_mean, content_covariance = statistics(content)
        style_mean, style_covariance = statistics(style)
        return self.blend(
            content, content_mean, self.content_head(content_covariance),
            style_mean, self.style_head(style_covariance), weights,
        )

    def blend(self, features, content_mean, content_matrices, style_mean, style_matrices, weights):
        """T = sum over levels of w S C, applied to the features."""
        with torch.autocast(features.device.type, enabled=False):
            matrix = (weights[:, :, None, None] * (style_matrices @ content_matrices)).sum(1)
            return transform(features.float(), content_mean, matrix, style_mean)

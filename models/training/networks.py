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

from seed import SEED_CHANNELS

STRIDE = 4
"""Picture pixels per feature pixel, in each direction."""

BORDER = 2
"""Picture pixels that the encoder looks beyond a picture's border, in each direction."""

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
    mixer_blocks: int = 3
    """Depth of the style head's mixer; with 0 its correction is linear in what it sees."""
    mixer_hidden: int = 128

    @staticmethod
    def read(path) -> "Architecture":
        with open(path, encoding="utf-8") as file:
            return Architecture(**json.load(file))

    def write(self, path) -> None:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
            file.write("\n")


class Border(nn.ReplicationPad2d):
    """Repeats the border's pixels."""

    def forward(self, x: Tensor) -> Tensor:
        if x.is_cuda and torch.is_grad_enabled():
            return RepeatBorder.apply(x, *self.padding)
        return super().forward(x)


class RepeatBorder(torch.autograd.Function):
    """The same by copies, with channels last in memory: on CUDA the library's knows neither that order nor
    a gradient without atomic sums, and would take a third of a step."""

    @staticmethod
    def forward(context, x: Tensor, left: int, right: int, top: int, bottom: int) -> Tensor:
        count, channels, height, width = context.shape = x.shape
        context.start = top, left
        padded = torch.empty((count, channels, top + height + bottom, left + width + right), dtype=x.dtype,
                             device=x.device, memory_format=torch.channels_last)
        rows = padded[:, :, top : top + height]
        rows[..., left : left + width] = x
        rows[..., :left], rows[..., left + width :] = x[..., :1], x[..., -1:]
        padded[:, :, :top], padded[:, :, top + height :] = rows[:, :, :1], rows[:, :, -1:]
        return padded

    @staticmethod
    def backward(context, gradient: Tensor) -> tuple[Tensor, None, None, None, None]:
        for dim, start in zip((2, 3), context.start):
            size, end = context.shape[dim], start + context.shape[dim]
            inner = gradient.narrow(dim, start, size).clone(memory_format=torch.channels_last)
            inner.select(dim, 0).add_(gradient.narrow(dim, 0, start).sum(dim))
            inner.select(dim, -1).add_(gradient.narrow(dim, end, gradient.shape[dim] - end).sum(dim))
            gradient = inner
        return gradient, None, None, None, None


def conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution that repeats its input's border: zeros there would show as a frame, and a
    reflection needs more pixels than a tiny picture's coarse branch has."""
    padding = (kernel - stride + 1) // 2
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups)
    return nn.Sequential(Border(padding), convolution) if padding else nn.Sequential(convolution)


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
        nn.init.zeros_(self.project[0].weight)
        nn.init.zeros_(self.project[0].bias)

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
    """3x3 convolution to `factor` x `factor` pixels for each pixel, which are alike where the input is
    flat, and on one slope where it is a slope.

    Left free, such a layer draws a grid on walls and stairs on skies: which of its outputs it is, is
    all that a pixel there can tell itself from its neighbours by. So the weights of each output, its
    phase, are shifted, for every input channel, to a common sum over the kernel, and to first moments
    that place the phase where it lies in its cell.
    """

    def __init__(self, inputs: int, outputs: int, factor: int):
        super().__init__()
        self.factor = factor
        self.pad = Border(1)
        self.convolution = nn.Conv2d(inputs, outputs * factor**2, 3)
        self.folded = False

    def levelled(self) -> tuple[Tensor, Tensor]:
        """Weight and bias as they are applied."""
        weight, bias, phases = self.convolution.weight, self.convolution.bias, self.factor**2
        by_phase = weight.unflatten(0, (-1, phases))
        sums = by_phase.sum((3, 4))
        common = sums.mean(1, keepdim=True)
        offset = torch.arange(-1.0, 2.0, device=weight.device)
        change = ((common - sums) / 9)[..., None, None].expand_as(by_phase)
        across = ((torch.arange(self.factor, device=weight.device) + 0.5) / self.factor - 0.5).repeat(self.factor)
        down = across.view(self.factor, self.factor).T.flatten()
        for kernel, place in ((offset.view(1, 3), across), (offset.view(3, 1), down)):
            moments = (by_phase * kernel).sum((3, 4))
            wanted = moments.mean(1, keepdim=True) + common * place[:, None]
            # 6: sum of the squared offsets over the kernel.
            change = change + ((wanted - moments) / 6)[..., None, None] * kernel
        level = bias.view(-1, phases).mean(1, keepdim=True).expand(-1, phases)
        return (by_phase + change).flatten(0, 1), level.reshape(-1)

    def fold(self) -> None:
        """Make the weights those that are applied, once and for all."""
        weight, bias = self.levelled()
        self.convolution.weight.data.copy_(weight.detach())
        self.convolution.bias.data.copy_(bias.detach())
        self.folded = True

    def forward(self, x: Tensor) -> Tensor:
        x = self.pad(x)
        x = self.convolution(x) if self.folded else F.conv2d(x, *self.levelled())
        # To 0..1 before the pixels part: backends make that a part of the convolution.
        return F.pixel_shuffle(x * 0.5 + 0.5, self.factor)


class Encoder(nn.Module):
    """Picture and draft, the enlarged result of a coarser pass -> features. Where there is no draft, the
    picture is its own."""

    def __init__(self, architecture: Architecture):
        super().__init__()
        channels = architecture.channels
        self.stem = conv(6, channels, 2 * STRIDE, stride=STRIDE)
        self.fine = conv(channels, channels, 3)
        self.coarse = CoarseBranch(architecture, architecture.encoder_blocks)

    def forward(self, picture: Tensor, draft: Tensor) -> Tensor:
        border, _ = self.stem
        return self.see(border(torch.cat([picture, draft], 1) * 2 - 1))

    def see(self, view: Tensor) -> Tensor:
        """Picture above draft, in -1..1 and with a border of `BORDER` px: [B, 6, H + 4, W + 4]."""
        _, convolution = self.stem
        x = F.relu(convolution(view))
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
        return self.picture(x)


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


class Mixer(nn.Module):
    """A matrix [B, C, D] -> another. Its rows, then its columns, pass through a small network of two
    layers, several times in turn: the published module's fully connected layers on the covariance
    at a fraction of their weights (MLP-Mixer, Tolstikhin et al., 2021)."""

    def __init__(self, size: int, columns: int, architecture: Architecture):
        super().__init__()
        hidden, blocks = architecture.mixer_hidden, architecture.mixer_blocks
        perceptron = lambda width: nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width))
        self.down = nn.ModuleList(perceptron(size) for _ in range(blocks))
        self.across = nn.ModuleList(perceptron(columns) for _ in range(blocks))
        for network in (*self.down, *self.across):
            network[2].weight.data.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        for down, across in zip(self.down, self.across):
            x = x + down(x.transpose(1, 2)).transpose(1, 2)
            x = x + across(x)
        return x


class MatrixHead(nn.Module):
    """Root of a covariance [B, C, C] -> one matrix a level [B, L, C, C]: `A root B + K`, at first the
    root itself, the closed form of whitening and colouring."""

    def __init__(self, architecture: Architecture):
        super().__init__()
        size = architecture.channels
        identity = torch.eye(size).repeat(LEVELS, 1, 1)
        self.left = nn.Parameter(identity.clone())
        self.right = nn.Parameter(identity.clone())
        self.constant = nn.Parameter(torch.zeros(LEVELS, size, size))

    def matrices(self, root: Tensor) -> Tensor:
        return self.left @ root[:, None] @ self.right + self.constant


class StyleHead(MatrixHead):
    """Mean [B, C, 1] and covariance [B, C, C] of a style's features -> S [B, L, C, C], the mean
    [B, C, 1] that stylized features are given, and the matrices [B, L, C, K] that the seed is added by.

    To each the mixer adds a correction, zero at first. It is here, and not at the content's side,
    that corrections pay: a style is read once, for any number of contents.
    """

    def __init__(self, architecture: Architecture):
        super().__init__(architecture)
        size = architecture.channels
        columns = size + 2
        self.mixer = Mixer(size, columns, architecture)
        self.rows = nn.Parameter(torch.randn(LEVELS, size, size) / size**0.5)
        self.columns = nn.Parameter(torch.zeros(LEVELS, columns, size))
        self.mean_shift = nn.Parameter(torch.zeros(columns, 1))
        # The seed takes the style's colors as noise does that is colored: by the root. Not zero at first: noise
        # of either sign is as good, so from there no step would lead away.
        self.seed = nn.Parameter(0.1 * torch.randn(LEVELS, size, SEED_CHANNELS))
        self.seed_columns = nn.Parameter(torch.zeros(LEVELS, columns, SEED_CHANNELS))

    @torch.autocast("cpu", enabled=False)
    @torch.autocast("cuda", enabled=False)
    def forward(self, mean: Tensor, covariance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        root, _ = matrix_roots(covariance)
        scale = (root * root).mean((1, 2), keepdim=True).sqrt()
        mixed = self.mixer(torch.cat([root / scale, scale.log().expand(-1, root.shape[1], -1), mean], 2))
        rows = self.rows @ mixed[:, None] * scale[:, None]
        matrices = self.matrices(root) + rows @ self.columns
        seed_matrices = SEED_STRENGTH * (root[:, None] @ self.seed + rows @ self.seed_columns)
        return matrices, mean + mixed @ self.mean_shift, seed_matrices


SEED_STRENGTH = 2.0
"""What the seed is multiplied by: gradients of its matrices are as much larger."""


class OnePass(nn.Module):
    """What a style is to a picture that is painted in one pass: matrices [B, L, C, C] and mean [B, C, 1] ->
    others. Encoder, decoder and heads serve passes that see a draft, or make one; alone, a pass is to
    come nearer to the style. Linear, so that mixtures and blends of styles stay what they are."""

    def __init__(self, architecture: Architecture):
        super().__init__()
        size = architecture.channels
        self.left = nn.Parameter(torch.eye(size).repeat(LEVELS, 1, 1))
        self.right = nn.Parameter(torch.eye(size).repeat(LEVELS, 1, 1))
        self.mean = nn.Parameter(torch.eye(size))
        self.shift = nn.Parameter(torch.zeros(size, 1))

    @torch.autocast("cpu", enabled=False)
    @torch.autocast("cuda", enabled=False)
    def forward(self, matrices: Tensor, mean: Tensor) -> tuple[Tensor, Tensor]:
        return self.left @ matrices @ self.right, self.mean @ mean + self.shift


class ContentHead(MatrixHead):
    """Covariance of a content's features [B, C, C] -> C [B, L, C, C]."""

    @torch.autocast("cpu", enabled=False)
    @torch.autocast("cuda", enabled=False)
    def forward(self, covariance: Tensor) -> Tensor:
        return self.matrices(matrix_roots(covariance)[1])


def statistics(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean [B, C, 1] and covariance [B, C, C] of features over their pixels."""
    with torch.autocast(features.device.type, enabled=False):
        pixels = features.float().flatten(2)
        mean = pixels.mean(2, keepdim=True)
        centred = pixels - mean
        rest = centred.mean(2, keepdim=True)  # What rounding left in so large a sum.
        return mean + rest, centred @ centred.transpose(1, 2) / pixels.shape[2] - rest @ rest.transpose(1, 2)


def transform(features: Tensor, content_mean: Tensor, matrix: Tensor, style_mean: Tensor,
              seed: Tensor, seed_matrix: Tensor) -> Tensor:
    """T (F - mean of the content) + mean of the style + B z: the whole of the transfer.

    Features F [B, C, h, w], seed z [B or 1, K, h, w], T [B, C, C], B [B, C, K], means [B, C, 1]."""
    moved = matrix @ (features.flatten(2) - content_mean) + style_mean + seed_matrix @ seed.flatten(2)
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
        self.one_pass = OnePass(architecture)

    def describe(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Mean of a picture's features, and what the heads see of it beside: their covariance."""
        return statistics(features)

    def read_style(self, features: Tensor, passes: int) -> tuple[Tensor, Tensor, Tensor]:
        """Features of a style -> its matrices, mean and seed matrices, for pictures in so many passes."""
        matrices, mean, seed_matrices = self.style_head(*self.describe(features))
        if passes == 1:
            matrices, mean = self.one_pass(matrices, mean)
        return matrices, mean, seed_matrices

    def transfer(self, content: Tensor, style: Tensor, seed: Tensor, weights: Tensor, passes: int) -> Tensor:
        """Features of content and style, seed, level weights [B, L] -> features in the style."""
        content_mean, content_covariance = statistics(content)
        return self.blend(content, content_mean, self.content_head(content_covariance),
                          *self.read_style(style, passes), seed, weights)

    def blend(self, features, content_mean, content_matrices, style_matrices, style_mean, seed_matrices, seed, weights):
        """T = sum over levels of w S C, and B = sum of w B, applied to features and seed."""
        with torch.autocast(features.device.type, enabled=False):
            weights = weights[:, :, None, None]
            matrix = (weights * (style_matrices @ content_matrices)).sum(1)
            seed_matrix = (weights * seed_matrices).sum(1)
            return transform(features.float(), content_mean, matrix, style_mean, seed, seed_matrix)

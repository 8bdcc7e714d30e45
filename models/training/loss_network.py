"""The fixed loss networks: VGG-19 to relu3_4, and a slim VGG-19 to relu4_1. Training only."""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn


class LossNetwork(nn.Module):
    """Convolutions with ReLU; 2x2 max-pooling before the layers named in `pools`; features of `taps`."""

    layers: tuple[str, ...]
    pools: tuple[str, ...]
    taps: tuple[str, ...]

    def __init__(self, weights: Path):
        super().__init__()
        for name, tensor in load_file(weights).items():
            self.register_buffer(name.replace(".", "_"), tensor)

    def prepare(self, picture: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, picture: Tensor) -> list[Tensor]:
        """RGB 0..1 [B, 3, H, W] -> features of each tap."""
        dtype = getattr(self, f"{self.layers[0]}_weight").dtype
        # Not before: what is left of 8 bits would be lost.
        x, features = self.prepare(picture.float()).to(dtype, memory_format=torch.channels_last), []
        for name in self.layers:
            if name in self.pools:
                x = F.max_pool2d(x, 2)
            weight, bias = getattr(self, f"{name}_weight"), getattr(self, f"{name}_bias")
            x = F.relu(F.conv2d(x, weight, bias, padding=1))
            if name in self.taps:
                features.append(x)
        return features


class Vgg19(LossNetwork):
    """relu1_1, relu2_1, relu3_1 and relu3_4 of VGG-19 (Simonyan and Zisserman, 2014)."""

    layers = ("conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv3_3", "conv3_4")
    pools = ("conv2_1", "conv3_1")
    taps = ("conv1_1", "conv2_1", "conv3_1", "conv3_4")

    def __init__(self, weights: Path):
        super().__init__(weights)
        self.register_buffer("mean", torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1))

    def prepare(self, picture: Tensor) -> Tensor:
        return picture.flip(1) * 255 - self.mean


class SlimVgg(LossNetwork):
    """relu1_1, relu2_1, relu3_1, relu4_1 of the slim VGG-19 of Collaborative Distillation (CVPR 2020)."""

    layers = ("conv11", "conv12", "conv21", "conv22", "conv31", "conv32", "conv33", "conv34", "conv41")
    pools = ("conv21", "conv31", "conv41")
    taps = ("conv11", "conv21", "conv31", "conv41")

    def prepare(self, picture: Tensor) -> Tensor:
        return F.conv2d(picture, self.conv0_weight.float(), self.conv0_bias.float())

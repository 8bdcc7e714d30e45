"""Draws loss networks at random into a folder, with the layers that training expects, but narrow."""

import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

VGG19 = {"conv1_1": 4, "conv1_2": 4, "conv2_1": 8, "conv2_2": 8,
         "conv3_1": 8, "conv3_2": 8, "conv3_3": 8, "conv3_4": 8}
SLIM_VGG = {"conv11": 4, "conv12": 4, "conv21": 8, "conv22": 8,
            "conv31": 8, "conv32": 8, "conv33": 8, "conv34": 8, "conv41": 8}
"""Channels of each layer, of 3x3 convolutions with ReLU."""


def draw(layers, random):
    tensors, before = {}, 3
    for name, channels in layers.items():
        # By its deviation, what goes on keeps its size (He et al., 2015).
        weight = random.standard_normal((channels, before, 3, 3)) * (2 / (9 * before)) ** 0.5
        tensors[f"{name}.weight"] = weight.astype(np.float32)
        tensors[f"{name}.bias"] = np.zeros(channels, np.float32)
        before = channels
    return tensors


def main(folder):
    random = np.random.default_rng(1)
    save_file(draw(VGG19, random), folder / "vgg19_relu3_4.safetensors")
    slim = draw(SLIM_VGG, random)
    slim["conv0.weight"] = np.eye(3, dtype=np.float32)[:, :, None, None]
    slim["conv0.bias"] = np.zeros(3, np.float32)
    save_file(slim, folder / "slim_vgg_relu4_1.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Pictures with label maps, as two folders of one tree: images/NAME.* and labels/NAME.png."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

# A label of pixels that count neither in training nor in the score.
VOID = 255


def read_set(folder: Path, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Pictures [N, 3, H, W], RGB 0..1, and labels [N, H, W], in the order of their names.

    The value of a label's pixel, be it gray or with a palette, is its class. `size` is (width, height).
    """
    pictures, labels = [], []
    for path in sorted((folder / "images").iterdir()):
        with Image.open(path) as picture:
            pictures.append(np.asarray(picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)))
        with Image.open(folder / "labels" / f"{path.stem}.png") as label:
            if label.mode not in ("P", "L"):
                raise SystemExit(f"{label.filename}: a label map is gray or has a palette, not {label.mode}")
            labels.append(np.asarray(label.resize(size, Image.Resampling.NEAREST)))
    return (
        torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255,
        torch.from_numpy(np.stack(labels)).long(),
    )

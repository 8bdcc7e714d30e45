"""Stylise evaluation pairs and print the figures of the model card.

    python evaluate.py MODEL --pairs PAIRS.tsv --content FOLDER --style FOLDER --teachers FOLDER

MODEL is a run or an exported model. PAIRS.tsv has a head line and two columns, content and style
file. Pictures are used at their own size.

Figures, means over the pairs; lower is closer but for ssim and psnr:
  style    norm(G(out) - G(style)) / norm(G(style)), mean of relu1_1, 2_1, 3_1, 3_4 (G: centred Gram)
  moments  the same with channel means and standard deviations
  content  norm(relu3_4(out) - relu3_4(content)) / norm(relu3_4(content))
  ssim     structural similarity of luminance, output against content
  psnr     of the contents' reconstruction, in dB
  strokes, coarse, grain, lattice, halo: as `appearance.py` tells; lower is better but for coarse
  noise    texture that a smoothed ground comes out with where noise of 1 of 255 was added, over that without
  shift    mean difference, of 255, to the output for the content cropped by SHIFT px: of a grid in it,
           and of what flickers where a video moves
With --levels also style at each level (relu1_1, 2_1, 3_1, and slim 4_1) with one level switched on.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from appearance import LEAST_GROUND, appearance, smooth_ground, texture
from checkpoint import load_run
from data import read_picture
from loss_network import SlimVgg, Vgg19
from losses import relative, style_moments
from networks import COARSE, LEVELS, STRIDE, Networks
from passes import default_passes, enlarge, pyramid
from seed import seed


SHIFT = 3
"""Pixels: no multiple of the networks' stride."""


class Stylizer:
    """The networks on pictures of any size, pass by pass: padded by reflection on the right and below,
    and cropped."""

    def __init__(self, networks: Networks, passes: int | None = None):
        """`passes`: as many as the content's size asks for, unless given."""
        self.networks, self.passes = networks, passes

    def features(self, picture: Tensor, draft: Tensor) -> Tensor:
        multiple = STRIDE * COARSE
        padding = (0, -picture.shape[3] % multiple, 0, -picture.shape[2] % multiple)
        return self.networks.encoder(*(F.pad(t, padding, mode="reflect") for t in (picture, draft)))

    def decode(self, features: Tensor, like: Tensor) -> Tensor:
        return self.networks.decoder(features)[:, :, : like.shape[2], : like.shape[3]].clamp(0, 1)

    def paint(self, content: Tensor, restyle: Callable[[int, Tensor], Tensor]) -> Tensor:
        """`restyle` turns the features of each pass, 0 being the coarsest, into those to be decoded."""
        result = None
        for index, picture in enumerate(pyramid(content, self.passes_for(content))):
            draft = picture if result is None else enlarge(result, picture)
            result = self.decode(restyle(index, self.features(picture, draft)), picture)
        return result

    def passes_for(self, content: Tensor) -> int:
        return self.passes or default_passes(*content.shape[2:])

    @torch.no_grad()
    def __call__(self, content: Tensor, style: Tensor, weights: Tensor | None = None) -> Tensor:
        weights = torch.full((1, LEVELS), 1 / LEVELS) if weights is None else weights
        styles = pyramid(style, self.passes_for(content))

        def restyle(index: int, features: Tensor) -> Tensor:
            style = self.features(styles[index], styles[index])
            return self.networks.transfer(features, style, seed(*features.shape[2:]), weights, len(styles))

        return self.paint(content, restyle)

    @torch.no_grad()
    def shift(self, out: Tensor, content: Tensor, style: Tensor) -> float:
        """How the output changes where the content is cropped, in 255ths, but for the borders."""
        inner = lambda picture: picture[..., 32:-32, 32:-32]
        again = self(content[..., SHIFT:, SHIFT:], style)
        return float((inner(again) - inner(out[..., SHIFT:, SHIFT:])).abs().mean()) * 255

    def noise(self, content: Tensor, style: Tensor) -> float:
        """By how much noise of 1 of 255 multiplies the texture that a smoothed ground comes out with; NaN
        where there is too little ground."""
        smooth, quiet = smooth_ground(array(content))
        if quiet.mean() < LEAST_GROUND:
            return float("nan")
        white = np.random.default_rng(0).standard_normal(smooth.shape).astype(np.float32)
        with_noise, without = (texture(array(self(picture(smooth + amount * white), style)), quiet) for amount in (1, 0))
        return with_noise / without

    @torch.no_grad()
    def reconstruct(self, picture: Tensor) -> Tensor:
        """The picture as it comes out with alpha 0, at which no pass sees anything of its draft."""
        return Stylizer(self.networks, 1).paint(picture, lambda index, features: features)


def resize(picture: Tensor, height: int, width: int) -> Tensor:
    """Lanczos, by way of 8 bits as the pictures are files."""
    image = Image.fromarray((picture[0] * 255).round().byte().permute(1, 2, 0).numpy())
    return tensor(image.resize((width, height), Image.LANCZOS))


def tensor(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 255


def array(picture: Tensor) -> np.ndarray:
    """[1, 3, H, W] in 0..1 -> [H, W, 3] in 0..255."""
    return np.ascontiguousarray(picture[0].permute(1, 2, 0).numpy() * 255)


def picture(array: np.ndarray) -> Tensor:
    """The inverse of `array`, clamped."""
    return torch.from_numpy(array).permute(2, 0, 1)[None].div(255).clamp(0, 1)


def ssim(a: Tensor, b: Tensor) -> float:
    """7x7 box window on luminance in 0..1 (Wang et al., 2004)."""
    luminance = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    a, b = (a * luminance).sum(1, keepdim=True), (b * luminance).sum(1, keepdim=True)
    box = lambda t: F.avg_pool2d(t, 7, 1)
    mean_a, mean_b = box(a), box(b)
    var_a, var_b, both = box(a * a) - mean_a**2, box(b * b) - mean_b**2, box(a * b) - mean_a * mean_b
    top = (2 * mean_a * mean_b + 1e-4) * (2 * both + 9e-4)
    return float((top / ((mean_a**2 + mean_b**2 + 1e-4) * (var_a + var_b + 9e-4))).mean())


class Judge:
    """Figures of an output against its content and style, by the loss networks."""

    def __init__(self, teachers: Path):
        self.vgg = Vgg19(teachers / "vgg19_relu3_4.safetensors")
        self.slim = SlimVgg(teachers / "slim_vgg_relu4_1.safetensors")

    @torch.no_grad()
    def features(self, picture: Tensor) -> list[Tensor]:
        return self.vgg(picture) + self.slim(picture)[-1:]

    def score(self, out: Tensor, content: Tensor, style: Tensor) -> dict[str, float]:
        out_taps, content_taps, style_taps = map(self.features, (out, content, style))
        gram, moments = [], []
        for (m, d, g), (mean, deviation, covariance) in zip(style_moments(out_taps), style_moments(style_taps)):
            gram.append(float(relative(g - covariance, covariance)))
            moments.append(float(relative(m - mean, mean) + relative(d - deviation, deviation)) / 2)
        return {
            "style": sum(gram[:4]) / 4,
            "moments": sum(moments[:4]) / 4,
            "content": float(relative(out_taps[3] - content_taps[3], content_taps[3])),
            "ssim": ssim(out, content),
            **{f"relu{name}": value for name, value in zip(("1_1", "2_1", "3_1", "3_4", "4_1"), gram)},
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    for name in ("pairs", "content", "style", "teachers"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--passes", type=int, help="coarse to fine (default: by the content's size)")
    parser.add_argument("--levels", action="store_true")
    parser.add_argument("--weights", type=lambda text: torch.tensor([[float(w) for w in text.split(",")]]),
                        help="of the levels, summing to 1 (default: all alike)")
    parser.add_argument("--out", type=Path, help="folder for the stylised pictures")
    options = parser.parse_args()

    stylize, judge = Stylizer(load_run(options.model), options.passes), Judge(options.teachers)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    lines = options.pairs.read_text(encoding="utf-8").splitlines()[1:]
    rows, table = [], []
    for content_name, style_name in (line.split("\t") for line in lines):
        content = read_picture(options.content / content_name)[None] / 255
        style = read_picture(options.style / style_name)[None] / 255
        out = stylize(content, style, options.weights)
        name = f"{Path(content_name).stem}-{Path(style_name).stem}"
        if options.out:
            Image.fromarray((out[0] * 255).round().byte().permute(1, 2, 0).numpy()).save(options.out / f"{name}.png")
        scale = min(out.shape[2:]) / min(style.shape[2:])
        target = resize(style, round(style.shape[2] * scale), round(style.shape[3] * scale))
        row = judge.score(out, content, target)
        row["psnr"] = float(-10 * (stylize.reconstruct(content) - content).square().mean().log10())
        row["shift"] = stylize.shift(out, content, style)
        row["noise"] = stylize.noise(content, style)
        row |= appearance(array(out), array(content), array(target))
        rows.append(row)
        print(f"{name:44}" + "  ".join(f"{key} {value:.4f}" for key, value in row.items()), flush=True)
        if options.levels:
            singles = [judge.score(stylize(content, style, torch.eye(LEVELS)[l : l + 1]), content, target) for l in range(LEVELS)]
            table.append([[single[f"relu{tap}"] for tap in ("1_1", "2_1", "3_1", "4_1")] for single in singles])
    print(f"{'mean of ' + str(len(rows)):44}" + "  ".join(
        f"{key} {np.nanmean([row[key] for row in rows]):.4f}" for key in rows[0]))
    if table:
        print("level alone   relu1_1  relu2_1  relu3_1  relu4_1")
        for level, values in enumerate(torch.tensor(table).mean(0)):
            print(f"{level + 1:11}   " + "  ".join(f"{value:.4f} " for value in values))


if __name__ == "__main__":
    main()

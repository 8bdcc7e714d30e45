"""How much closer a style's own matrices could come than the style head's do.

    python headroom.py MODEL --pairs PAIRS.tsv --content FOLDER --style FOLDER --teachers FOLDER

MODEL, PAIRS and figures are those of evaluate.py. For some of the styles, one correction of the
matrices S (the same at all levels) and of the mean is found by gradient descent on three contents,
everything else held fixed, and then used on three others: what those gain, a better style head
could give at no cost in time. Pictures are the middle squares, at 224 px, painted in one pass.
"""

import argparse
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

import losses
from checkpoint import load_run
from evaluate import Judge, tensor
from loss_network import SlimVgg, Vgg19
from networks import LEVELS, statistics
from seed import seed

SIDE = 224


def middle(path: Path) -> Tensor:
    image = Image.open(path).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return tensor(image.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.LANCZOS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    for name in ("pairs", "content", "style", "teachers"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--styles", type=int, default=3, help="how many of the styles")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--style-weight", type=float, default=0.6, help="of the style loss, the content loss having 1")
    options = parser.parse_args()

    networks = load_run(options.model).requires_grad_(False)
    teacher = losses.Teacher(Vgg19(options.teachers / "vgg19_relu3_4.safetensors").bfloat16(),
                             SlimVgg(options.teachers / "slim_vgg_relu4_1.safetensors").bfloat16())
    taps = lambda pictures: teacher(pictures.bfloat16())
    judge = Judge(options.teachers)
    lines = [line.split("\t") for line in options.pairs.read_text(encoding="utf-8").splitlines()[1:]]
    contents = torch.cat([middle(options.content / name) for name, _ in lines[1 :: max(1, len(lines) // 6)][:6]])
    features = networks.encoder(contents, contents)
    noise = seed(*features.shape[2:])
    means, covariances = statistics(features)
    weights = torch.full((3, LEVELS), 1 / LEVELS)
    content_matrices = networks.content_head(covariances)
    known = taps(contents[:3])

    rows: list[tuple[dict, dict]] = []
    for name in [style for _, style in lines[2 :: max(1, len(lines) // options.styles)]][: options.styles]:
        style = middle(options.style / name)
        matrices, mean, seed_matrices = networks.read_style(networks.encoder(style, style), 1)
        target = [tuple(m.expand(3, *m.shape[1:]) for m in tap) for tap in losses.style_moments(taps(style))]
        matrix_shift = torch.zeros(1, 1, *matrices.shape[2:], requires_grad=True)
        mean_shift = torch.zeros_like(mean, requires_grad=True)

        def stylised(which: slice) -> Tensor:
            moved = networks.blend(features[which], means[which], content_matrices[which],
                                   matrices + matrix_shift, mean + mean_shift, seed_matrices, noise, weights)
            return networks.decoder(moved)

        def scores() -> dict[str, float]:
            with torch.no_grad():
                others = stylised(slice(3, 6)).clamp(0, 1)
            found = [judge.score(others[i : i + 1], contents[3 + i : 4 + i], style) for i in range(3)]
            return {key: sum(row[key] for row in found) / 3 for key in ("style", "moments", "content", "ssim")}

        before = scores()
        optimizer = torch.optim.Adam([matrix_shift, mean_shift], lr=1e-2)
        for _ in range(options.steps):
            pictures = stylised(slice(0, 3))
            seen = taps(pictures)
            style_loss = losses.style_loss(losses.style_moments(seen), target, weights).mean()
            loss = (options.style_weight * style_loss + losses.content_loss(seen[3:], known[3:]).mean()
                    + 2 * losses.out_of_range(pictures).mean())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        rows.append((before, scores()))
        for when, row in zip(("head", "own"), rows[-1]):
            print(f"{name:32}{when:6}" + "  ".join(f"{key} {value:.4f}" for key, value in row.items()), flush=True)
    for index, when in enumerate(("head", "own")):
        mean_of = {key: sum(row[index][key] for row in rows) / len(rows) for key in rows[0][0]}
        print(f"{'mean of ' + str(len(rows)):32}{when:6}" + "  ".join(f"{k} {v:.4f}" for k, v in mean_of.items()))


if __name__ == "__main__":
    main()

"""Does restyling a labeled synthetic set after real pictures help a network that sees only one of both?

    python3 experiment.py synthetic/ real/train/ real/test/ --work work/

Each folder has images/NAME.* and labels/NAME.png. The synthetic set is restyled in many ways, once;
then a small network is trained on each result and tested on real pictures, and one that is trained on
real pictures is tested on each result. The table goes to standard output, and all scores to
work/scores.jsonl: a run that is stopped goes on there.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

import torch

from color_matching import HistogramMatching, MongeKantorovich, match_set
from data import VOID, read_set
from segmentation import FixedFeatures, Head, SmallUNet, mean_iou, train

PROJECT = Path(__file__).resolve().parents[2]

POOLED = ["--pair", "pool", "--statistics", "dataset"]
BY_CLASS = ["--pair", "pool", "--statistics", "class"]

# How the synthetic set is restyled: options of `linear-style dataset`, or a method of color_matching.py.
RESTYLED = {
    "histogram, pooled": (HistogramMatching, True),
    "Monge-Kantorovich, pooled": (MongeKantorovich, True),
    "Monge-Kantorovich, random": (MongeKantorovich, False),
    "random, alpha 0.3": ["--alpha", "0.3"],
    "random, alpha 0.5": ["--alpha", "0.5"],
    "random, alpha 1": ["--alpha", "1"],
    "random, alpha 0.3..1": ["--alpha", "0.3..1"],
    "random, alpha 1, fine": ["--alpha", "1", "--brush", "fine"],
    "pooled, alpha 0.5": [*POOLED, "--alpha", "0.5"],
    "pooled, alpha 1": [*POOLED, "--alpha", "1"],
    "by class, alpha 0.5": [*BY_CLASS, "--alpha", "0.5"],
    "by class, alpha 1": [*BY_CLASS, "--alpha", "1"],
    "by class, random, alpha 1": ["--statistics", "class", "--alpha", "1"],
    "photo, random": ["--photo"],
    "photo, pooled": ["--photo", *POOLED],
    "photo, by class": ["--photo", *BY_CLASS],
}

RAW = "raw"

# Sets that are trained on together.
TOGETHER = {
    "raw + random, alpha 1": [RAW, "random, alpha 1"],
    "raw + random, alpha 0.3..1": [RAW, "random, alpha 0.3..1"],
    "raw + by class, random, alpha 1": [RAW, "by class, random, alpha 1"],
}

REAL = "real"

# Names of the two directions in the scores.
TO_REAL, TO_SYNTHETIC = "trained on synthetic, tested on real", "trained on real, tested on synthetic"


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("synthetic", type=Path)
    parser.add_argument("real", type=Path, help="real pictures: the styles, and to train on")
    parser.add_argument("test", type=Path, help="real pictures to test on")
    parser.add_argument("--work", type=Path, default=Path("work"), help="for restyled sets and scores")
    parser.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))), default=(240, 180))
    parser.add_argument("--style-size", type=int, help="short side that styles are seen at (default: their own)")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=400, help="of training, for each network")
    parser.add_argument("--features", type=Path, help="TorchScript file of fixed features (default: from scratch)")
    parser.add_argument("--ways", help="only these ways, separated by semicolons")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--restyle-options", default="", help="for `linear-style dataset`, such as --backend wasm")
    return parser.parse_args(arguments)


def restyle(name: str, options: argparse.Namespace) -> Path:
    """The synthetic set restyled in one of the ways, made where it is not there yet."""
    if name == RAW:
        return options.synthetic
    way, output = RESTYLED[name], options.work / "sets" / name.replace(" ", "-").replace(",", "")
    if isinstance(way, tuple):
        method, pooled = way
        if not (output / "images.done").exists():
            rmtree(output, ignore_errors=True)
            match_set(method, options.synthetic, options.real, output, 0, pooled)
            (output / "images.done").touch()
        return output
    synthetic, real = options.synthetic.resolve(), options.real.resolve()
    command = ["deno", "run", "-q", "dataset", synthetic, real, "-o", output.resolve(), *way]
    if "class" in way:
        command += ["--labels", synthetic / "labels", "--style-labels", real / "labels"]
    if options.style_size:
        command += ["--style-size", options.style_size]
    command += ["--threads", options.threads, *options.restyle_options.split()]
    # Goes on where it was stopped, and does nothing where all is there.
    subprocess.run(list(map(str, command)), cwd=PROJECT, check=True)
    return output


class Scores:
    """Scores by way, direction and seed, kept in a file."""

    def __init__(self, file: Path):
        self._file = file
        lines = file.read_text().splitlines() if file.exists() else []
        self._known = {tuple(row["key"]): row["score"] for row in map(json.loads, lines)}

    def get(self, key: tuple, measure) -> float:
        if key not in self._known:
            self._known[key] = measure()
            with self._file.open("a") as file:
                print(json.dumps({"key": key, "score": self._known[key]}), file=file)
            print(*key, f"{self._known[key]:.3f}", file=sys.stderr)
        return self._known[key]


def main() -> None:
    options = parse(sys.argv[1:])
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    fixed = FixedFeatures(options.features) if options.features else None
    kind = f"{options.features.stem if fixed else 'from scratch'}, {options.steps} steps"
    scores = Scores(options.work / "scores.jsonl")
    chosen = options.ways.split(";") if options.ways else [RAW, *RESTYLED, *TOGETHER]

    def load(folder: Path):
        pictures, labels = read_set(folder, options.size)
        return (fixed(pictures) if fixed else pictures), labels

    cache = {}

    def load_way(name: str):
        if name not in cache:
            cache.clear() if len(cache) > 3 else None
            cache[name] = load(restyle(name, options))
        return cache[name]

    real, test = load(options.real), load(options.test)
    classes = int(max(labels[labels != VOID].max() for _, labels in (real, test, load_way(RAW)))) + 1

    def trained(inputs, labels, seed):
        torch.manual_seed(seed)
        network = Head(inputs.shape[1], classes) if fixed else SmallUNet(classes)
        train(network, inputs, labels, options.steps, seed)
        return network

    seeds = range(options.seeds)
    on_real = {}

    def network_on_real(seed):
        if seed not in on_real:
            on_real[seed] = trained(*real, seed)
        return on_real[seed]

    rows = {}
    for seed in seeds:
        scores.get((kind, REAL, TO_REAL, seed), lambda: mean_iou(network_on_real(seed), *test, classes))
    for name in chosen:
        members = TOGETHER.get(name, [name])

        def to_real(seed):
            sets = [load_way(member) for member in members]
            inputs, labels = (torch.cat(parts) for parts in zip(*sets))
            return mean_iou(trained(inputs, labels, seed), *test, classes)

        def to_synthetic(seed):
            return mean_iou(network_on_real(seed), *load_way(name), classes)

        rows[name] = [
            [scores.get((kind, name, TO_REAL, seed), lambda: to_real(seed)) for seed in seeds],
            None if name in TOGETHER
            else [scores.get((kind, name, TO_SYNTHETIC, seed), lambda: to_synthetic(seed)) for seed in seeds],
        ]
    ceiling = [scores.get((kind, REAL, TO_REAL, seed), lambda: 0) for seed in seeds]
    print(f"mIoU, {kind}, mean ± standard deviation over {options.seeds} seeds\n")
    print(f"| synthetic set | {TO_REAL} | {TO_SYNTHETIC} |\n| --- | --- | --- |")
    for name, columns in rows.items():
        print(f"| {name} | {' | '.join('' if c is None else describe(c) for c in columns)} |")
    print(f"| (trained and tested on real) | {describe(ceiling)} | |")


def describe(values: list[float]) -> str:
    spread = statistics.stdev(values) if len(values) > 1 else 0
    return f"{statistics.mean(values):.3f} ± {spread:.3f}"


if __name__ == "__main__":
    main()

"""Weights in and out: a run's checkpoint, or the ONNX graphs of an exported model."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from networks import Architecture, Networks
from seed import SEED_CHANNELS

STEM = "encoder.stem.1.weight"

SEED_MATRICES = ("style_head.seed", "style_head.seed_columns")

KEEP = 0.5
"""Share of the picture, the rest being the draft's, where an encoder of pictures alone (before version
2) becomes one of both: so at first it sees their mixture."""


def load_weights(networks: nn.Module, source: Path) -> None:
    """Copy the weights of a run (its running average) or of an exported model into the networks.

    Tensors that the source lacks, or holds in another shape, keep their first values: so an
    architecture can grow from a smaller one. What was left out is printed.
    """
    found = read_weights(source)
    own = networks.state_dict()
    stem = found.get(STEM)
    if stem is not None and own[STEM].shape[1] == 2 * stem.shape[1]:
        found[STEM] = torch.cat([KEEP * stem, (1 - KEEP) * stem], 1)
    for name in SEED_MATRICES:
        # Before version 2.2 there were two finer scales, of no strength.
        if name in found and found[name].shape[-1] == 2 * SEED_CHANNELS:
            found[name] = found[name][..., SEED_CHANNELS:]
    kept = {name: t for name, t in found.items() if name in own and own[name].shape == t.shape}
    networks.load_state_dict(kept, strict=False)
    missing = sorted(own.keys() - kept.keys())
    print(f"{source}: {len(kept)} tensors" + (f", not found: {', '.join(missing)}" if missing else ""))


def save_run(networks: Networks, out: Path) -> None:
    """Write a run that is over: its architecture and weights, to be loaded, resumed, mixed or exported."""
    out.mkdir(parents=True, exist_ok=True)
    networks.architecture.write(out / "architecture.json")
    torch.save({"average": networks.state_dict()}, out / "checkpoint.pt")


def read_weights(source: Path) -> dict[str, torch.Tensor]:
    source = Path(source)
    checkpoint = source / "checkpoint.pt"
    if checkpoint.exists():
        return torch.load(checkpoint, map_location="cpu", weights_only=True)["average"]
    import onnx

    tensors: dict[str, torch.Tensor] = {}
    for path in sorted(source.glob("*.onnx")):
        for initializer in onnx.load(path).graph.initializer:
            array = onnx.numpy_helper.to_array(initializer)
            tensors[initializer.name] = torch.from_numpy(array.copy()).float()
    if not tensors:
        raise SystemExit(f'No weights in "{source}": it should hold checkpoint.pt or *.onnx')
    return tensors


def load_run(source: Path, mixed: Sequence[tuple[Path, float]] = ()) -> Networks:
    """The networks of a run, ready to be evaluated or exported.

    `mixed` names others, and the share that each has in the mean of the weights: where one run went
    on from another, that is often better than either (Wortsman et al., "Model soups", ICML 2022).
    """
    networks = Networks(Architecture.read(Path(source) / "architecture.json"))
    load_weights(networks, source)
    own = {name: tensor.clone() for name, tensor in networks.state_dict().items()}
    mean = dict(own)
    for other, share in mixed:
        load_weights(networks, other)
        for name, tensor in networks.state_dict().items():
            # By differences, so that what is the same in both stays so to the bit.
            mean[name] = mean[name] + share * (tensor - own[name])
    networks.load_state_dict(mean)
    networks.decoder.picture.fold()
    return networks.eval()

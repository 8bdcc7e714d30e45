"""Write a run as a model folder: ONNX graphs, each checked against PyTorch, and model.json.

    python export.py RUN MODEL --name NAME --version VERSION [--training training.json]

Graphs (C channels and matrix size, L levels; sizes of pictures are dynamic, 8 px and up):

  encoder       image [1,3,H,W]                              -> features [1,C,h,w]
  statistics    features, weight [1,1,h,w]                   -> count [1], sum [C], products [C,C]
  style_head    covariance [C,C]                             -> matrices [L,C,C] (S)
  content_head  covariance [C,C]                             -> matrices [L,C,C] (C)
  transfer      features F, moved M [1,C,h,w], matrix [C,C], offset [C,1], weight w [1,1,h,w]
                                                             -> total, M + w (matrix F + offset - F)
  decoder       features                                     -> image [1,3,4h,4w]
  stylize       image, style_matrices [L,C,C], style_mean [C,1], level_weights [L], alpha [1]
                                                             -> stylized [1,3,H,W], all in one pass

Images are RGB in 0..1. The encoder pads by reflection, right and below, to a multiple of 8 px.
`statistics` gives plain sums over feature pixels, each times its weight, so that they add up over
tiles, frames and masks. Weights are stored as float16 and computed with as float32.
"""

import argparse
import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from checkpoint import load_run
from networks import COARSE, LEVELS, STRIDE, Networks, statistics, transform

MULTIPLE = STRIDE * COARSE
TOLERANCE = 2e-3
"""Largest difference of an image in 0..1 or, relative to the largest value, of other outputs.
Half of one step of 255; what it allows for is the rounding of weights to float16."""


class EncoderGraph(nn.Module):
    def __init__(self, networks: Networks):
        super().__init__()
        self.encoder = networks.encoder

    def forward(self, image: Tensor) -> Tensor:
        height, width = image.shape[2:]
        return self.encoder(F.pad(image, (0, -width % MULTIPLE, 0, -height % MULTIPLE), mode="reflect"))


class StatisticsGraph(nn.Module):
    def forward(self, features: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        pixels, weight = features.flatten(2)[0], weight.flatten(2)[0]
        weighted = pixels * weight
        return weight.sum(1), weighted.sum(1), weighted @ pixels.transpose(0, 1)


class HeadGraph(nn.Module):
    def __init__(self, head: nn.Module):
        super().__init__()
        self.head = head

    def forward(self, covariance: Tensor) -> Tensor:
        return self.head(covariance[None])[0]


class StyleHeadGraph(HeadGraph):
    def __init__(self, networks: Networks):
        super().__init__(networks.style_head)


class ContentHeadGraph(HeadGraph):
    def __init__(self, networks: Networks):
        super().__init__(networks.content_head)


class TransferGraph(nn.Module):
    def forward(self, features: Tensor, moved: Tensor, matrix: Tensor, offset: Tensor, weight: Tensor) -> Tensor:
        step = (matrix @ features.flatten(2) + offset).view_as(features) - features
        return moved + weight * step


class DecoderGraph(nn.Module):
    def __init__(self, networks: Networks):
        super().__init__()
        self.decoder = networks.decoder

    def forward(self, features: Tensor) -> Tensor:
        return self.decoder(features).clamp(0, 1)


class StylizeGraph(nn.Module):
    def __init__(self, networks: Networks):
        super().__init__()
        self.encode = EncoderGraph(networks)
        self.content_head = networks.content_head
        self.decoder = networks.decoder

    def forward(self, image, style_matrices, style_mean, level_weights, alpha) -> Tensor:
        features = self.encode(image)
        mean, covariance = statistics(features)
        matrices = self.content_head(covariance)[0]
        matrix = (level_weights[:, None, None] * (style_matrices @ matrices)).sum(0)
        moved = transform(features, mean, matrix, style_mean)
        decoded = self.decoder(features + alpha * (moved - features))
        return decoded[:, :, : image.shape[2], : image.shape[3]].clamp(0, 1)


def named_parameters_as(graph: nn.Module, networks: Networks) -> dict[str, str]:
    """Name of each parameter in the graph -> its name in `Networks`, so that a model can be resumed."""
    own = {id(parameter): name for name, parameter in networks.named_parameters()}
    return {name: own[id(parameter)] for name, parameter in graph.named_parameters()}


def store_as_half(model: onnx.ModelProto) -> None:
    """Weights as float16, with a cast in front of the nodes that use them."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or len(tensor.dims) == 0:
            continue
        half = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor).astype(np.float16), tensor.name)
        tensor.CopyFrom(half)
        wide = f"{tensor.name}.float32"
        for node in model.graph.node:
            for index, name in enumerate(node.input):
                if name == tensor.name:
                    node.input[index] = wide
        casts.append(onnx.helper.make_node("Cast", [tensor.name], [wide], to=onnx.TensorProto.FLOAT))
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def convert(graph: nn.Module, networks: Networks, inputs: dict[str, Tensor], outputs: list[str],
            dynamic: dict[str, dict[int, str]]) -> onnx.ModelProto:
    path = Path("/dev/shm" if Path("/dev/shm").exists() else ".") / "graph.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(graph, tuple(inputs.values()), str(path), dynamo=False, opset_version=17,
                          input_names=list(inputs), output_names=outputs, dynamic_axes=dynamic)
    model = onnx.load(path)
    path.unlink()
    names = named_parameters_as(graph, networks)
    for tensor in model.graph.initializer:
        tensor.name = names.get(tensor.name, tensor.name)
    for node in model.graph.node:
        for index, name in enumerate(node.input):
            node.input[index] = names.get(name, name)
    store_as_half(model)
    onnx.checker.check_model(model)
    return model


def difference(graph: nn.Module, session: onnxruntime.InferenceSession, inputs: dict[str, Tensor]) -> float:
    """Largest absolute difference of any output, relative to the output's largest value if above 1."""
    given = {i.name for i in session.get_inputs()}
    found = session.run(None, {k: v.numpy() for k, v in inputs.items() if k in given})
    with torch.no_grad():
        expected = graph(*inputs.values())
    expected = expected if isinstance(expected, tuple) else (expected,)
    worst = 0.0
    for a, b in zip(found, expected):
        worst = max(worst, float((torch.from_numpy(a) - b).abs().max() / b.abs().max().clamp_min(1)))
    return worst


def example_inputs(networks: Networks, height: int, width: int) -> dict[str, dict[str, Tensor]]:
    """Random inputs of every graph for an image of a size."""
    size = networks.architecture.channels
    rows, columns = -(-height // MULTIPLE) * COARSE, -(-width // MULTIPLE) * COARSE
    generator = torch.Generator().manual_seed(height * 10007 + width)
    smooth = F.interpolate(torch.rand(2, 3, 5, 5, generator=generator), (height, width), mode="bicubic")
    image, other = (smooth + 0.1 * torch.rand(2, 3, height, width, generator=generator)).clamp(0, 1).split(1)
    with torch.no_grad():
        graph = EncoderGraph(networks)
        features = graph(image)
        style_mean, covariance = statistics(graph(other))
        matrices = networks.style_head(covariance)[0]
    shake = torch.randn(size, size, generator=generator)
    weight = torch.rand(1, 1, rows, columns, generator=generator)
    return {
        "encoder": {"image": image},
        "statistics": {"features": features, "weight": weight},
        "style_head": {"covariance": covariance[0]},
        "content_head": {"covariance": covariance[0]},
        "transfer": {"features": features, "moved": 0.9 * features, "matrix": torch.eye(size) + 0.02 * shake,
                     "offset": 0.1 * torch.randn(size, 1, generator=generator), "weight": weight},
        "decoder": {"features": features},
        "stylize": {"image": image, "style_matrices": matrices, "style_mean": style_mean[0],
                    "level_weights": torch.full((LEVELS,), 1 / LEVELS), "alpha": torch.tensor([0.8])},
    }


GRAPHS = {
    "encoder": (EncoderGraph, ["features"]),
    "statistics": (lambda networks: StatisticsGraph(), ["count", "sum", "products"]),
    "style_head": (StyleHeadGraph, ["matrices"]),
    "content_head": (ContentHeadGraph, ["matrices"]),
    "transfer": (lambda networks: TransferGraph(), ["total"]),
    "decoder": (DecoderGraph, ["image"]),
    "stylize": (StylizeGraph, ["stylized"]),
}

DYNAMIC = {
    "image": {2: "height", 3: "width"},
    "stylized": {2: "height", 3: "width"},
    "features": {2: "rows", 3: "columns"},
    "moved": {2: "rows", 3: "columns"},
    "total": {2: "rows", 3: "columns"},
    "weight": {2: "rows", 3: "columns"},
}

CHECKED_SIZES = ((61, 83), (8, 8), (64, 40), (9, 130))


def influence_radius(network: nn.Module, image: Tensor) -> int:
    """Picture pixels beyond which a change of the input leaves a block of output alone, by
    experiment: the gradient of the block in the middle with respect to a large input."""
    image = image.requires_grad_()
    out = network(image)
    shrink = image.shape[2] / out.shape[2]
    block = round(MULTIPLE / max(1, shrink))
    middle = out.shape[2] // 2
    out[:, :, middle : middle + block, middle : middle + block].sum().backward()
    touched = image.grad.abs().sum((0, 1)).nonzero()
    low, high = touched.min(0).values, touched.max(0).values
    start, end = middle * shrink, (middle + block) * shrink - 1
    pixels = 1 if image.shape[1] == 3 else STRIDE
    return round(float(max((start - low).max(), (high - end).max())) * pixels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("model", type=Path, help="folder to write")
    parser.add_argument("--name", default="default")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--weights", type=lambda text: [float(w) for w in text.split(",")],
                        default=[1 / LEVELS] * LEVELS, help="of the levels by default, summing to 1")
    parser.add_argument("--training", type=Path, help="JSON of training facts for model.json")
    options = parser.parse_args()
    networks = load_run(options.run)
    options.model.mkdir(parents=True, exist_ok=True)

    files = {}
    for name, (build, outputs) in GRAPHS.items():
        graph = build(networks).eval()
        first = example_inputs(networks, *CHECKED_SIZES[0])[name]
        dynamic = {k: v for k, v in DYNAMIC.items() if k in first or k in outputs}
        model = convert(graph, networks, first, outputs, dynamic)
        session = onnxruntime.InferenceSession(model.SerializeToString())
        worst = max(difference(graph, session, example_inputs(networks, *size)[name]) for size in CHECKED_SIZES)
        print(f"{name}: {len(model.SerializeToString())} bytes, largest difference from PyTorch {worst:.2e}")
        if worst > TOLERANCE:
            raise SystemExit(f"{name}: differs from PyTorch by {worst:.2e}, more than {TOLERANCE}; nothing written")
        files[name] = model.SerializeToString()

    architecture = networks.architecture
    manifest = {
        "format": 1,
        "name": options.name,
        "version": options.version,
        "licence": "MIT",
        "levels": ["relu1_1", "relu2_1", "relu3_1", "relu4_1"],
        "levelWeights": options.weights,
        "matrixSize": architecture.channels,
        "channels": architecture.channels,
        "stride": STRIDE,
        "multiple": MULTIPLE,
        "radius": {
            "encoder": influence_radius(networks.encoder, torch.rand(1, 3, 512, 512)),
            "decoder": influence_radius(networks.decoder, torch.rand(1, architecture.channels, 128, 128)),
        },
        "minimumSize": MULTIPLE,
        "styleSize": 512,
        "graphs": {},
        "training": json.loads(options.training.read_text()) if options.training else {},
    }
    for name, content in files.items():
        file = f"{name}.onnx"
        (options.model / file).write_bytes(content)
        manifest["graphs"][name] = {"file": file, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (options.model / "model.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    architecture.write(options.model / "architecture.json")


if __name__ == "__main__":
    main()

"""Write a run as a model folder: ONNX graphs, each checked against PyTorch, and model.json.

    python export.py RUN MODEL --name NAME --version VERSION [--mix RUN:SHARE]
        [--training training.json]

Graphs (C channels and matrix size, L levels, K channels of the seed; h and w are the features' sizes,
which are dynamic, 2 and up):

  encoder       view [1,6,4h+4,4w+4]                         -> features [1,C,h,w]
  statistics    features, weight [1,1,h,w]                   -> count [1], mean [C], products [C,C]
  style_head    mean [C], covariance [C,C]                   -> matrices [L,C,C] (S), stylized_mean [C],
                                                                seed_matrices [L,C,K] (B)
  one_pass      matrices [L,C,C] (S), mean [C] of a style    -> those for a picture in one pass alone:
                                                                one_pass_matrices, one_pass_mean
  content_head  covariance [C,C]                             -> matrices [L,C,C] (C)
  transfer      features F, seed z [1,K,h,w], moved M [1,C,h,w], matrix [C,C], seed_matrix [C,K],
                offset [C,1], weight w [1,1,h,w]
                                              -> total, M + w (matrix F + seed_matrix z + offset - F)
  decoder       features                                     -> image [1,3,4h,4w]
  stylize       view, seed, style_matrices [L,C,C], style_mean [C,1],
                seed_matrices [L,C,K], level_weights [L], alpha [1]
                                                             -> image, a whole pass

`view` is what the encoder sees: a picture above its draft, RGB in -1..1, extended by reflection, right
and below, to multiples of 8 px, and then by `BORDER` px on all sides, which repeat the border. Programs
make it: backends copy all pixels for each such step of a graph. The images that come out are in 0..1, of
the extended size without the border.

Each graph is one pass of several, coarse to fine (`passes.py`): the draft is the enlarged result of the
pass before, or the picture itself in the first pass and for styles. `seed` is `seed.py`'s noise at the
place of the features in the picture of that pass. Where alpha is below 1, the seed is scaled by it, as
all that comes from the style: F + alpha (T (F - mean) + style_mean + B z - F).

`statistics` gives the sum of the weights, the weighted mean, and the weighted sum of products of
features less that mean: moments that can be merged over tiles, frames and masks without cancellation
(Chan, Golub and LeVeque, 1979). Without any weight all are 0.

Weights are stored as float16, once for each network and not in each graph that uses it: an ONNX file
is a protocol buffer, of which two, one after the other, are one. So a graph is the concatenation of
the files that model.json lists for it: its nodes, then the weights of its networks.

`encoder`, `decoder` and `stylize` are there twice, computing in float32 and, as `<name>_float16`, in
float16 but for statistics and heads, for graphics cards that are faster so.
"""

import argparse
import copy
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
from networks import BORDER, COARSE, LEVELS, STRIDE, Networks, statistics
from seed import SEED_CHANNELS, seed

MULTIPLE = STRIDE * COARSE
TOLERANCE = 2e-3
"""Largest difference of an image in 0..1 or, relative to the largest value, of other outputs.
Half of one step of 255; what it allows for is the rounding of weights to float16."""

HALF_TOLERANCE = 8e-3
"""The same where the arithmetic is float16, too: two steps of 255."""


def dtype_of(network: nn.Module) -> torch.dtype:
    return next(network.parameters()).dtype


class EncoderGraph(nn.Module):
    def __init__(self, networks: Networks):
        super().__init__()
        self.encoder = networks.encoder

    def forward(self, view: Tensor) -> Tensor:
        return self.encoder.see(view.to(dtype_of(self))).float()


class StatisticsGraph(nn.Module):
    """Weighted moments of features about their own mean. Plain sums of products would lose the
    covariance of nearly flat pictures to cancellation; sums of squares cannot become negative."""

    def forward(self, features: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        pixels, weight = features.flatten(2)[0], weight.flatten(2)[0]
        count = weight.sum(1)
        some = torch.maximum(count, torch.full((1,), 1e-12))
        mean = (pixels * weight).sum(1) / some
        centred = pixels - mean[:, None]
        rest = (centred * weight).sum(1) / some  # What rounding left in so large a sum.
        centred = (centred - rest[:, None]) * weight.sqrt()
        return count, mean + rest, centred @ centred.transpose(0, 1)


class StyleHeadGraph(nn.Module):
    def __init__(self, networks: Networks):
        super().__init__()
        self.head = networks.style_head

    def forward(self, mean: Tensor, covariance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        matrices, stylized_mean, seed_matrices = self.head(mean[None, :, None], covariance[None])
        return matrices[0], stylized_mean[0, :, 0], seed_matrices[0]


class OnePassGraph(nn.Module):
    def __init__(self, networks: Networks):
        super().__init__()
        self.one_pass = networks.one_pass

    def forward(self, matrices: Tensor, mean: Tensor) -> tuple[Tensor, Tensor]:
        matrices, mean = self.one_pass(matrices[None], mean[None, :, None])
        return matrices[0], mean[0, :, 0]


class ContentHeadGraph(nn.Module):
    def __init__(self, networks: Networks):
        super().__init__()
        self.head = networks.content_head

    def forward(self, covariance: Tensor) -> Tensor:
        return self.head(covariance[None])[0]


class TransferGraph(nn.Module):
    def forward(self, features: Tensor, seed: Tensor, moved: Tensor, matrix: Tensor, seed_matrix: Tensor,
                offset: Tensor, weight: Tensor) -> Tensor:
        there = matrix @ features.flatten(2) + seed_matrix @ seed.flatten(2) + offset
        return moved + weight * (there.view_as(features) - features)


class DecoderGraph(nn.Module):
    def __init__(self, networks: Networks):
        super().__init__()
        self.decoder = networks.decoder

    def forward(self, features: Tensor) -> Tensor:
        return self.decoder(features.to(dtype_of(self))).float().clamp(0, 1)


class StylizeGraph(nn.Module):
    def __init__(self, networks: Networks):
        super().__init__()
        self.encode = EncoderGraph(networks)
        self.content_head = networks.content_head
        self.decode = DecoderGraph(networks)

    def forward(self, view, seed, style_matrices, style_mean, seed_matrices, level_weights, alpha) -> Tensor:
        features = self.encode(view)
        mean, covariance = statistics(features)
        matrices = self.content_head(covariance)[0]
        matrix = (level_weights[:, None, None] * (style_matrices @ matrices)).sum(0)
        seed_matrix = alpha * (level_weights[:, None, None] * seed_matrices).sum(0)
        # As one product, of all that acts on a pixel with all that there is of it: sums take as long as products.
        identity = torch.eye(matrix.shape[-1])
        affine = torch.cat([identity + alpha * (matrix - identity), seed_matrix, alpha * (style_mean - matrix @ mean[0])], 1)
        pixels = torch.cat([features, seed, torch.ones_like(seed[:, :1])], 1)
        return self.decode((affine @ pixels.flatten(2)).view_as(features))


class ConcatenatedPad(nn.Module):
    """ReplicationPad2d by concatenation: the float16 shader of ONNX Runtime's Pad is one that Deno's
    WGSL compiler refuses."""

    def __init__(self, padding: int):
        super().__init__()
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        for dim in (2, 3):
            first, last = x.narrow(dim, 0, 1), x.narrow(dim, x.shape[dim] - 1, 1)
            x = torch.cat([first] * self.padding + [x] + [last] * self.padding, dim)
        return x


def computing_in_half(networks: Networks) -> Networks:
    """The same networks, encoder and decoder in float16."""
    half = copy.deepcopy(networks)
    half.encoder.half(), half.decoder.half()
    for module in list(half.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.ReplicationPad2d):
                setattr(module, name, ConcatenatedPad(child.padding[0]))
    return half


def split_weights(model: onnx.ModelProto) -> dict[str, onnx.ModelProto]:
    """Take the weights of each network out of a graph, as float16, and put a cast to float32 in
    front of the nodes that want it. Network -> a model of nothing but its weights."""
    parts: dict[str, onnx.ModelProto] = {}
    casts, rest = [], []
    for tensor in model.graph.initializer:
        network, _, parameter = tensor.name.partition(".")
        if not parameter:
            rest.append(tensor)
            continue
        array = onnx.numpy_helper.to_array(tensor)
        weights = parts.setdefault(network, onnx.ModelProto()).graph.initializer
        weights.append(onnx.numpy_helper.from_array(array.astype(np.float16), tensor.name))
        if array.dtype == np.float32:
            wide = f"{tensor.name}.float32"
            rename(model.graph, {tensor.name: wide})
            casts.append(onnx.helper.make_node("Cast", [tensor.name], [wide], to=onnx.TensorProto.FLOAT))
    nodes = casts + list(model.graph.node)
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(rest)
    return parts


def rename(graph: onnx.GraphProto, names: dict[str, str]) -> None:
    """Rename inputs of nodes."""
    for node in graph.node:
        for index, name in enumerate(node.input):
            node.input[index] = names.get(name, name)


def convert(graph: nn.Module, networks: Networks, inputs: dict[str, Tensor], outputs: list[str],
            dynamic: dict[str, dict[int, str]]) -> onnx.ModelProto:
    """To ONNX, parameters named as in `networks`, so that a model can be resumed."""
    path = Path("/dev/shm" if Path("/dev/shm").exists() else ".") / "graph.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(graph, tuple(inputs.values()), str(path), dynamo=False, opset_version=17, do_constant_folding=False,
                          input_names=list(inputs), output_names=outputs, dynamic_axes=dynamic)
    model = onnx.load(path)
    path.unlink()
    own = {id(parameter): name for name, parameter in networks.named_parameters()}
    names = {name: own[id(parameter)] for name, parameter in graph.named_parameters()}
    for tensor in model.graph.initializer:
        tensor.name = names.get(tensor.name, tensor.name)
    rename(model.graph, names)
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


def example_inputs(networks: Networks, rows: int, columns: int) -> dict[str, dict[str, Tensor]]:
    """Random inputs of every graph for features of a size."""
    size = networks.architecture.channels
    generator = torch.Generator().manual_seed(rows * 10007 + columns)
    sides = [STRIDE * length + 2 * BORDER for length in (rows, columns)]
    smooth = F.interpolate(2 * torch.rand(2, 6, 5, 5, generator=generator) - 1, sides, mode="bicubic")
    view, other = (smooth + 0.2 * torch.rand(2, 6, *sides, generator=generator) - 0.1).clamp(-1, 1).split(1)
    noise = seed(rows, columns, rows, columns)
    with torch.no_grad():
        graph = EncoderGraph(networks)
        features = graph(view)
        mean, covariance = statistics(graph(other))
        matrices, style_mean, seed_matrices = networks.style_head(mean, covariance)
    shake = torch.randn(size, size, generator=generator)
    weight = torch.rand(1, 1, rows, columns, generator=generator)
    return {
        "encoder": {"view": view},
        "statistics": {"features": features, "weight": weight},
        "style_head": {"mean": mean[0, :, 0], "covariance": covariance[0]},
        "one_pass": {"matrices": matrices[0], "mean": style_mean[0, :, 0]},
        "content_head": {"covariance": covariance[0]},
        "transfer": {"features": features, "seed": noise, "moved": 0.9 * features,
                     "matrix": torch.eye(size) + 0.02 * shake, "seed_matrix": 0.1 * shake[:, :SEED_CHANNELS],
                     "offset": 0.1 * torch.randn(size, 1, generator=generator), "weight": weight},
        "decoder": {"features": features},
        "stylize": {"view": view, "seed": noise, "style_matrices": matrices[0],
                    "style_mean": style_mean[0], "seed_matrices": seed_matrices[0],
                    "level_weights": torch.full((LEVELS,), 1 / LEVELS), "alpha": torch.tensor([0.8])},
    }


GRAPHS = {
    "encoder": (EncoderGraph, ["features"]),
    "statistics": (lambda networks: StatisticsGraph(), ["count", "mean", "products"]),
    "style_head": (StyleHeadGraph, ["matrices", "stylized_mean", "seed_matrices"]),
    "one_pass": (OnePassGraph, ["one_pass_matrices", "one_pass_mean"]),
    "content_head": (ContentHeadGraph, ["matrices"]),
    "transfer": (lambda networks: TransferGraph(), ["total"]),
    "decoder": (DecoderGraph, ["image"]),
    "stylize": (StylizeGraph, ["image"]),
    "encoder_float16": (EncoderGraph, ["features"]),
    "decoder_float16": (DecoderGraph, ["image"]),
    "stylize_float16": (StylizeGraph, ["image"]),
}

DYNAMIC = {
    "view": {2: "view_height", 3: "view_width"},
    "image": {2: "height", 3: "width"},
    "features": {2: "rows", 3: "columns"},
    "seed": {2: "rows", 3: "columns"},
    "moved": {2: "rows", 3: "columns"},
    "total": {2: "rows", 3: "columns"},
    "weight": {2: "rows", 3: "columns"},
}

CHECKED_SIZES = ((16, 22), (2, 2), (16, 10), (4, 34))


class OwnDraft(nn.Module):
    """The encoder of a picture that is its own draft."""

    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = encoder

    def forward(self, picture: Tensor) -> Tensor:
        return self.encoder(picture, picture)


def influence_radius(network: nn.Module, image: Tensor) -> int:
    """Picture pixels beyond which a change of the input leaves a block of output alone, by
    experiment: the gradient of the block in the middle with respect to a large input. All weights
    are made positive first, so that no ReLU hides what another input would show."""
    network = copy.deepcopy(network)
    for parameter in network.parameters():
        parameter.data = parameter.data.abs() / parameter.data.abs().sum().clamp_min(1) + 1e-4
    image = image.double().abs().requires_grad_()
    out = network.double()(image)
    shrink = image.shape[2] / out.shape[2]
    block = round(MULTIPLE / max(1, shrink))
    middle = out.shape[2] // 2
    out[:, :, middle : middle + block, middle : middle + block].sum().backward()
    touched = image.grad.abs().sum((0, 1)).nonzero()
    low, high = touched.min(0).values, touched.max(0).values
    start, end = middle * shrink, (middle + block) * shrink - 1
    pixels = 1 if image.shape[1] == 3 else STRIDE
    return round(float(max((start - low).max(), (high - end).max())) * pixels)


def run_and_share(text: str) -> tuple[Path, float]:
    run, _, share = text.rpartition(":")
    return Path(run), float(share)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("model", type=Path, help="folder to write")
    parser.add_argument("--name", default="default")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--weights", type=lambda text: [float(w) for w in text.split(",")],
                        default=[1 / LEVELS] * LEVELS, help="of the levels by default, summing to 1")
    parser.add_argument("--training", type=Path, help="JSON of training facts for model.json")
    parser.add_argument("--mix", type=run_and_share, action="append", default=[], metavar="RUN:SHARE",
                        help="another run, and its share in a mean of the weights (repeatable)")
    options = parser.parse_args()
    networks = load_run(options.run, options.mix)
    options.model.mkdir(parents=True, exist_ok=True)

    files: dict[str, bytes] = {}
    graphs: dict[str, list[str]] = {}
    half = computing_in_half(networks)
    for name, (build, outputs) in GRAPHS.items():
        source, tolerance = (half, HALF_TOLERANCE) if name.endswith("_float16") else (networks, TOLERANCE)
        examples = [example_inputs(networks, *size)[name.removesuffix("_float16")] for size in CHECKED_SIZES]
        graph = build(source).eval()
        dynamic = {k: v for k, v in DYNAMIC.items() if k in examples[0] or k in outputs}
        model = convert(graph, source, examples[0], outputs, dynamic)
        weights = {f"{network}_weights.onnx": part for network, part in split_weights(model).items()}
        parts = {f"{name}.onnx": model, **weights}
        parts = {file: part.SerializeToString() for file, part in parts.items()}
        session = onnxruntime.InferenceSession(b"".join(parts.values()))
        reference = build(networks).eval()
        worst = max(difference(reference, session, inputs) for inputs in examples)
        print(f"{name}: largest difference from PyTorch {worst:.2e}")
        if worst > tolerance:
            raise SystemExit(f"{name}: differs from PyTorch by {worst:.2e}, more than {tolerance}; nothing written")
        files |= parts
        graphs[name] = list(parts)
    print(f"{sum(map(len, files.values()))} bytes in {len(files)} files")

    architecture = networks.architecture
    manifest = {
        "format": 3,
        "name": options.name,
        "version": options.version,
        "licence": "MIT",
        "levels": ["relu1_1", "relu2_1", "relu3_1", "relu4_1"],
        "levelWeights": options.weights,
        "matrixSize": architecture.channels,
        "channels": architecture.channels,
        "seedChannels": SEED_CHANNELS,
        "stride": STRIDE,
        "multiple": MULTIPLE,
        "border": BORDER,
        "radius": {
            "encoder": influence_radius(OwnDraft(networks.encoder), torch.rand(1, 3, 512, 512)),
            "decoder": influence_radius(networks.decoder, torch.rand(1, architecture.channels, 128, 128)),
        },
        "minimumSize": MULTIPLE,
        "styleSize": 512,
        "graphs": graphs,
        "files": {
            file: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for file, content in sorted(files.items())
        },
        "training": json.loads(options.training.read_text()) if options.training else {},
    }
    for old in options.model.glob("*.onnx"):
        old.unlink()
    for file, content in files.items():
        (options.model / file).write_bytes(content)
    (options.model / "model.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    architecture.write(options.model / "architecture.json")


if __name__ == "__main__":
    main()

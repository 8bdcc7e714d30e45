/**
 * The networks of a model, on a backend.
 *
 * @module
 */

import type { Backend, Graph, Tensor } from "../../backends/backend.ts";
import { allFinite } from "../util/arguments.ts";
import { concatenate } from "../util/bytes.ts";
import type { Planes } from "../image/planes.ts";
import { seed } from "../transfer/seed.ts";
import type { FeatureMoments, Moments } from "../transfer/statistics.ts";
import type { ModelIdentity, ScaleStatistics } from "../transfer/style.ts";
import { type AffineMap, PreparedContent } from "../transfer/transformation.ts";
import { readAsset } from "../util/asset.ts";
import { sha256 } from "../util/sha256.ts";
import type { EncoderView } from "./encoder_view.ts";
import {
  GRAPH_NAMES,
  type GraphName,
  type Manifest,
  modelChecksum,
  ModelError,
  parseManifest,
} from "./manifest.ts";

/** Outputs that stay on the device, for other graphs. */
const ON_DEVICE: Partial<Record<GraphName, string[]>> = {
  encoder: ["features"],
  transfer: ["total"],
};

/** The graphs of a model: each is read, verified and loaded when it is first used. */
export class Network {
  #graphs = new Map<GraphName, Promise<Graph>>();

  private constructor(
    readonly manifest: Manifest,
    readonly identity: ModelIdentity,
    readonly backend: Backend,
    readonly folder: URL,
  ) {}

  /**
   * Opens the model in a folder.
   *
   * @param folder URL of the folder of `model.json`, ending in `/`
   * @throws {ModelError} if there is no model, or it is of another format.
   */
  static async open(folder: URL, backend: Backend): Promise<Network> {
    const text = new TextDecoder().decode(
      await read(new URL("model.json", folder)),
    );
    const manifest = parseManifest(
      text,
      display(new URL("model.json", folder)),
    );
    const identity = { name: manifest.name, checksum: await modelChecksum(manifest) };
    return new Network(manifest, identity, backend, folder);
  }

  /** Loads graphs ahead of their first use. */
  async prepare(...names: GraphName[]): Promise<void> {
    await Promise.all(names.map((name) => this.#graph(name)));
  }

  /** View of a picture → features [1,C,h,w], which stay on the device; dispose them. */
  async encode(view: EncoderView): Promise<Tensor> {
    const { features } = await this.#run("encoder", { view: this.#view(view) });
    return features!;
  }

  /**
   * Moments of the pixels of features, each with its weight.
   *
   * @param weight h × w values; default: 1 everywhere
   * @throws {ModelError} if the features are not finite
   */
  async statistics(features: Tensor, weight?: Float32Array): Promise<Moments> {
    const { count, mean, products } = await this.#run("statistics", {
      features,
      weight: this.#weight(features, weight),
    });
    return {
      count: (await readAndDispose("statistics", count!))[0]!,
      mean: await readAndDispose("statistics", mean!),
      products: await readAndDispose("statistics", products!),
    };
  }

  /** Statistics of a style at a scale, from the moments of its features. */
  async styleStatistics(moments: FeatureMoments): Promise<ScaleStatistics> {
    const covariance = moments.covariance();
    const { matrices, stylized_mean, seed_matrices } = await this.#run("style_head", {
      mean: this.#vector(moments.mean),
      covariance: this.#matrix(covariance),
    });
    return {
      mean: await readAndDispose("style_head", stylized_mean!),
      covariance: Float32Array.from(covariance),
      matrices: await readAndDispose("style_head", matrices!),
      seedMatrices: await readAndDispose("style_head", seed_matrices!),
    };
  }

  /**
   * What a style is to a picture that is painted in one pass alone: its matrices and mean come nearer
   * to the style than those for passes that see a draft or make one. Linear, so mixtures of styles
   * stay what they are.
   */
  async forOnePass(style: ScaleStatistics): Promise<ScaleStatistics> {
    const { channels, levels } = this.manifest;
    const { tensor } = this.backend;
    const found = await this.#run("one_pass", {
      matrices: tensor(style.matrices, [levels.length, channels, channels]),
      mean: tensor(style.mean, [channels]),
    });
    return {
      ...style,
      matrices: await readAndDispose("one_pass", found.one_pass_matrices!),
      mean: await readAndDispose("one_pass", found.one_pass_mean!),
    };
  }

  /** The content's side of the transfer, from the moments of its features; none without weight. */
  async prepareContent(moments: FeatureMoments): Promise<PreparedContent | undefined> {
    if (moments.count < 1e-3) return undefined;
    const covariance = this.#matrix(moments.covariance());
    const { matrices } = await this.#run("content_head", { covariance });
    return new PreparedContent(moments.mean, await readAndDispose("content_head", matrices!));
  }

  /**
   * Adds to `moved` what a map moves features by, times a weight: `moved + w (A F + B z + b − F)`.
   *
   * @param seed z, K × h × w values
   * @param weight h × w values; default: 1 everywhere
   * @returns [1,C,h,w], which stays on the device; dispose it
   */
  async transfer(
    features: Tensor,
    seed: Float32Array,
    moved: Tensor,
    { matrix, seedMatrix, offset }: AffineMap,
    weight?: Float32Array,
  ): Promise<Tensor> {
    const { channels, seedChannels } = this.manifest;
    const [, , rows, columns] = features.dims as [number, number, number, number];
    const { total } = await this.#run("transfer", {
      features,
      seed: this.backend.tensor(seed, [1, seedChannels, rows, columns]),
      moved,
      matrix: this.#matrix(matrix),
      seed_matrix: this.backend.tensor(Float32Array.from(seedMatrix), [channels, seedChannels]),
      offset: this.backend.tensor(Float32Array.from(offset), [channels, 1]),
      weight: this.#weight(features, weight),
    });
    return total!;
  }

  /** Features → image; 0 to `multiple - 1` px wider and higher than the picture that was encoded. */
  async decode(features: Tensor): Promise<Planes> {
    const { image } = await this.#run("decoder", { features });
    return await readImage("decoder", image!);
  }

  /**
   * A whole pass, encoder, transfer and decoder, as one graph, for pictures that fit: the same
   * result, sooner. The graph makes T by itself, as `src/transfer/transformation.ts` does for all
   * other pictures; `tests/tiling/paint_test.ts` holds their results equal.
   *
   * @returns an image as {@linkcode decode}'s
   */
  async stylize(
    view: EncoderView,
    { mean, matrices, seedMatrices }: ScaleStatistics,
    levelWeights: readonly number[],
    alpha: number,
  ): Promise<Planes> {
    const { channels, seedChannels, levels, border, stride } = this.manifest;
    const { tensor } = this.backend;
    const cells = (side: number) => (side - 2 * border) / stride;
    const [rows, columns] = [cells(view.height), cells(view.width)];
    const noise = seed({ left: 0, top: 0, width: columns, height: rows });
    const { image } = await this.#run("stylize", {
      view: this.#view(view),
      seed: tensor(noise, [1, seedChannels, rows, columns]),
      style_matrices: tensor(matrices, [levels.length, channels, channels]),
      style_mean: tensor(mean, [channels, 1]),
      seed_matrices: tensor(seedMatrices, [levels.length, channels, seedChannels]),
      level_weights: tensor(Float32Array.from(levelWeights), [levels.length]),
      alpha: tensor(Float32Array.of(alpha), [1]),
    });
    return await readImage("stylize", image!);
  }

  /** Releases what the graphs hold. */
  async close(): Promise<void> {
    const graphs = [...this.#graphs.values()];
    this.#graphs.clear();
    for (const graph of graphs) await (await graph).release();
  }

  #view({ data, width, height }: EncoderView): Tensor {
    return this.backend.tensor(data, [1, 6, height, width]);
  }

  #weight(features: Tensor, values?: Float32Array): Tensor {
    const [, , rows, columns] = features.dims as [number, number, number, number];
    const weight = values ?? new Float32Array(rows * columns).fill(1);
    return this.backend.tensor(weight, [1, 1, rows, columns]);
  }

  #vector(values: Float64Array): Tensor {
    return this.backend.tensor(Float32Array.from(values), [values.length]);
  }

  #matrix(values: Float64Array): Tensor {
    const { channels } = this.manifest;
    return this.backend.tensor(Float32Array.from(values), [channels, channels]);
  }

  async #run(name: GraphName, inputs: Record<string, Tensor>) {
    const graph = await this.#graph(name);
    return await graph.run(inputs) as Record<string, Tensor | undefined>;
  }

  #graph(name: GraphName): Promise<Graph> {
    let graph = this.#graphs.get(name);
    if (!graph) {
      graph = this.#load(this.#inPrecision(name), ON_DEVICE[name]);
      this.#graphs.set(name, graph);
    }
    return graph;
  }

  /** The graph that computes as the backend is to, where there are several. */
  #inPrecision(name: GraphName): GraphName {
    const half = GRAPH_NAMES.find((other) => other === `${name}_float16`);
    return half && this.backend.precision === "float16" ? half : name;
  }

  async #load(name: GraphName, keepOnDevice: string[] = []): Promise<Graph> {
    const files = this.manifest.graphs[name];
    const parts = await Promise.all(files.map((file) => this.#verified(file)));
    return await this.backend.load(concatenate(parts), { keepOnDevice });
  }

  async #verified(file: string): Promise<Uint8Array> {
    const { bytes, sha256: expected } = this.manifest.files[file]!;
    const url = new URL(file, this.folder);
    const content = await read(url);
    if (content.length !== bytes || await sha256(content) !== expected) {
      throw new ModelError(
        `"${display(url)}" is not the file that model.json names: its checksum differs`,
      );
    }
    return content;
  }
}

/**
 * Data of an output, which is then disposed of.
 *
 * @throws {ModelError} if a value is not finite: nothing good could come of it
 */
async function readAndDispose(graph: GraphName, tensor: Tensor): Promise<Float32Array> {
  const data = await tensor.getData() as Float32Array;
  tensor.dispose();
  if (!allFinite(data)) {
    throw new ModelError(
      `The network "${graph}" gave values that are not finite: its input is beyond its range`,
    );
  }
  return data;
}

async function readImage(graph: GraphName, tensor: Tensor): Promise<Planes> {
  const [, , height, width] = tensor.dims as [number, number, number, number];
  return { data: await readAndDispose(graph, tensor), width, height };
}

async function read(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readAsset(url);
  } catch (error) {
    const reason = `Cannot read "${display(url)}": is this the folder of a model?`;
    throw new ModelError(reason, { cause: error });
  }
}

function display(url: URL): string {
  return url.protocol === "file:" ? decodeURIComponent(url.pathname) : url.href;
}

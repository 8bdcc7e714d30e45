/**
 * `model.json`: what a model is, and which files with which checksums it is made of.
 *
 * @module
 */

import { LibraryError } from "../util/errors.ts";
import * as v from "valibot";
import { SEED_CHANNELS } from "../transfer/seed.ts";
import { sha256 } from "../util/sha256.ts";

/** The graphs of a model; see `models/training/export.py` for their inputs and outputs. */
export const GRAPH_NAMES = [
  "encoder",
  "statistics",
  "style_head",
  "one_pass",
  "content_head",
  "transfer",
  "decoder",
  "stylize",
  "encoder_float16",
  "decoder_float16",
  "stylize_float16",
] as const;

/** One of {@linkcode GRAPH_NAMES}. */
export type GraphName = typeof GRAPH_NAMES[number];

/** A model that cannot be loaded. */
export class ModelError extends LibraryError {
  /** `"ModelError"`. */
  override name = "ModelError";
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65536));
const fileName = v.pipe(
  v.string(),
  v.regex(/^[\w-]+\.onnx$/, "must be the name of an .onnx file"),
);
const fileInfo = v.object({
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sha256: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits"),
  ),
});
const schema = v.object({
  format: v.literal(
    3,
    "must be 3: models of formats 1 and 2 are of earlier versions of this program",
  ),
  name: v.string(),
  version: v.string(),
  licence: v.string(),
  levels: v.pipe(v.array(v.string()), v.minLength(1)),
  levelWeights: v.array(v.pipe(v.number(), v.minValue(0))),
  matrixSize: count,
  channels: count,
  seedChannels: v.literal(SEED_CHANNELS),
  stride: count,
  multiple: count,
  border: count,
  minimumSize: count,
  styleSize: count,
  radius: v.object({ encoder: count, decoder: count }),
  graphs: v.object(v.entriesFromList(GRAPH_NAMES, v.pipe(v.array(fileName), v.minLength(1)))),
  files: v.record(fileName, fileInfo),
});

/**
 * What `model.json` holds. Sizes are in pixels of the picture. A graph is the ONNX model that its
 * files are one after the other: its nodes, then the weights of each network that it uses.
 */
export interface Manifest {
  /** Version of this format. */
  format: 3;
  /** Name of the model. */
  name: string;
  /** Version of the model: `"1.5.1"`. */
  version: string;
  /** Under which the model may be used: `"MIT"`. */
  licence: string;
  /** Names of the levels, from grain to shape; L of them. */
  levels: string[];
  /** Weight of each level where none are given; they sum to 1. */
  levelWeights: number[];
  /** C: rows and columns of every matrix. */
  matrixSize: number;
  /** C: channels of the features. */
  channels: number;
  /** K: channels of the seed. */
  seedChannels: number;
  /** Pixels per feature pixel, in each direction. */
  stride: number;
  /** What the sides of a picture are extended to a multiple of. */
  multiple: number;
  /** Width of the border that the encoder sees around an extended picture. */
  border: number;
  /** Shortest side of a picture. */
  minimumSize: number;
  /** Short side at which styles were read in training. */
  styleSize: number;
  /** Beyond how many pixels a change does not reach the output of a network. */
  radius: { encoder: number; decoder: number };
  /** Files of each graph, in order. */
  graphs: Record<GraphName, string[]>;
  /** Size in bytes and SHA-256, in hexadecimal digits, of each file. */
  files: Record<string, { bytes: number; sha256: string }>;
}

/**
 * Reads and checks the text of a `model.json`.
 *
 * @throws {ModelError} naming the first field that is missing or wrong.
 */
export function parseManifest(text: string, where: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message.replace(/\s+/g, " "); // The message quotes lines.
    throw new ModelError(`"${where}" is not JSON: ${reason}`);
  }
  const result = v.safeParse(schema, json);
  if (!result.success) {
    const issue = result.issues[0];
    throw new ModelError(
      `"${where}" is not a description of a model: ${
        v.getDotPath(issue) ?? "document"
      }: ${issue.message}`,
    );
  }
  const manifest: Manifest = result.output;
  if (manifest.levelWeights.length !== manifest.levels.length) {
    throw new ModelError(`"${where}" must have as many levelWeights as levels`);
  }
  for (const name of GRAPH_NAMES) {
    const absent = manifest.graphs[name].find((file) => !Object.hasOwn(manifest.files, file));
    if (absent) throw new ModelError(`"${where}" lists "${absent}" of ${name} not among its files`);
  }
  return manifest;
}

/** Checksum of all files of a model: style statistics are of use only to the model they are of. */
export async function modelChecksum({ files }: Manifest): Promise<string> {
  const lines = Object.keys(files).sort().map((name) => `${name} ${files[name]!.sha256}\n`)
    .join("");
  return await sha256(new TextEncoder().encode(lines));
}

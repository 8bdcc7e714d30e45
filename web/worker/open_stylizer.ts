/**
 * What the networks run on: the one place where the page chooses.
 *
 * @module
 */

import { type BackendName, probeBackend, Stylizer } from "../../src/mod.ts";
import type { Requests, Started } from "./protocol.ts";

/** The networks, and on what they run and why. */
export interface Opened {
  /** The networks. */
  stylizer: Stylizer;
  /** On what they run, and why. */
  started: Started;
}

/** Loads the networks on what the page asks for. */
export async function openStylizer(
  { assets, threads, backend }: Requests["start"]["takes"],
): Promise<Opened> {
  const model = new URL("models/default/", assets);
  const stylizer = await Stylizer.load({ model, threads, backend });
  const { name, device } = stylizer.backend;
  return { stylizer, started: { backend: name, device, reason: await reasonFor(name, backend) } };
}

/** Why not the graphics card, in a sentence; empty where it runs, or was not wanted. */
async function reasonFor(name: BackendName, wanted: BackendName | "auto"): Promise<string> {
  if (name === "webgpu" || wanted !== "auto") return "";
  const graphics = await probeBackend("webgpu");
  return graphics.available
    ? "WebGPU runs on a software renderer here, which is slower."
    : `${graphics.reason}.`;
}

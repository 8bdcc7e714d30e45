/// <reference lib="dom" />

/**
 * The page's worker: answers requests with a {@linkcode Studio}. Networks run here, so that the
 * page's own thread is never blocked.
 *
 * @module
 */

import { probeBackend } from "../src/mod.ts";
import type { Answer, Message, RequestName, Requests, Started } from "./worker/protocol.ts";
import { Studio } from "./worker/studio.ts";

/** What is used of the global scope of a worker. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Message>) => void;
  postMessage(answer: Answer, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

let studio: Studio | undefined;

/** Stops the stylization that is under way. */
let stop = new AbortController();

/** The end of what is under way: the networks do one thing after another. */
let before: Promise<unknown> = Promise.resolve();

scope.onmessage = ({ data }) => {
  // What was asked for before is of no use once something newer is asked for.
  if (data.name === "stylize" || data.name === "stop" || data.name === "setContent") {
    stop.abort();
    stop = new AbortController();
  }
  const { signal } = stop;
  before = before.then(() => answer(data, signal));
};

async function answer(message: Message, signal: AbortSignal): Promise<void> {
  const { id } = message;
  try {
    const result = await handle(message, signal);
    const transfer = isStylized(result) ? [result.image] : [];
    send({ id, result }, transfer);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    send({ id, error: text, isStopped: signal.aborted });
  }
}

function isStylized(result: unknown): result is Requests["stylize"]["gives"] {
  return typeof result === "object" && result !== null && "image" in result;
}

function send(answer: Answer, transfer: Transferable[] = []): void {
  scope.postMessage(answer, transfer);
}

async function handle(
  message: Message,
  signal: AbortSignal,
): Promise<Requests[RequestName]["gives"]> {
  if (message.name === "start") {
    const { assets, threads, backend } = message.takes;
    studio = await Studio.open(new URL("models/default/", assets), { threads, backend });
    return await describe(studio);
  }
  if (message.name === "stop") return;
  if (!studio) throw new Error("The networks are not loaded");
  switch (message.name) {
    case "setContent":
      return await studio.setContent(message.takes);
    case "setFrame":
      return studio.setFrame(message.takes);
    case "addStyle":
      return await studio.addStyle(message.takes);
    case "encode":
      return await studio.encode(message.takes);
    case "writePack":
      return await studio.writePack(message.takes);
    case "stylize": {
      signal.throwIfAborted();
      const start = performance.now();
      const { id } = message;
      const image = await studio.stylize(
        message.takes,
        signal,
        (progress) => send({ id, progress }),
      );
      return { image, seconds: (performance.now() - start) / 1000 };
    }
  }
}

/** What runs, and why. */
async function describe({ backend: { name, device } }: Studio): Promise<Started> {
  const graphics = await probeBackend("webgpu");
  const reason = name === "webgpu"
    ? ""
    : graphics.available
    ? "WebGPU runs on a software renderer here, which is slower."
    : `${graphics.reason}.`;
  return { backend: name, device, reason };
}

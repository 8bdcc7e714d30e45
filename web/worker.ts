/// <reference lib="dom" />

/**
 * The page's worker: answers requests with a {@linkcode Studio}. Networks run here, so that the
 * page's own thread is never blocked.
 *
 * @module
 */

import { openStylizer } from "./worker/open_stylizer.ts";
import type { Answer, Message, RequestName, Requests, Shown } from "./worker/protocol.ts";
import { Studio } from "./worker/studio.ts";

/** What is used of the global scope of a worker. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Message>) => void;
  postMessage(answer: Answer, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

/** Requests that stop those before them. */
const STOPPING: readonly RequestName[] = ["prepare", "stylize", "stop", "setContent"];

let studio: Studio | undefined;

/** Stops the stylization that is under way. */
let stop = new AbortController();

/** The end of what is under way: the networks do one thing after another. */
let before: Promise<unknown> = Promise.resolve();

scope.onmessage = ({ data }) => {
  // What was asked for before is of no use once something newer is asked for.
  if (STOPPING.includes(data.name)) {
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
    const transfer = isShown(result) ? [result.image] : [];
    send({ id, result }, transfer);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    send({ id, error: text, isStopped: signal.aborted });
  }
}

function isShown(result: unknown): result is Shown {
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
    const { stylizer, started } = await openStylizer(message.takes);
    studio = new Studio(stylizer);
    return started;
  }
  if (message.name === "stop") return;
  if (!studio) throw new Error("The networks are not loaded: reload the page");
  const { id } = message;
  const onProgress = (progress: number) => send({ id, progress });
  switch (message.name) {
    case "setContent":
      return await studio.setContent(message.takes);
    case "showContent":
      return { image: await studio.showContent() };
    case "addStyle":
      return await studio.addStyle(message.takes);
    case "prepare":
      signal.throwIfAborted();
      return await studio.prepare(message.takes);
    case "encode":
      return await studio.encode(message.takes);
    case "writePack":
      return await studio.writePack(message.takes);
    case "stylizeFrame":
      return { image: await studio.stylizeFrame(message.takes) };
    case "archive":
      signal.throwIfAborted();
      return await studio.archive(message.takes, signal, onProgress);
    case "takeArchive":
      return studio.takeArchive();
    case "stylize": {
      signal.throwIfAborted();
      const start = performance.now();
      const result = await studio.stylize(message.takes, signal, onProgress);
      return { ...result, seconds: (performance.now() - start) / 1000 };
    }
  }
}

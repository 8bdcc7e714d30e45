/**
 * Threads: `node:worker_threads` where it exists, under Deno and Node, and web workers in browsers.
 * Under Deno no web worker can be started after ONNX Runtime has started its own.
 *
 * @module
 */

type WorkerThreads = typeof import("node:worker_threads");

/** Not imported, so that the code can be bundled for browsers, which have no such module. */
const { process } = globalThis as {
  process?: { getBuiltinModule?(name: string): WorkerThreads | undefined };
};
const workerThreads = process?.getBuiltinModule?.("node:worker_threads");

/** A thread that was started. */
export interface Thread<Request, Response> {
  /** Sends a request; the memory listed is handed over and lost. */
  post(request: Request, transfer?: ArrayBuffer[]): void;
  /** Ends the thread; what it was asked is not answered anymore. */
  terminate(): void;
  /** Called for each response. */
  onResponse?: (response: Response) => void;
  /** Called if the thread breaks down. */
  onError?: (error: Error) => void;
}

/** How a thread is started. */
export interface ThreadOptions {
  /** What {@linkcode serve} passes on. */
  data?: unknown;
  /** Whether the program may end while the thread runs. Default: false. */
  isBackground?: boolean;
}

/**
 * Starts a thread.
 *
 * @param module of the thread: it calls {@linkcode serve}
 */
export function startThread<Request, Response>(
  module: URL,
  { data, isBackground = false }: ThreadOptions = {},
): Thread<Request, Response> {
  const thread = workerThreads
    ? startNodeThread<Request, Response>(workerThreads, module, data, isBackground)
    : startWebWorker<Request, Response>(module, data);
  return thread;
}

function startNodeThread<Request, Response>(
  { Worker }: WorkerThreads,
  module: URL,
  data: unknown,
  isBackground: boolean,
): Thread<Request, Response> {
  // Without an environment: reading all of it would need a permission.
  const worker = new Worker(module, { workerData: data, env: {} });
  if (isBackground) worker.unref();
  const thread: Thread<Request, Response> = {
    post: (request, transfer = []) => worker.postMessage(request, transfer),
    terminate: () => void worker.terminate(),
  };
  worker.on("message", (response: Response) => thread.onResponse?.(response));
  worker.on("error", (error: Error) => thread.onError?.(error));
  return thread;
}

function startWebWorker<Request, Response>(module: URL, data: unknown): Thread<Request, Response> {
  const worker = new Worker(module, { type: "module" });
  worker.postMessage(data);
  const thread: Thread<Request, Response> = {
    post: (request, transfer = []) => worker.postMessage(request, transfer),
    terminate: () => worker.terminate(),
  };
  worker.onmessage = ({ data }) => thread.onResponse?.(data);
  worker.onerror = (event) => {
    event.preventDefault();
    thread.onError?.(new Error(event.message));
  };
  return thread;
}

/**
 * Answers the requests that come to this thread. To be called once, when its module is loaded.
 *
 * @param prepare gets the data that the thread was started with, and returns the function that is
 *     called for each request
 */
export function serve<Request, Response>(
  prepare: (
    data: unknown,
    respond: (response: Response, transfer?: ArrayBuffer[]) => void,
  ) => (request: Request) => void,
): void {
  if (workerThreads?.parentPort) {
    const { parentPort, workerData } = workerThreads;
    const onRequest = prepare(
      workerData,
      (response, transfer = []) => parentPort.postMessage(response, transfer),
    );
    parentPort.on("message", onRequest);
    return;
  }
  const scope = globalThis as unknown as DedicatedWorkerScope;
  let onRequest: ((request: Request) => void) | undefined;
  scope.onmessage = ({ data }) => {
    if (onRequest) return onRequest(data);
    onRequest = prepare(data, (response, transfer = []) => scope.postMessage(response, transfer));
  };
}

/** What is used of the global scope of a web worker. */
interface DedicatedWorkerScope {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
}

// Threads of `node:worker_threads` have no `self`, which codecs expect.
if (!("self" in globalThis)) {
  Object.defineProperty(globalThis, "self", { value: globalThis, configurable: true });
}

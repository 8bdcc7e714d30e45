// Workers of `node:worker_threads` have no `self`, which codecs look for. To be imported before them.
Object.defineProperty(globalThis, "self", { value: globalThis, configurable: true });

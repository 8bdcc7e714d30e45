/** What runs the networks in tests that are not about a backend. */

import { type BackendName, probeBackend } from "../../backends/mod.ts";

/**
 * The native backend where it is installed, as in CI: it loads and runs the networks four times as
 * fast as WebAssembly, and gives the same pictures.
 */
export const FASTEST: BackendName = (await probeBackend("native")).available ? "native" : "wasm";

/** Options of a subcommand that runs networks. One thread: tests run side by side. */
export const RUNTIME = ["--backend", FASTEST, "--threads", "1"];

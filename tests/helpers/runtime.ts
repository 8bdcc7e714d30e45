/** What runs the networks in tests that are not about a backend. */

import assert from "node:assert/strict";
import { type BackendName, probeBackend } from "../../backends/mod.ts";
import { Stylizer } from "../../src/mod.ts";
import { spawn } from "./program.ts";

/**
 * The native backend where it is installed, as in CI: it loads and runs the networks four times as
 * fast as WebAssembly, and gives the same pictures.
 */
export const FASTEST: BackendName = (await probeBackend("native")).available ? "native" : "builtin";

/**
 * Installs the native backend in a copy of the project, where this one has it. What takes `auto`
 * there does not wait for WebAssembly then.
 */
export async function installFastest(copy: string): Promise<void> {
  if (FASTEST !== "native") return;
  const { code, stderr } = await spawn(Deno.execPath(), ["task", "install-native"], { cwd: copy });
  assert.equal(code, 0, stderr);
}

/** Networks on the fastest backend, as {@linkcode RUNTIME} has them. */
export function loadFastest(): Promise<Stylizer> {
  return Stylizer.load({ backend: FASTEST, threads: 1 });
}

/**
 * Options of a subcommand that runs networks. One thread: tests run side by side, and threads that
 * wait for one another do so on the processor's time.
 */
export const RUNTIME = ["--backend", FASTEST, "--threads", "1"];

#!/usr/bin/env node
// Starts the program on Deno, with the permissions that it needs and no others.
const { spawnSync } = require("node:child_process");
const { join } = require("node:path");

const args = process.argv.slice(2);
const permissions = [
  "--allow-read",
  "--allow-write",
  "--allow-env=INIT_CWD,TMPDIR",
  ...(args[0] === "video" ? ["--allow-run=ffmpeg,ffprobe"] : []),
];
const deno = require.resolve("deno/bin.cjs");
const run = ["run", "--quiet", "--no-prompt", "--no-config", "--node-modules-dir=manual"];
const main = join(__dirname, "main.js");
const { status, signal, error } = spawnSync(
  process.execPath,
  [deno, ...run, ...permissions, main, ...args],
  { stdio: "inherit", env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" } },
);
if (error) throw error;
if (signal) process.kill(process.pid, signal);
process.exit(status ?? 1);

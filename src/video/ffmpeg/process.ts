/**
 * Runs ffmpeg and ffprobe, as found in PATH.
 *
 * @module
 */

import { VideoError } from "../video_error.ts";

/** No questions, and no output but errors. */
export const QUIET: readonly string[] = ["-nostdin", "-hide_banner", "-v", "error"];

/** Nothing that a file refers to is fetched from the network. */
export const LOCAL: readonly string[] = ["-protocol_whitelist", "file,crypto,data"];

/** How frames are resized, and their chroma with them. */
export const SCALING = "lanczos+accurate_rnd+full_chroma_int";

/** A running program, which is killed when it is disposed of. */
export interface Child extends Disposable {
  stdin: WritableStream<Uint8Array>;
  stdout: ReadableStream<Uint8Array>;
  status: Promise<Deno.CommandStatus>;
  /** First line of its standard error that is heeded, available when that ends. */
  complaint: Promise<string>;
}

/** Settings of {@linkcode start}. */
export interface ChildOptions {
  stdin?: "piped";
  stdout?: "piped";
  /** Lines of standard error that are complaints. Default: all. */
  heed?: RegExp;
  /** Kills the program when it is aborted. */
  signal?: AbortSignal | undefined;
}

/**
 * Starts ffmpeg or ffprobe.
 *
 * @throws {VideoError} if it is not installed, or may not be run.
 */
export function start(
  name: "ffmpeg" | "ffprobe",
  args: string[],
  { stdin, stdout, heed = /./, signal }: ChildOptions,
): Child {
  signal?.throwIfAborted();
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(name, {
      args,
      stdin: stdin ?? "null",
      stdout: stdout ?? "null",
      stderr: "piped",
      // SVT-AV1 tells about itself where others say what is wrong.
      env: { SVT_LOG: "1" },
    }).spawn();
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable;
    throw absent
      ? new VideoError(
        `There is no ${name} in PATH: install ffmpeg, and run with --allow-run=ffmpeg,ffprobe`,
        { cause: error },
      )
      : error;
  }
  let ended = false;
  const kill = () => {
    if (!ended) child.kill("SIGKILL");
  };
  signal?.addEventListener("abort", kill);
  const status = child.status.then(async (status) => {
    ended = true;
    // Ctrl-C ends both programs. The child is not at fault, and this program is about to end, too.
    if (status.code === 255 || status.signal) await new Promise((go) => setTimeout(go, 300));
    return status;
  });
  return {
    get stdin() {
      return child.stdin;
    },
    get stdout() {
      return child.stdout;
    },
    status,
    complaint: firstLine(child.stderr, heed),
    [Symbol.dispose]() {
      signal?.removeEventListener("abort", kill);
      kill();
    },
  };
}

/** Whether the installed ffmpeg has all of some filters. */
export async function hasFilters(
  names: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  const found = await list("-filters", signal);
  return names.every((name) => found.has(name));
}

/** The first of some encoders that the installed ffmpeg has. */
export async function findEncoder(
  names: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const found = await list("-encoders", signal);
  return names.find((name) => found.has(name));
}

/** Names that ffmpeg lists: the second word of each line. */
async function list(what: "-filters" | "-encoders", signal?: AbortSignal): Promise<Set<string>> {
  using child = start("ffmpeg", ["-hide_banner", "-v", "error", what], { stdout: "piped", signal });
  const text = await new Response(child.stdout).text();
  return new Set(text.split("\n").map((line) => line.trim().split(/\s+/)[1] ?? ""));
}

/** Reads a stream to its end, and keeps the first line that matches. */
async function firstLine(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  let found: string | undefined;
  let rest = "";
  const keep = (line: string) => {
    if (pattern.test(line)) found ??= line.trim().replace(/^\[[^\]]*\]\s*/, "");
  };
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const lines = text.slice(-LONGEST_LINE).split("\n");
    rest = lines.pop()!;
    lines.forEach(keep);
  }
  keep(rest);
  return found ?? "";
}

/** Characters of a line that are kept. */
const LONGEST_LINE = 65536;

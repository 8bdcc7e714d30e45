/**
 * ffmpeg and ffprobe, as they are found in PATH.
 *
 * @module
 */

import { FileError } from "../../cli/errors.ts";
import { onInterruption } from "../../cli/io/cleanup.ts";

/** Ask for nothing, and say nothing but errors. */
export const QUIET = ["-nostdin", "-hide_banner", "-v", "error"];

/** Nothing that a file refers to is fetched from elsewhere. */
export const LOCAL = ["-protocol_whitelist", "file,crypto,data"];

/** How frames are resized, and their chroma with them. */
export const SCALING = "lanczos+accurate_rnd+full_chroma_int";

/** A program that runs beside this one, and does not outlive it. */
export interface Child extends Disposable {
  stdin: WritableStream<Uint8Array>;
  stdout: ReadableStream<Uint8Array>;
  status: Promise<Deno.CommandStatus>;
  /** The first line of its standard error, when that has ended. */
  complaint: Promise<string>;
}

/**
 * Starts one of them.
 *
 * @throws {FileError} if it is not there, or may not be run.
 */
export function start(
  name: "ffmpeg" | "ffprobe",
  args: string[],
  stdin: "piped" | "null",
  stdout: "piped" | "null",
): Child {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(name, { args, stdin, stdout, stderr: "piped" }).spawn();
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable;
    throw absent
      ? new FileError(
        `There is no ${name} in PATH: install ffmpeg, and run with --allow-run=ffmpeg,ffprobe`,
        { cause: error },
      )
      : error;
  }
  let ended = false;
  const kill = () => {
    if (!ended) child.kill("SIGKILL");
  };
  const interruption = onInterruption(kill);
  const status = child.status.then(async (status) => {
    ended = true;
    // Ctrl-C ends both programs: that is not the child's fault, and this one is about to end, too.
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
    complaint: firstLine(child.stderr),
    [Symbol.dispose]() {
      interruption[Symbol.dispose]();
      kill();
    },
  };
}

/** Reads to the end, and keeps no more than a line. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    if (text.length < 4096) text += decoder.decode(chunk, { stream: true });
  }
  return (text.trim().split("\n")[0] ?? "").replace(/^\[[^\]]*\]\s*/, "");
}

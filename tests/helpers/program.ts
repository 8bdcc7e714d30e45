/** The real program in a subprocess, with exactly the permissions that its tasks grant. */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import configuration from "../../deno.json" with { type: "json" };

/** The project's folder. */
export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** Path of a picture in `examples/`. */
export const example = (name: string) => `${PROJECT}examples/${name}`;

/** What a subprocess left. */
export interface Result {
  code: number;
  /** Bytes of standard output. */
  stdout: Uint8Array;
  /** Standard error as text. */
  stderr: string;
}

/** The environment of a user: these tests may be run by a task, which leaves its folder in it. */
const { INIT_CWD: _, ...inherited } = Deno.env.toObject();
// Without XDG_RUNTIME_DIR, a software WebGPU driver complains on standard error.
const ENVIRONMENT = { XDG_RUNTIME_DIR: "/tmp", ...inherited, NO_COLOR: "1" };

/** Runs a program to its end. */
export async function spawn(
  command: string,
  args: string[],
  { cwd = PROJECT, stdin, env = {} }: {
    cwd?: string;
    stdin?: Uint8Array<ArrayBuffer>;
    env?: Record<string, string>;
  } = {},
): Promise<Result> {
  const child = new Deno.Command(command, {
    args,
    cwd,
    clearEnv: true,
    env: { ...ENVIRONMENT, ...env },
    stdin: stdin ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  if (stdin) {
    const writer = child.stdin.getWriter();
    await writer.write(stdin).catch(() => {}); // It may have ended before it read.
    await writer.close().catch(() => {});
  }
  const { code, stdout, stderr } = await output;
  return { code, stdout, stderr: text(stderr) };
}

/** Runs a subcommand as its task would, from any folder. */
export function linearStyle(
  args: string[],
  options: Parameters<typeof spawn>[2] = {},
): Promise<Result> {
  return spawn(Deno.execPath(), commandLine(args), options);
}

/** Arguments for Deno that run a subcommand as its task would. */
export function commandLine(args: string[]): string[] {
  const tasks: Record<string, { command: string }> = configuration.tasks;
  const { command } = tasks[args[0]!] ?? tasks["stylize"]!;
  const permissions = command.split(" ").filter((word) => word.startsWith("--allow-"))
    .map((flag) => flag.replace("=backends/", `=${PROJECT}backends/`));
  const run = ["run", "--quiet", "--no-prompt", "--config", `${PROJECT}deno.json`];
  return [...run, ...permissions, `${PROJECT}main.ts`, ...args];
}

/** A command for a shell that runs a subcommand as its task would. */
export function shellCommand(args: string[]): string {
  return [Deno.execPath(), ...commandLine(args)].map((word) => `'${word}'`).join(" ");
}

/** What a program printed. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/**
 * A folder that goes away after the test.
 *
 * @param pictures the pictures of `examples/` to copy into it, by the paths they get there
 */
export async function temporaryFolder(
  pictures: Record<string, string> = {},
): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "linear-style-test-" });
  for (const [name, picture] of Object.entries(pictures)) {
    await Deno.mkdir(dirname(`${path}/${name}`), { recursive: true });
    await Deno.copyFile(example(picture), `${path}/${name}`);
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Names in a folder, sorted. */
export function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Copies the files in a folder to a new one. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for (const name of list(from)) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
}

/** Copies the files that the project consists of, and nothing that was made from them. */
export async function copyProject(to: string): Promise<void> {
  const git = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { code, stdout, stderr } = await spawn("git", git);
  if (code !== 0) throw new Error(stderr);
  for (const name of text(stdout).split("\0").filter(Boolean)) {
    await Deno.mkdir(dirname(`${to}/${name}`), { recursive: true });
    await Deno.copyFile(`${PROJECT}${name}`, `${to}/${name}`).catch(() => {}); // Just deleted.
  }
}

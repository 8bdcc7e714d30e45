/**
 * A Slurm cluster of one node, from Debian's packages, without systemd: munged, slurmctld and slurmd
 * with their files in one folder, as the user who runs the tests.
 *
 * @module
 */

import { hostname, userInfo } from "node:os";
import { spawn, text } from "../helpers/program.ts";

/** Ports of the daemons, away from the usual ones. */
const PORTS = { controller: 16817, node: 16818 };

/** What runs of Slurm. */
export class SlurmCluster implements AsyncDisposable {
  readonly #daemons = new Map<string, Deno.ChildProcess>();

  private constructor(private readonly folder: string) {}

  /** Starts the daemons, and waits until the node takes jobs. */
  static async start(folder: string): Promise<SlurmCluster> {
    const cluster = new SlurmCluster(folder);
    for (const name of ["state", "spool"]) await Deno.mkdir(`${folder}/${name}`);
    await Deno.writeTextFile(`${folder}/slurm.conf`, configuration(folder));
    await Deno.writeFile(`${folder}/munge.key`, crypto.getRandomValues(new Uint8Array(128)), {
      mode: 0o600,
    });
    const munge = ["key-file=munge.key", "socket=munge.socket", "log-file=munge.log"];
    const files = [...munge, "pid-file=munge.pid", "seed-file=munge.seed"]
      .map((option) => `--${option.replace("=", `=${folder}/`)}`);
    cluster.#start("munged", ["--foreground", "--force", ...files]);
    await waitFor("munged", () => exists(`${folder}/munge.socket`));
    cluster.#start("slurmctld", ["-D", "-f", `${folder}/slurm.conf`]);
    await cluster.startNode();
    return cluster;
  }

  /** Starts the node's daemon, and waits until it takes jobs. */
  async startNode(): Promise<void> {
    this.#start("slurmd", ["-D", "-f", `${this.folder}/slurm.conf`]);
    await waitFor("the node", async () => /^(idle|mix|alloc)/.test(await this.nodeState()));
  }

  /** Kills the node's daemon and all that runs under it, as a crash of the machine would. */
  async killNode(): Promise<void> {
    const daemon = this.#daemons.get("slurmd")!;
    // Those of steps have left the daemon's process tree.
    const steps = await processes((line) => line.includes("slurmstepd: ["));
    const children = await descendants([daemon.pid, ...steps]);
    for (const pid of [daemon.pid, ...steps, ...children]) kill(pid);
    await daemon.status;
  }

  /** The state of the node, as sinfo names it. */
  async nodeState(): Promise<string> {
    const { code, stdout } = await this.#run("sinfo", "--noheader", "--format=%t");
    return code === 0 ? text(stdout).trim() : "";
  }

  /** Submits a script, and gives the job's number. */
  async submit(env: Record<string, string>, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run("sbatch", "--parsable", ...args, env);
    if (code !== 0) throw new Error(stderr);
    return text(stdout).trim();
  }

  /**
   * Waits until all tasks of a job have ended, and lets none wait before it is begun again.
   *
   * @returns of each task its state, exit code and number of restarts
   */
  async finish(job: string): Promise<TaskEnd[]> {
    let tasks: TaskEnd[] = [];
    await waitFor(`job ${job}`, async () => {
      tasks = await this.#tasks(job);
      for (const { id, state, reason } of tasks) {
        if (state === "PENDING" && reason === "BeginTime") {
          await this.#run("scontrol", "update", `JobId=${id}`, "StartTime=now");
        }
      }
      const active = ["PENDING", "RUNNING", "COMPLETING", "REQUEUED", "CONFIGURING"];
      return tasks.length > 0 && tasks.every(({ state }) => !active.includes(state));
    });
    return tasks;
  }

  async #tasks(job: string): Promise<TaskEnd[]> {
    const { stdout } = await this.#run("scontrol", "--oneliner", "show", "job", job);
    return text(stdout).trimEnd().split("\n").map((line) => {
      const field = (name: string) => new RegExp(`\\b${name}=(\\S+)`).exec(line)?.[1] ?? "";
      return {
        id: field("JobId"),
        task: Number(field("ArrayTaskId")),
        state: field("JobState"),
        reason: field("Reason"),
        exitCode: field("ExitCode"),
        restarts: Number(field("Restarts")),
      };
    });
  }

  #start(program: string, args: string[]): void {
    const path = `/usr/sbin/${program}`;
    const log = `${this.folder}/${program}.log`;
    // In a session of its own, so that a node can be killed without the rest.
    const command = `exec ${[path, ...args].map((word) => `'${word}'`).join(" ")} >>'${log}' 2>&1`;
    const child = new Deno.Command("setsid", { args: ["sh", "-c", command], stdin: "null" })
      .spawn();
    this.#daemons.set(program, child);
  }

  #run(program: string, ...args: (string | Record<string, string>)[]) {
    const words = args.filter((word) => typeof word === "string");
    const env = Object.assign({}, ...args.filter((word) => typeof word === "object"));
    return spawn(program, words, {
      cwd: this.folder,
      env: { ...env, SLURM_CONF: `${this.folder}/slurm.conf` },
    });
  }

  /** Ends the daemons and what they run. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run("scancel", "--full", "--user", userInfo().username);
    await this.#run("scontrol", "shutdown");
    const steps = await processes((line) => line.includes("slurmstepd: ["));
    for (const pid of steps) kill(pid);
    for (const daemon of this.#daemons.values()) {
      kill(daemon.pid);
      await daemon.status;
    }
  }
}

/** How a task of a job has ended. */
export interface TaskEnd {
  id: string;
  /** Index in its array. */
  task: number;
  /** As Slurm names it: `COMPLETED`, `FAILED`. */
  state: string;
  /** Why it waits. */
  reason: string;
  /** Exit code and signal: `1:0`. */
  exitCode: string;
  restarts: number;
}

function configuration(folder: string): string {
  const host = hostname().split(".")[0]!;
  const user = userInfo().username;
  return [
    "ClusterName=linear-style",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmUser=${user}`,
    `SlurmdUser=${user}`,
    `SlurmctldPort=${PORTS.controller}`,
    `SlurmdPort=${PORTS.node}`,
    `AuthInfo=socket=${folder}/munge.socket`,
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/slurmd.pid`,
    // Control groups are not to be had in containers.
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "JobAcctGatherType=jobacct_gather/none",
    "AccountingStorageType=accounting_storage/none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_Core",
    "SlurmdParameters=config_overrides",
    "ReturnToService=2",
    "SlurmdTimeout=10",
    "JobRequeue=1",
    "RequeueExit=137",
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=16000`,
    "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
    "",
  ].join("\n");
}

/** Waits for something that takes a while. */
export async function waitFor(
  what: string,
  isThere: () => boolean | Promise<boolean>,
  seconds = 120,
): Promise<void> {
  for (const started = performance.now(); performance.now() - started < 1000 * seconds;) {
    if (await isThere()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} is not ready after ${seconds} s`);
}

/** Numbers of the processes of this user whose command line is looked for. */
export async function processes(isWanted: (commandLine: string) => boolean): Promise<number[]> {
  const { stdout } = await spawn("ps", ["-ww", "-u", `${userInfo().uid}`, "-o", "pid=,args="]);
  return text(stdout).split("\n").filter(isWanted).map((line) => Number.parseInt(line));
}

/** Numbers of the processes that were started by some, directly or not. */
async function descendants(pids: readonly number[]): Promise<number[]> {
  const { stdout } = await spawn("ps", ["-e", "-o", "pid=,ppid="]);
  const rows = text(stdout).trim().split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const children = rows.filter(([, parent]) => pids.includes(parent!)).map(([pid]) => pid!);
  return children.length === 0 ? [] : [...children, ...await descendants(children)];
}

/** Ends a process at once, if it is still there. */
export function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * What tests need of the machine beyond Deno. Where it is missing they are left out, visibly; with
 * SKIP_NOTHING=1, as in CI, they run and fail.
 */
export function missing(isThere: boolean): boolean {
  return !isThere && Deno.env.get("SKIP_NOTHING") !== "1";
}

/** Whether ffmpeg and ffprobe are in PATH. */
export const hasFfmpeg = await Promise.all(
  ["ffmpeg", "ffprobe"].map((name) =>
    new Deno.Command(name, { args: ["-version"], stdout: "null", stderr: "null" }).output()
  ),
).then(() => true, () => false);

/** How a process gets file systems of its own: as root, or as a user who is root in there. */
const OWN_FILE_SYSTEMS = [["-m"], ["-rm"]];

/** The first of those ways that works here. */
async function ownFileSystems(): Promise<string[] | undefined> {
  for (const flags of OWN_FILE_SYSTEMS) {
    const args = [...flags, "mount", "-t", "tmpfs", "none", "/mnt"];
    const tried = new Deno.Command("unshare", { args, stdout: "null", stderr: "null" }).output();
    if (await tried.then(({ success }) => success, () => false)) return flags;
  }
}

/** Flags of `unshare` that give a process file systems of its own, where that can be had. */
export const unshare = await ownFileSystems();

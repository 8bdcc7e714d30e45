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

import { pathToFileURL } from "node:url";
import { Stylizer } from "../mod.ts";
import type { OutputOptions, RuntimeOptions } from "./options.ts";
import { resolvePath } from "./paths.ts";
import type { Progress } from "./progress.ts";

/** Opens the model and the backend that the options name. */
export async function loadStylizer(
  { model, backend, threads, quiet, verbose }: RuntimeOptions & OutputOptions,
  progress: Progress,
): Promise<Stylizer> {
  progress.step("Starting");
  const isFolder = /[/\\.]/.test(model);
  const stylizer = await Stylizer.load({
    model: isFolder ? pathToFileURL(`${resolvePath(model)}/`) : model,
    backend,
    ...(threads ? { threads } : {}),
    onNote: (note) => {
      progress.clear();
      if (!quiet) console.error(`note: ${note}`);
    },
  });
  if (verbose) {
    const { name, device } = stylizer.network.backend;
    progress.clear();
    console.error(`backend: ${name} (${device})`);
  }
  return stylizer;
}

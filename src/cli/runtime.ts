import { pathToFileURL } from "node:url";
import { modelChecksum, parseManifest, Stylizer } from "../mod.ts";
import { quote } from "./errors.ts";
import type { OutputOptions, RuntimeOptions } from "./options/definitions.ts";
import { resolvePath } from "./io/paths.ts";
import type { Progress } from "./io/progress.ts";

/** Opens the model and the backend that the options name. */
export async function loadStylizer(
  { model, backend, precision, threads, quiet, verbose }: RuntimeOptions & OutputOptions,
  progress: Progress,
): Promise<Stylizer> {
  progress.step("Starting");
  const isFolder = /[/\\.]/.test(model);
  const stylizer = await Stylizer.load({
    model: isFolder ? pathToFileURL(`${resolvePath(model)}/`) : model,
    backend,
    precision,
    ...(threads ? { threads } : {}),
    onNote: (note) => {
      progress.clear();
      if (!quiet) console.error(`note: ${note}`);
    },
  });
  if (isFolder && !quiet && !told.has(model) && !await isShipped(stylizer)) {
    told.add(model);
    progress.clear();
    console.error(
      `note: the model in ${quote(model)} is not one of this program:` +
        " its files are checked against its own model.json, and against nothing else",
    );
  }
  if (verbose) {
    const { name, device } = stylizer.backend;
    progress.clear();
    console.error(`backend: ${name} (${device})`);
  }
  return stylizer;
}

/** Folders of models that something was said of. */
const told = new Set<string>();

/** Whether a model is, file by file, one that comes with the program. */
async function isShipped({ model }: Stylizer): Promise<boolean> {
  const models = new URL("../../models/", import.meta.url);
  for await (const { name } of Deno.readDir(models)) {
    const file = new URL(`${name}/model.json`, models);
    const text = await Deno.readTextFile(file).catch(() => undefined);
    if (text === undefined) continue;
    if (await modelChecksum(parseManifest(text, name)) === model.checksum) return true;
  }
  return false;
}

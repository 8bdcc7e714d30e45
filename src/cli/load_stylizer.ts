import { pathToFileURL } from "node:url";
import { modelChecksum, parseManifest, Stylizer } from "../mod.ts";
import { explainSystemError, FileError, quote } from "./errors.ts";
import { resolvePath } from "./io/paths.ts";
import type { Reporter } from "./io/reporter.ts";
import type { RuntimeOptions } from "./options/types.ts";

/** Whether a model is named by its folder, not as one of this program. */
function isFolderName(model: string): boolean {
  return /[/\\.]/.test(model);
}

/**
 * The checksum of a model, before it is opened.
 *
 * @throws {FileError} if there is no such model
 */
export async function readModelChecksum(model: string): Promise<string> {
  const folder = isFolderName(model)
    ? pathToFileURL(`${resolvePath(model)}/`)
    : new URL(`../../models/${model}/`, import.meta.url);
  const file = new URL("model.json", folder);
  const text = await Deno.readTextFile(file).catch((error) => {
    const reason = explainSystemError(error);
    throw new FileError(`Cannot read the model ${quote(model)}: ${reason}`, { cause: error });
  });
  return await modelChecksum(parseManifest(text, model));
}

/** Opens the model and the backend that the options name. */
export async function loadStylizer(
  { model, backend, precision, threads }: RuntimeOptions,
  reporter: Reporter,
): Promise<Stylizer> {
  reporter.step("Starting");
  const isFolder = isFolderName(model);
  const stylizer = await Stylizer.load({
    model: isFolder ? pathToFileURL(`${resolvePath(model)}/`) : model,
    backend,
    precision,
    ...(threads ? { threads } : {}),
    onNote: (note) => reporter.note(note),
  });
  if (isFolder && !noted.has(model) && !await isShipped(stylizer)) {
    noted.add(model);
    reporter.note(
      `the model in ${quote(model)} is not one of this program:` +
        " its files are checked against its own model.json, and against nothing else",
    );
  }
  const { name, device } = stylizer.backend;
  reporter.detail(`backend: ${name} (${device})`);
  return stylizer;
}

/** Folders of models that a note was written about: bench loads one several times. */
const noted = new Set<string>();

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

/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * The page: controls, and what follows from them.
 *
 * @module
 */

import { zipSync } from "fflate";
import type { FileFormat, Settings } from "./worker/protocol.ts";
import { Comparison } from "./page/comparison.ts";
import { Engine } from "./page/engine.ts";
import { receiveFiles, receivePasted, save, stem } from "./page/files.ts";
import { isolate, maxPixelsHere, threadsHere } from "./page/isolation.ts";
import { Live } from "./page/live.ts";
import { MaskPainter } from "./page/mask.ts";
import { Preview } from "./page/preview.ts";
import { Shelf } from "./page/shelf.ts";

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const input = (id: string) => element<HTMLInputElement>(id);

const assets = new URL("./", location.href);
const engine = new Engine(new URL("worker.js", assets));
const comparison = new Comparison(element("comparison"));
const shelf = new Shelf(element("shelf"), changed);
const mask = new MaskPainter(
  element("mask"),
  () => input("mask-size").valueAsNumber / 100,
  changed,
);
const preview = new Preview(engine, {
  read: () => isReady() ? { ...read(), ...maskNow() } : undefined,
  show(image, isFull, seconds) {
    const size = `${image.width}×${image.height} px`;
    comparison.showResult(image);
    say(isFull ? `${size} in ${seconds.toFixed(1)} s` : `Preview, ${size}`);
    for (const button of downloads) button.disabled = !isFull;
  },
  showProgress(share) {
    element("progress").hidden = share === undefined;
    element<HTMLProgressElement>("bar").value = share ?? 0;
  },
  showError: ({ message }) => complain(message),
});
const live = new Live(engine, element("video"), element("live-canvas"), {
  read,
  onFrame: (text) => element("live-status").textContent = text,
});
const downloads = document.querySelectorAll<HTMLButtonElement>("[data-format]");

let contents: File[] = [];
let hasContent = false;

/** Settings as the controls have them. */
function readSettings(): Settings {
  const levels = [1, 2, 3, 4].map((level) => input(`level-${level}`).valueAsNumber);
  return {
    alpha: input("alpha").valueAsNumber / 100,
    levels: levels.some((weight) => weight > 0) ? levels : [1, 1, 1, 1],
    color: element<HTMLSelectElement>("color").value as Settings["color"],
    brush: element<HTMLSelectElement>("brush").value as Settings["brush"],
    styleSize: input("style-size").valueAsNumber,
  };
}

function read() {
  return { styles: shelf.read(input("balance").valueAsNumber / 100), settings: readSettings() };
}

function maskNow() {
  const painted = mask.read();
  return painted ? { mask: painted } : {};
}

function isReady(): boolean {
  return hasContent && shelf.chosen.length > 0 && !live.isRunning;
}

function changed(): void {
  element("balance-row").hidden = shelf.chosen.length !== 2;
  for (const button of downloads) button.disabled = true;
  if (isReady()) preview.update();
}

function say(text: string): void {
  element("status").textContent = text;
}

function complain(text: string): void {
  element("error").textContent = text;
  element("error").hidden = text === "";
}

/** Does something that may fail with a sentence for the user. */
async function attempt(work: () => Promise<void>): Promise<void> {
  complain("");
  try {
    await work();
  } catch (error) {
    complain((error as Error).message);
  }
}

async function takeContents(files: File[]): Promise<void> {
  const [first] = files;
  if (!first) return;
  if (first.type.startsWith("video/")) return await openLive(() => live.openFile(first));
  say(`Reading ${first.name}`);
  const size = await engine.ask("setContent", {
    file: first,
    name: first.name,
    maxPixels: maxPixelsHere(),
  });
  contents = files;
  hasContent = true;
  element("batch").hidden = files.length < 2;
  comparison.showContent(await createImageBitmap(first).catch(() => placeholder(size)));
  mask.reset(size);
  changed();
}

/** What is shown of a content that the browser itself cannot show: a TIFF. */
function placeholder({ width, height }: { width: number; height: number }): Promise<ImageBitmap> {
  return createImageBitmap(new ImageData(width, height));
}

async function takeStyles(files: File[]): Promise<void> {
  for (const file of files) {
    const added = await engine.ask("addStyle", { file, name: packName(file.name) });
    shelf.add(added, true);
  }
}

/** A pack is told by its suffix; of pictures the suffix is no part of the style's name. */
function packName(name: string): string {
  return name.endsWith(".safetensors") ? name : stem(name);
}

async function openLive(open: () => Promise<void>): Promise<void> {
  element("live").hidden = false;
  await open();
}

async function downloadAll(): Promise<void> {
  const files: Record<string, Uint8Array> = {};
  const failures: string[] = [];
  for (const [index, file] of contents.entries()) {
    say(`Picture ${index + 1} of ${contents.length}`);
    try {
      await engine.ask("setContent", { file, name: file.name, maxPixels: maxPixelsHere() });
      await engine.ask("stylize", read());
      const blob = await engine.ask("encode", { format: "jpeg", quality: 92 });
      files[`${index + 1}-${stem(file.name)}.jpg`] = new Uint8Array(await blob.arrayBuffer());
    } catch (error) {
      failures.push(`${file.name}: ${(error as Error).message}`);
    }
  }
  save(new Blob([zipSync(files, { level: 0 }) as Uint8Array<ArrayBuffer>]), "stylized.zip");
  say(`${Object.keys(files).length} pictures in stylized.zip`);
  if (failures.length > 0) throw new Error(failures.join("; "));
}

async function record(): Promise<void> {
  const button = element<HTMLButtonElement>("record");
  const recording = live.record();
  button.textContent = "End recording";
  await new Promise<void>((resolve) =>
    button.addEventListener("click", () => resolve(), { once: true })
  );
  const film = await recording.end();
  button.textContent = "Record";
  save(film, `stylized.${film.type.includes("mp4") ? "mp4" : "webm"}`);
}

function listen(): void {
  receiveFiles(element("content-zone"), (files) => void attempt(() => takeContents(files)));
  receiveFiles(element("style-zone"), (files) => void attempt(() => takeStyles(files)));
  receivePasted((files) =>
    void attempt(() => hasContent ? takeStyles(files) : takeContents(files))
  );
  element("controls").addEventListener("input", changed);
  element("clear-mask").addEventListener("click", () => {
    mask.reset(element<HTMLCanvasElement>("mask"));
    changed();
  });
  input("paint").addEventListener("change", () => {
    element("comparison").classList.toggle("painting", input("paint").checked);
  });
  input("mix").addEventListener("change", () => {
    element("shelf").classList.toggle("mixing", input("mix").checked);
  });
  element("stop").addEventListener("click", () => preview.stop());
  for (const button of downloads) {
    const format = button.dataset["format"] as FileFormat;
    button.addEventListener("click", () =>
      void attempt(async () => {
        const file = await engine.ask("encode", { format, quality: 92 });
        const name = stem(contents[0]?.name ?? "picture");
        save(file, `${name}-stylized.${format === "jpeg" ? "jpg" : format}`);
      }));
  }
  element("download-all").addEventListener("click", () => void attempt(downloadAll));
  element("save-pack").addEventListener("click", () =>
    void attempt(async () => {
      const { settings: { styleSize } } = read();
      save(
        await engine.ask("writePack", { styles: shelf.chosen, styleSize }),
        "styles.safetensors",
      );
    }));
  element("webcam").addEventListener(
    "click",
    () => void attempt(() => openLive(() => live.openWebcam())),
  );
  element("record").addEventListener("click", (event) => {
    if ((event.currentTarget as HTMLElement).textContent === "Record") void attempt(record);
  });
  element("live-stop").addEventListener("click", () => {
    live.stop();
    element("live").hidden = true;
  });
}

async function start(): Promise<void> {
  await isolate(new URL("service_worker.js", assets));
  const backend = new URLSearchParams(location.search).get("backend") ?? "auto";
  say("Loading the networks");
  const started = await engine.ask("start", {
    assets: assets.href,
    threads: threadsHere(),
    backend: backend as "auto",
  });
  element("runs-on").textContent =
    `Runs on ${started.backend}, ${started.device}. ${started.reason}`;
  for (const name of await (await fetch(new URL("styles.json", assets))).json() as string[]) {
    const response = await fetch(new URL(`styles/${name}`, assets));
    shelf.add(await engine.ask("addStyle", { file: await response.blob(), name: stem(name) }));
  }
  say("Ready: drop a picture");
  document.documentElement.dataset["state"] = "ready";
}

listen();
void attempt(start);

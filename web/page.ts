/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * The page: controls, and what follows from them.
 *
 * @module
 */

import type { FileFormat, Look, Size } from "./worker/protocol.ts";
import { Comparison } from "./page/comparison.ts";
import { backendHere, maxPixelsHere, threadsHere } from "./page/device.ts";
import { Engine, StoppedError } from "./page/engine.ts";
import {
  keepPage,
  receiveDropped,
  receivePasted,
  receivePicked,
  save,
  stem,
} from "./page/files.ts";
import { isolate } from "./page/isolation.ts";
import { Live } from "./page/live.ts";
import { isLook, readLook, resetLook, showLook } from "./page/look.ts";
import { MaskPainter } from "./page/mask.ts";
import { Preview } from "./page/preview.ts";
import { imageOf, Shelf } from "./page/shelf.ts";

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const input = (id: string) => element<HTMLInputElement>(id);
const choice = (id: string) => element<HTMLSelectElement>(id);

/** What comes with the page: see `web/build.ts`. */
interface Gallery {
  /** Names of files in `styles`. */
  styles: string[];
  /** Names of files in `photos`. */
  photos: string[];
}

/** How long after a result what may be wanted later is fetched, in milliseconds. */
const OFFLINE_AFTER = 3000;

const assets = new URL("./", location.href);
const engine = new Engine(new URL("worker.js", assets));
const comparison = new Comparison(element("comparison"));
const shelf = new Shelf(element("shelf"), styleChanged);
const mask = new MaskPainter(
  element("mask"),
  () => input("mask-size").valueAsNumber / 200,
  changed,
);
const preview = new Preview(engine, {
  read: () => isReady() ? { ...readAll(), ...maskNow() } : undefined,
  show({ image, isFull, seconds }) {
    const size = `${image.width}×${image.height} px`;
    comparison.showResult(image);
    say(isFull ? `${size} in ${seconds.toFixed(1)} s` : `Preview, ${size}`);
    element<HTMLButtonElement>("download").disabled = !isFull;
    if (isFull) setTimeout(() => void keepForOffline(), OFFLINE_AFTER);
  },
  showProgress,
  showError: ({ message }) => {
    say("No result");
    complain(message);
  },
});
const live = new Live(engine, element("video"), element("live-canvas"), {
  read: readAll,
  onFrame: (text) => element("live-status").textContent = text,
});

/** The backend that the address names, if it names one. */
const askedBackend = new URLSearchParams(location.search).get("backend") as "auto" | null;

let contents: File[] = [];
let gallery: Gallery = { styles: [], photos: [] };

function readAll(): Look {
  return { styles: shelf.read(input("balance").valueAsNumber / 100), settings: readLook() };
}

function maskNow() {
  const painted = mask.read();
  return painted ? { mask: painted } : {};
}

function isReady(): boolean {
  return contents.length > 0 && shelf.chosen.length > 0 && !live.isRunning;
}

/** To be called when content, styles, settings or mask have changed. */
function changed(): void {
  element("balance-row").hidden = shelf.chosen.length !== 2;
  element<HTMLButtonElement>("download").disabled = true;
  if (isReady()) preview.update();
}

/** To be called when other styles are chosen. */
function styleChanged(): void {
  changed();
  // A backend that is asked for by name may be slow: there, nothing is computed unasked.
  if (contents.length > 0 || live.isRunning || askedBackend) return;
  // A failure is told where there is a photo for the style.
  void engine.ask("prepare", readAll()).catch(() => {});
}

function say(text: string): void {
  element("status").textContent = text;
}

function complain(text: string): void {
  element("error").textContent = text;
  element("error").hidden = text === "";
}

function showProgress(share: number | undefined): void {
  element("progress").hidden = share === undefined;
  element<HTMLProgressElement>("bar").value = share ?? 0;
}

/** Does something that may fail with a sentence for the user. */
async function report(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StoppedError)) complain((error as Error).message);
  }
}

/** How many things the user has asked for and waits for. */
let waiting = 0;

/** Does what the user asks for; until that is done, the page says that it is busy. */
async function attempt(work: () => void | Promise<void>): Promise<void> {
  const { documentElement } = document;
  complain("");
  waiting++;
  documentElement.toggleAttribute("data-busy", true);
  await report(work);
  waiting--;
  documentElement.toggleAttribute("data-busy", waiting > 0);
}

/** Shows one of: the invitation, content and result, the live view. */
function showStage(name: "empty" | "comparison" | "live"): void {
  for (const id of ["empty", "comparison", "live"]) element(id).hidden = id !== name;
  element("finish").hidden = name !== "comparison";
}

async function takeContents(files: File[]): Promise<void> {
  const [first] = files;
  if (!first) return;
  if (first.type.startsWith("video/")) return await showLive(() => live.openFile(first));
  live.stop();
  await takeContent(first);
  contents = files;
  choice("photos").replaceChildren(...files.map(({ name }) => new Option(name)));
  for (const id of ["photos-row", "download-all"]) element(id).hidden = files.length < 2;
  changed();
}

/** Makes a file the content; what there was stays where it cannot be read. */
async function takeContent(file: File): Promise<void> {
  say(`Reading ${file.name}`);
  element<HTMLButtonElement>("download").disabled = true;
  let size: Size;
  try {
    size = await engine.ask("setContent", { file, maxPixels: maxPixelsHere() });
  } catch (error) {
    say("");
    changed(); // What was stopped for it goes on.
    throw error;
  }
  const image = await createImageBitmap(file).catch(async () =>
    (await engine.ask("showContent", {})).image
  );
  if (image.width !== size.width) {
    complain(
      `The photo is made smaller, ${size.width}×${size.height} px: more does not fit this device`,
    );
  }
  comparison.showContent(image);
  mask.reset(size);
  showStage("comparison");
}

async function takeStyles(files: File[]): Promise<void> {
  const chosen: number[] = [];
  const failures: string[] = [];
  for (const file of files) {
    try {
      // A pack is told by its suffix; of pictures the suffix is no part of the style's name.
      const name = file.name.endsWith(".safetensors") ? file.name : stem(file.name);
      const added = await engine.ask("addStyle", { source: file, name });
      for (const style of added) shelf.add(style);
      chosen.push(added[0]!.style);
    } catch (error) {
      failures.push(`${file.name}: ${(error as Error).message}`);
    }
  }
  if (chosen.length > 0) shelf.choose(chosen.slice(0, 1));
  if (failures.length > 0) throw new Error(failures.join("; "));
}

async function showLive(open: () => Promise<void>): Promise<void> {
  const before = contents.length > 0 ? "comparison" : "empty";
  await open();
  preview.stop();
  say("");
  showStage("live");
  void report(async () => {
    try {
      await live.run();
    } finally {
      await saveFilm();
      // A photo may have taken its place.
      if (!element("live").hidden) showStage(before);
      changed();
    }
  });
}

/** Begins to record, or ends it. */
async function record(): Promise<void> {
  if (live.isRecording) return await saveFilm();
  live.record();
  element("record").textContent = "End recording";
}

async function saveFilm(): Promise<void> {
  if (!live.isRecording) return;
  element("record").textContent = "Record";
  const film = await live.endRecording();
  save(film, `${shelf.name}.${film.type.includes("mp4") ? "mp4" : "webm"}`);
}

async function download(): Promise<void> {
  const format = choice("format").value as FileFormat;
  const file = await engine.ask("encode", { format });
  const content = stem(contents[choice("photos").selectedIndex]!.name);
  save(file, `${content}-${shelf.name}.${format === "jpeg" ? "jpg" : format}`);
}

/** All photos in the look that is chosen, as one file. */
async function downloadAll(): Promise<void> {
  const look = { ...readAll(), format: choice("format").value as FileFormat };
  const failures: string[] = [];
  preview.stop();
  let done = 0;
  // Whatever is changed now would be for some of the photos only.
  const setBusy = (busy: boolean) => {
    for (const id of ["controls", "finish"]) element(id).inert = busy;
  };
  setBusy(true);
  try {
    for (const [index, file] of contents.entries()) {
      say(`Photo ${index + 1} of ${contents.length}`);
      const onProgress = (share: number) => showProgress((index + share) / contents.length);
      onProgress(0);
      try {
        const request = { ...look, file, maxPixels: maxPixelsHere() };
        await engine.ask("archive", request, { onProgress });
        done++;
      } catch (error) {
        if (error instanceof StoppedError) break;
        failures.push(`${file.name}: ${(error as Error).message}`);
      }
    }
    const archive = await engine.ask("takeArchive", {});
    if (done > 0) save(archive, `${shelf.name}.zip`);
  } finally {
    setBusy(false);
    showProgress(undefined);
    changed();
  }
  complain(failures.join("; "));
}

async function takeMask([file]: File[]): Promise<void> {
  const picture = await createImageBitmap(file!).catch(() => {
    throw new Error(`${file!.name} is no picture that this browser can read as a mask`);
  });
  mask.take(picture);
}

async function takeExample(name: string): Promise<void> {
  const response = await fetch(new URL(`photos/${name}`, assets)).catch(() => undefined);
  if (!response?.ok) throw new Error("This photo could not be loaded: choose one of your own");
  await takeContents([new File([await response.blob()], name, { type: "image/jpeg" })]);
}

/** Fetches what else the page may want without a network. */
async function keepForOffline(): Promise<void> {
  const { styles } = gallery;
  gallery = { ...gallery, styles: [] };
  for (const name of styles) await fetch(new URL(`styles/${name}`, assets)).catch(() => {});
}

function listen(): void {
  const click = (id: string, work: () => void | Promise<void>) =>
    element(id).addEventListener("click", () => void attempt(work));
  const giveContents = (files: File[]) => void attempt(() => takeContents(files));
  const giveStyles = (files: File[]) => void attempt(() => takeStyles(files));
  keepPage();
  receiveDropped(element("stage"), giveContents);
  receiveDropped(element("controls"), giveStyles);
  receivePicked(input("content-input"), giveContents);
  receivePicked(input("other-input"), giveContents);
  receivePicked(input("style-input"), giveStyles);
  receivePicked(input("mask-input"), (files) => void attempt(() => takeMask(files)));
  receivePasted((files) => contents.length > 0 ? giveStyles(files) : giveContents(files));

  element("controls").addEventListener("input", ({ target }) => {
    showLook();
    if (isLook(target as Element)) void attempt(changed);
  });
  input("mix").addEventListener("change", () => shelf.isMixing = input("mix").checked);
  input("paint").addEventListener("change", () => {
    element("comparison").classList.toggle("painting", input("paint").checked);
  });
  choice("photos").addEventListener("change", () =>
    void attempt(async () => {
      await takeContent(contents[choice("photos").selectedIndex]!);
      changed();
    }));
  click("clear-mask", () => {
    mask.reset(element<HTMLCanvasElement>("mask"));
    changed();
  });
  click("reset", () => {
    resetLook();
    changed();
  });
  click("stop", () => {
    preview.stop();
    say("Stopped");
  });
  click("download", download);
  click("download-all", downloadAll);
  click("save-pack", async () => {
    const request = { styles: shelf.chosen, styleSize: readLook().styleSize };
    save(await engine.ask("writePack", request), `${shelf.name}.safetensors`);
  });
  for (const button of document.querySelectorAll(".webcam")) {
    button.addEventListener("click", () => void attempt(() => showLive(() => live.openWebcam())));
  }
  click("record", record);
  click("snapshot", async () => await takeContents([await live.takePhoto()]));
  click("live-stop", () => live.stop());
}

async function fillGallery(): Promise<void> {
  gallery = await (await fetch(new URL("gallery.json", assets))).json();
  for (const name of gallery.photos) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", `Begin with ${stem(name)}`);
    button.append(imageOf(new URL(`photos/small/${name}`, assets)));
    button.addEventListener("click", () => void attempt(() => takeExample(name)));
    element("examples").append(button);
  }
  const styles: number[] = [];
  for (const name of gallery.styles) {
    const source = new URL(`styles/${name}`, assets).href;
    const [added] = await engine.ask("addStyle", { source, name: stem(name) });
    shelf.add(added!, new URL(`styles/small/${name}`, assets));
    styles.push(added!.style);
  }
  // Last: what is prepared for a style keeps the worker from all else.
  if (shelf.chosen.length === 0) shelf.choose(styles.slice(0, 1));
}

async function start(): Promise<void> {
  await isolate(new URL("service_worker.js", assets));
  say("Loading the networks");
  const { backend, device, reason } = await engine.ask("start", {
    assets: assets.href,
    threads: threadsHere(),
    backend: askedBackend ?? backendHere(),
  });
  element("runs-on").textContent = `Runs on ${backend}, ${device}. ${reason}`;
  await fillGallery();
  if (contents.length === 0) say("Ready");
  document.documentElement.dataset["state"] = "ready";
}

showLook();
listen();
void attempt(start);

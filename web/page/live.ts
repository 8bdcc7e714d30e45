/**
 * A webcam or a video, stylized frame by frame at the size that the machine manages.
 *
 * @module
 */

import type { Settings, StyleShare } from "../worker/protocol.ts";
import type { Engine } from "./engine.ts";

/** Short sides that frames are stylized at, in pixels. */
const SIDES = [96, 128, 160, 192, 256, 320, 384, 512];

/** Frames a second below which frames become smaller, and above which larger. */
const [SLOW, FAST] = [8, 20];

/** What a live view needs to know of the rest of the page. */
export interface LiveSource {
  /** Styles and settings as they are now. */
  read(): { styles: readonly StyleShare[]; settings: Settings };
  /** Called for each frame with its size and how many a second there are. */
  onFrame(text: string): void;
}

/** Stylizes what a `<video>` shows, onto a canvas. */
export class Live {
  #isRunning = false;
  #side = 2;
  #recorder: MediaRecorder | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly video: HTMLVideoElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly source: LiveSource,
  ) {}

  /** Whether frames are being stylized. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Stylizes the webcam. @throws {DOMException} if the user or the browser refuses it. */
  async openWebcam(): Promise<void> {
    this.video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
    await this.#run();
  }

  /** Stylizes a video file, over and over. */
  async openFile(file: File): Promise<void> {
    this.video.src = URL.createObjectURL(file);
    this.video.loop = true;
    await this.#run();
  }

  /** Ends the view; the webcam is given back. */
  stop(): void {
    this.#isRunning = false;
    this.#recorder?.stop();
    this.#recorder = undefined;
    if (this.video.srcObject instanceof MediaStream) {
      for (const track of this.video.srcObject.getTracks()) track.stop();
    }
    if (this.video.src) URL.revokeObjectURL(this.video.src);
    this.video.srcObject = null;
    this.video.removeAttribute("src");
  }

  /** Begins to record what the canvas shows; `end` ends it and gives the file. */
  record(): { end(): Promise<Blob> } {
    const recorder = new MediaRecorder(this.canvas.captureStream());
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise<void>((resolve) => recorder.onstop = () => resolve());
    recorder.start();
    this.#recorder = recorder;
    return {
      async end() {
        if (recorder.state !== "inactive") recorder.stop();
        await ended;
        return new Blob(parts, { type: recorder.mimeType });
      },
    };
  }

  async #run(): Promise<void> {
    await this.video.play();
    this.#isRunning = true;
    while (this.#isRunning) {
      const start = performance.now();
      await this.#stylizeFrame();
      this.#adapt(1000 / (performance.now() - start));
    }
  }

  async #stylizeFrame(): Promise<void> {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, SIDES[this.#side]! / Math.min(videoWidth, videoHeight));
    const frame = await createImageBitmap(this.video, {
      resizeWidth: Math.round(videoWidth * scale),
      resizeHeight: Math.round(videoHeight * scale),
    });
    await this.engine.ask("setFrame", { frame }, { transfer: [frame] });
    const { image } = await this.engine.ask("stylize", this.source.read());
    this.canvas.width = image.width;
    this.canvas.height = image.height;
    this.canvas.getContext("2d")!.drawImage(image, 0, 0);
    image.close();
  }

  #adapt(rate: number): void {
    const { width, height } = this.canvas;
    this.source.onFrame(
      `${width}×${height} px, ${rate.toFixed(rate < 10 ? 1 : 0)} frames a second`,
    );
    if (rate < SLOW && this.#side > 0) this.#side--;
    else if (rate > FAST && this.#side < SIDES.length - 1) this.#side++;
  }
}

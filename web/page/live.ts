/**
 * A webcam or a video, stylized frame by frame at the size that the machine manages.
 *
 * @module
 */

import type { Look } from "../worker/protocol.ts";
import { type Engine, StoppedError } from "./engine.ts";

/** Short sides that frames are stylized at, in pixels. */
const SIDES = [96, 128, 160, 192, 256, 320, 384, 512];

/** Frames a second below which frames become smaller, and above which larger. */
const [SLOW, FAST] = [8, 14];

/** Share that a frame has in the mean time of frames. */
const SHARE = 0.15;

/** What a live view needs to know of the rest of the page. */
export interface LiveSource {
  /** Styles and settings as they are now. */
  read(): Look;
  /** Called for each frame with its size and how many a second there are. */
  onFrame(text: string): void;
}

/** Stylizes what a `<video>` shows, onto a canvas. */
export class Live {
  #isRunning = false;
  #side = 2;
  #recorder: MediaRecorder | undefined;
  #film: Promise<Blob> | undefined;

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

  /** Whether what is shown is being recorded. */
  get isRecording(): boolean {
    return this.#recorder !== undefined;
  }

  /** Shows the webcam. @throws {Error} with a sentence for the user, if there is none to be had. */
  async openWebcam(): Promise<void> {
    if (!navigator.mediaDevices) throw new Error("This browser gives pages no camera");
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: true });
    } catch (error) {
      throw new Error(describeRefusal(error as DOMException));
    }
    this.stop();
    this.video.srcObject = stream;
    await this.video.play();
  }

  /** Shows a video file, over and over. @throws {Error} with a sentence, if it cannot be played. */
  async openFile(file: File): Promise<void> {
    this.stop();
    this.video.src = URL.createObjectURL(file);
    this.video.loop = true;
    try {
      await this.video.play();
    } catch {
      this.stop();
      throw new Error(`This browser cannot play ${file.name}`);
    }
  }

  /** Stylizes what is shown, until {@linkcode stop} is called. */
  async run(): Promise<void> {
    this.#isRunning = true;
    let mean = 0;
    try {
      while (this.#isRunning) {
        const start = performance.now();
        await this.#stylizeFrame();
        const time = performance.now() - start;
        mean = mean === 0 ? time : (1 - SHARE) * mean + SHARE * time;
        if (this.#adapt(1000 / mean)) mean = 0;
      }
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
    } finally {
      this.stop();
    }
  }

  /** Ends the view; the webcam is given back. */
  stop(): void {
    this.#isRunning = false;
    const { srcObject, src } = this.video;
    if (srcObject instanceof MediaStream) {
      for (const track of srcObject.getTracks()) track.stop();
    }
    this.video.srcObject = null;
    if (src) URL.revokeObjectURL(src);
    this.video.removeAttribute("src");
  }

  /** What the video shows, as it is, as a file. */
  async takePhoto(): Promise<File> {
    const canvas = new OffscreenCanvas(this.video.videoWidth, this.video.videoHeight);
    canvas.getContext("2d")!.drawImage(this.video, 0, 0);
    return new File([await canvas.convertToBlob()], "photo.png", { type: "image/png" });
  }

  /**
   * Begins to record what the canvas shows, at the size that it has.
   *
   * @throws {Error} with a sentence for the user, if the browser cannot record
   */
  record(): void {
    if (typeof MediaRecorder === "undefined") throw new Error("This browser cannot record");
    const recorder = new MediaRecorder(this.canvas.captureStream());
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    this.#film = new Promise((resolve) => {
      recorder.onstop = () => resolve(new Blob(parts, { type: recorder.mimeType }));
    });
    recorder.start();
    this.#recorder = recorder;
  }

  /** Ends the recording, and gives it. */
  async endRecording(): Promise<Blob> {
    const film = this.#film!;
    this.#recorder?.stop();
    this.#recorder = undefined;
    return await film;
  }

  async #stylizeFrame(): Promise<void> {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, SIDES[this.#side]! / Math.min(videoWidth, videoHeight));
    const frame = await createImageBitmap(this.video, {
      resizeWidth: Math.round(videoWidth * scale),
      resizeHeight: Math.round(videoHeight * scale),
    });
    const request = { ...this.source.read(), frame };
    const { image } = await this.engine.ask("stylizeFrame", request, { transfer: [frame] });
    if (!this.#isRunning) return image.close();
    this.canvas.width = image.width;
    this.canvas.height = image.height;
    this.canvas.getContext("2d")!.drawImage(image, 0, 0);
    image.close();
  }

  /** Tells the rate, and chooses the size of the next frame; whether that is another one. */
  #adapt(rate: number): boolean {
    const { width, height } = this.canvas;
    this.source.onFrame(
      `${width}×${height} px, ${rate.toFixed(rate < 10 ? 1 : 0)} frames a second`,
    );
    if (this.isRecording) return false;
    if (rate < SLOW && this.#side > 0) this.#side--;
    else if (rate > FAST && this.#side < SIDES.length - 1) this.#side++;
    else return false;
    return true;
  }
}

function describeRefusal({ name, message }: DOMException): string {
  switch (name) {
    case "NotAllowedError":
      return "The camera is not allowed: allow it for this page in the browser's settings";
    case "NotFoundError":
      return "No camera was found";
    case "NotReadableError":
      return "The camera is in use by another program";
    default:
      return `The camera does not start: ${message}`;
  }
}

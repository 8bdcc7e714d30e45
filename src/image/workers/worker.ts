/**
 * The thread's side of {@linkcode CodecThreads}.
 *
 * @module
 */

import { sendError } from "../../util/errors.ts";
import { serve } from "../../util/thread.ts";
import { toEightBits } from "../pixels.ts";
import { receivePixels, sendPixels, toTransferable } from "../transfer_pixels.ts";
import { inProcessCodecs } from "./codec_service.ts";
import type { Request, Response, Task } from "./protocol.ts";

serve<Request, Response>((_, respond) => {
  /** Ends when all requests up to now are answered. */
  let queue = Promise.resolve();
  return ({ id, task }) => {
    queue = queue.then(async () => {
      try {
        const { result, transfer } = await run(task);
        respond({ id, ...result }, transfer);
      } catch (error) {
        respond({ id, ...sendError(error) });
      }
    });
  };
});

async function run(task: Task) {
  if (task.kind === "encode") {
    const pixels = receivePixels(task.pixels);
    const notes: string[] = [];
    const options = { ...task.options, onNote: (note: string) => void notes.push(note) };
    const pieces = await inProcessCodecs.encode(pixels, task.format, options);
    const memories = pieces.map(toTransferable);
    return { result: { memories, notes }, transfer: memories };
  }
  if (task.kind === "decode") {
    const { pixels, notes } = await decode(task);
    const sent = sendPixels(pixels);
    return { result: { pixels: sent, notes }, transfer: [sent.memory] };
  }
  const sent = sendPixels(await resize(task));
  return { result: { pixels: sent }, transfer: [sent.memory] };
}

async function decode({ memory, options, header, shortSide }: Task & { kind: "decode" }) {
  const bytes = new Uint8Array(memory);
  return await inProcessCodecs.decode(bytes, { ...options, header }, shortSide);
}

async function resize({ pixels, width, height }: Task & { kind: "resize" }) {
  return await inProcessCodecs.resize(toEightBits(receivePixels(pixels)), width, height);
}

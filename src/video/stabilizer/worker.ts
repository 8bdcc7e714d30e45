/**
 * The worker of {@linkcode StabilizerThread}.
 *
 * @module
 */

import { ImageError } from "../../image/image_error.ts";
import { toEightBits } from "../../image/pixels.ts";
import { receivePixels, sendPixels } from "../../image/transfer_pixels.ts";
import { sendError } from "../../util/errors.ts";
import { serve } from "../../util/thread.ts";
import { Stabilizer } from "./stabilizer.ts";
import type { Request, Response } from "./stabilizer_thread.ts";

serve<Request, Response>((share, respond) => {
  const loading = Stabilizer.load(share as number);
  return async (request) => {
    // All requests wait for the same promise, and so go on in the order in which they came.
    const stabilizer = await loading;
    try {
      if ("analyze" in request) {
        respond(stabilizer.analyze(toEightBits(receivePixels(request.analyze))));
      } else {
        const stylized = toEightBits(receivePixels(request.stabilize));
        const sent = sendPixels(stabilizer.stabilize(stylized, request.changing));
        respond(sent, [sent.memory]);
      }
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      respond(sendError(error));
    }
  };
});

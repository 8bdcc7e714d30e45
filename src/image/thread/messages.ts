import type { DecodeOptions, Picture } from "../decode.ts";
import type { EncodeOptions } from "../encode.ts";
import type { OutputFormat } from "../format.ts";
import type { Pixels } from "../pixels.ts";

/** What is asked of the thread. */
export interface Question {
  id: number;
  work:
    | { kind: "decode"; bytes: Uint8Array<ArrayBuffer>; options: DecodeOptions; shortSide?: number }
    | { kind: "encode"; pixels: Pixels; format: OutputFormat; options: EncodeOptions };
}

/** What it answers, in whatever order. */
export type Answer =
  | { id: number; picture: Picture }
  | { id: number; bytes: Uint8Array }
  | { id: number; error: { name: string; message: string } };

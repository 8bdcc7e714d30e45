import type { ImageHeader } from "../header.ts";
import type { Metadata } from "../metadata/metadata.ts";

/** What a container's file finds in a head; it is upright where nothing is said of it. */
export type Found = Omit<ImageHeader, "format" | "orientation"> & { orientation?: number };

/** What the file of a container exports, beside the codec of the format. */
export interface Container {
  /** @throws {RangeError} if it is cut off, or not as the format has it. */
  readHeader(bytes: Uint8Array): Found | Promise<Found>;
  /** Puts metadata into a file that has none, or its head, where the codec cannot. */
  addMetadata?(bytes: Uint8Array, metadata: Metadata): Uint8Array;
}

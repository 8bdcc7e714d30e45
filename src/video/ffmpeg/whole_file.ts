import { ascii } from "../../util/bytes.ts";

/** Bytes of a packet of a transport stream: as it is, with a time before it, with a code behind it. */
const TRANSPORT_PACKETS = [188, 192, 204];

/** Longest page of an Ogg file, in bytes. */
const LONGEST_PAGE = 65307;

/** Offset of the flags in a page, and the one that says that a stream ends. */
const [FLAGS, LAST] = [5, 4];

/**
 * Looks for the end of a file in formats whose end ffprobe does not miss.
 *
 * @param format as ffprobe names it
 * @returns what is missing, if anything
 */
export async function findMissingEnd(path: string, format: string): Promise<string | undefined> {
  if (format !== "mpegts" && format !== "ogg") return undefined;
  using file = await Deno.open(path);
  const { size, isFile } = await file.stat();
  if (!isFile) return undefined;
  if (format === "mpegts") {
    const isWhole = TRANSPORT_PACKETS.some((length) => size % length === 0);
    return isWhole ? undefined : "its last packet is not whole";
  }
  const start = Math.max(0, size - LONGEST_PAGE);
  await file.seek(start, Deno.SeekMode.Start);
  const end = new Uint8Array(size - start);
  for (let filled = 0; filled < end.length;) {
    const read = await file.read(end.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  const page = lastPage(end);
  return page && (page[FLAGS]! & LAST) !== 0 ? undefined : "it has no last page";
}

/** The last page of an Ogg file, by the mark that it begins with. */
function lastPage(bytes: Uint8Array): Uint8Array | undefined {
  for (let at = bytes.length; (at = bytes.lastIndexOf(0x4f, at - 1)) >= 0;) {
    if (ascii(bytes, at, at + 4) === "OggS") return bytes.subarray(at);
  }
  return undefined;
}

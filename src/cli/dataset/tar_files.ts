/**
 * Tar files as streams of entries, as WebDataset has them.
 *
 * @module
 */

import { basename, dirname, join } from "node:path/posix";
import { createTarDecoder, createTarPacker, type TarHeader } from "modern-tar";
import { FileError } from "../errors.ts";
import { readChunks } from "../io/input.ts";
import { describePath } from "../io/paths.ts";

/** An entry of a tar file, all of it. */
export interface TarEntry {
  header: TarHeader;
  data: Uint8Array<ArrayBuffer>;
}

/**
 * The entries of a tar file, or of one that comes from standard input, one after the other.
 *
 * @throws {FileError} naming the file, if it cannot be read or is not a whole tar file.
 */
export async function* readTar(path: string): AsyncGenerator<TarEntry> {
  try {
    const entries = ReadableStream.from(readChunks(path))
      .pipeThrough(createTarDecoder({ strict: true }));
    for await (const { header, body } of entries) {
      yield { header, data: await new Response(body).bytes() };
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    throw new FileError(`Cannot read ${describePath(path)} as a tar file: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * The entries of samples, as WebDataset has them: those in a row that have the same path up to the
 * first dot of their names.
 */
export async function* samplesOf(
  entries: AsyncIterable<TarEntry>,
): AsyncGenerator<readonly TarEntry[]> {
  let sample: TarEntry[] = [];
  let key: string | undefined;
  for await (const entry of entries) {
    const { name } = entry.header;
    const own = join(dirname(name), basename(name).split(".")[0]!);
    if (own !== key && sample.length > 0) {
      yield sample;
      sample = [];
    }
    key = own;
    sample.push(entry);
  }
  if (sample.length > 0) yield sample;
}

/** The header of an entry under another name: what follows is written anew. */
export function renamed(header: TarHeader, name: string, folder = ""): TarHeader {
  if (name === header.name) return header;
  const { pax: { path: _, linkpath: __, ...pax } = {}, linkname, ...others } = header;
  // A hard link names another entry; a symbolic one a path beside it.
  const target = header.type === "link" && linkname ? join(folder, linkname) : linkname;
  return { ...others, name, pax, ...(target === undefined ? {} : { linkname: target }) };
}

/** A tar file of entries, piece by piece; what goes wrong with an entry ends it. */
export async function* packTar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array> {
  const { readable, controller } = createTarPacker();
  const packing = (async () => {
    try {
      for await (const { header, data } of entries) {
        const writer = controller.add({ ...header, size: data.length }).getWriter();
        await writer.write(data);
        await writer.close();
      }
      controller.finalize();
    } catch (error) {
      controller.error(error);
    }
  })();
  yield* readable;
  await packing;
}

/**
 * XMP that is too long for a segment of a JPEG: its longest properties go to an extension in several
 * segments, which the first part names by a digest.
 *
 * @see Adobe's XMP Specification, part 3, 1.1.3.1
 * @module
 */

import { md5 } from "@noble/hashes/legacy.js";
import { ascii, concatenate, viewOf } from "../../../util/bytes.ts";

/** How a segment of an extension begins; the digest, the length of all and an offset follow. */
export const EXTENSION = "http://ns.adobe.com/xmp/extension/\0";

/** Characters of a digest. */
const DIGEST = 32;

/** What names the extension in the first part: an attribute, or an element. */
const NAMED =
  /\s*xmpNote:HasExtendedXMP\s*=\s*(?:"(\w{32})"|'(\w{32})')|<xmpNote:HasExtendedXMP>(\w{32})<\/xmpNote:HasExtendedXMP>/;

/** The declaration of the name space of that. */
const NOTE_SPACE = /\s+xmlns:xmpNote\s*=\s*(?:"[^"]*"|'[^']*')/g;

/** The extensions of a file, by their digests. */
export class Extensions {
  readonly #parts = new Map<string, { length: number; parts: Map<number, Uint8Array> }>();

  /** Adds a part: what a segment has behind {@linkcode EXTENSION}. */
  add(body: Uint8Array): void {
    const view = viewOf(body);
    const digest = ascii(body, 0, DIGEST);
    const length = view.getUint32(DIGEST);
    const whole = this.#parts.get(digest) ?? { length, parts: new Map() };
    whole.parts.set(view.getUint32(DIGEST + 4), body.subarray(DIGEST + 8));
    this.#parts.set(digest, whole);
  }

  /** XMP with the properties of its extension; as it is where that is missing or damaged. */
  extend(xmp: Uint8Array): Uint8Array {
    if (this.#parts.size === 0) return xmp;
    const main = new TextDecoder().decode(xmp);
    const found = NAMED.exec(main);
    const extension = found && this.#join(found[1] ?? found[2] ?? found[3]!);
    const inner = extension && descriptionsOf(new TextDecoder().decode(extension));
    const end = main.lastIndexOf("</rdf:RDF>");
    if (!inner || end < 0) return xmp;
    const whole = `${main.slice(0, end)}${inner}${main.slice(end)}`.replace(NAMED, "");
    return new TextEncoder().encode(whole);
  }

  #join(digest: string): Uint8Array | undefined {
    const { length, parts } = this.#parts.get(digest) ?? { length: 0, parts: new Map() };
    const joined = concatenate([...parts].sort(([a], [b]) => a - b).map(([, part]) => part));
    return length > 0 && joined.length === length ? joined : undefined;
  }
}

/** The elements in `rdf:RDF`, each with the names of spaces that are declared around them. */
function descriptionsOf(xmp: string): string | undefined {
  const [, around, inner] = /^([^]*?<rdf:RDF[^>]*>)([^]*)<\/rdf:RDF>/.exec(xmp) ?? [];
  if (around === undefined) return undefined;
  const spaces = around.match(SPACE) ?? [];
  return inner!.replace(/<rdf:Description\b(?=([^>]*))/g, (head, attributes: string) => {
    const missing = spaces.filter((space) => !attributes.includes(nameOf(space)));
    return head + missing.join("");
  });
}

/** A declaration of a name space. */
const SPACE = /\s+xmlns:[\w.-]+\s*=\s*(?:"[^"]*"|'[^']*')/g;

function nameOf(attribute: string): string {
  return attribute.slice(0, attribute.indexOf("=") + 1).trim();
}

/** A comment, an instruction, a section of text, or a tag. */
const MARKUP = /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[[^]*?\]\]>|<\/?(?:"[^"]*"|'[^']*'|[^>"'])*>/g;

/** A description that begins, up to its attributes. */
const DESCRIPTION = /^<rdf:Description\b/;

/** An attribute. */
const ATTRIBUTE = /\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*')/g;

/** A property: where it is written, and in which description. */
interface Property {
  start: number;
  end: number;
  isAttribute: boolean;
  description: number;
}

/** The attributes of a description that name an extension. */
function nameExtension(digest: string): string {
  return ` xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="${digest}"`;
}

/** XMP in a first part and an extension. */
export interface SplitXmp {
  main: Uint8Array;
  /** The extension, in bodies of segments of some bytes at most. */
  parts(most: number): Uint8Array[];
}

/**
 * Splits XMP into a first part of a number of bytes at most, and an extension with the properties
 * that take the most.
 *
 * @returns `undefined` if XMP is not in the form that programs write
 */
export function splitXmp(
  xmp: Uint8Array,
  most: number,
): SplitXmp | undefined {
  // What is to be filled in by programs is left out.
  const text = new TextDecoder().decode(xmp).replace(/\s+(?=<\?xpacket end)/, "\n")
    .replace(NAMED, "").replace(NOTE_SPACE, "");
  const { properties, spaces } = readProperties(text);
  const longest = properties.sort((a, b) => b.end - b.start - (a.end - a.start));
  let length = new TextEncoder().encode(text).length + nameExtension("0".repeat(DIGEST)).length;
  const moved: Property[] = [];
  for (const property of longest) {
    if (length <= most) break;
    moved.push(property);
    length -= new TextEncoder().encode(text.slice(property.start, property.end)).length;
  }
  const first = text.search(/<rdf:Description\b/);
  if (length > most || first < 0) return undefined;
  const extension = new TextEncoder().encode(writeExtension(text, moved, spaces));
  const digest = Array.from(md5(extension), (byte) => byte.toString(16).padStart(2, "0"))
    .join("").toUpperCase();
  const insert = first + "<rdf:Description".length;
  let main = "";
  let at = 0;
  const cuts = [...moved, { start: insert, end: insert }].sort((a, b) => a.start - b.start);
  for (const { start, end } of cuts) {
    main += text.slice(at, start);
    if (start === insert && end === insert) main += nameExtension(digest);
    at = end;
  }
  return {
    main: new TextEncoder().encode(main + text.slice(at)),
    parts: (most) => cutUp(extension, digest, most),
  };
}

/** What segments of some bytes at most have behind {@linkcode EXTENSION}. */
function cutUp(extension: Uint8Array, digest: string, most: number): Uint8Array[] {
  const head = new Uint8Array(DIGEST + 8);
  head.set(new TextEncoder().encode(digest));
  viewOf(head).setUint32(DIGEST, extension.length);
  const step = most - head.length;
  return Array.from({ length: Math.ceil(extension.length / step) }, (_, index) => {
    viewOf(head).setUint32(DIGEST + 4, index * step);
    return concatenate([head, extension.subarray(index * step, (index + 1) * step)]);
  });
}

/** The properties of all descriptions, and the name spaces that are declared in them or around. */
function readProperties(text: string): { properties: Property[]; spaces: string[][] } {
  const properties: Property[] = [];
  /** Of each description. */
  const spaces: string[][] = [];
  const around: string[] = [];
  /** How deep the tag is in its description; 0: outside. */
  let depth = 0;
  let start = 0;
  for (const { 0: tag, index } of text.matchAll(MARKUP)) {
    if (/^<[!?]/.test(tag)) continue;
    const isEnd = tag.startsWith("</");
    const isWhole = tag.endsWith("/>");
    if (depth === 0) {
      if (isEnd) continue;
      const declared = tag.match(SPACE) ?? [];
      if (!DESCRIPTION.test(tag)) {
        around.push(...declared);
        continue;
      }
      const own = declared.map(nameOf);
      spaces.push([...declared, ...around.filter((space) => !own.includes(nameOf(space)))]);
      for (const attribute of tag.matchAll(ATTRIBUTE)) {
        if (/^\s+(xmlns:|rdf:)/.test(attribute[0])) continue;
        const at = index + attribute.index;
        const end = at + attribute[0].length;
        properties.push({ start: at, end, isAttribute: true, description: spaces.length - 1 });
      }
      if (!isWhole) depth = 1;
      continue;
    }
    if (depth === 1 && !isEnd) start = index;
    if (!isWhole) depth += isEnd ? -1 : 1;
    if (depth === 1) {
      const end = index + tag.length;
      properties.push({ start, end, isAttribute: false, description: spaces.length - 1 });
    }
  }
  return { properties, spaces };
}

function writeExtension(text: string, properties: Property[], spaces: string[][]): string {
  const descriptions = spaces.map((declared, index) => {
    const own = properties.filter(({ description }) => description === index);
    if (own.length === 0) return "";
    const { attributes = [], elements = [] } = Object.groupBy(
      own,
      ({ isAttribute }) => isAttribute ? "attributes" : "elements",
    );
    const write = (parts: Property[]) => parts.map(({ start, end }) => text.slice(start, end));
    const others = declared.filter((space) => !/^\s+xmlns:(x|rdf)\s*=/.test(space));
    const head = `<rdf:Description rdf:about=""${others.join("")}${write(attributes).join("")}`;
    return `${head}>${write(elements).join("")}</rdf:Description>`;
  });
  return '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="' +
    `http://www.w3.org/1999/02/22-rdf-syntax-ns#">${descriptions.join("")}</rdf:RDF></x:xmpmeta>`;
}

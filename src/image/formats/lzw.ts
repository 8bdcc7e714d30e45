/** How codes of LZW are stored. */
export interface LzwOptions {
  /** Bits of a value, 1 to 11; of those with more than 8, the lower 8 count. */
  valueBits: number;
  /** Whether the first code is in the highest bits of a byte, as in TIFF; else in the lowest. */
  isHighFirst: boolean;
  /** Whether codes become longer one code early, as in TIFF. */
  isEarly: boolean;
}

const LONGEST_CODE = 12;

/**
 * Decompresses LZW. As in other readers, a clear code may be missing at the start, and come at any
 * time.
 *
 * @param target filled as far as the codes go
 * @returns how many values were written
 * @throws if a code has not been defined.
 */
export function decompressLzw(
  bytes: Uint8Array,
  target: Uint8Array,
  { valueBits, isHighFirst, isEarly }: LzwOptions,
): number {
  const clear = 1 << valueBits;
  const end = clear + 1;
  /** Of each code: that of the string but its last value, the last value, the length. */
  const [prefix, suffix, lengths] = [
    new Uint16Array(1 << LONGEST_CODE),
    new Uint8Array(1 << LONGEST_CODE),
    new Uint16Array(1 << LONGEST_CODE),
  ];
  for (let code = 0; code < clear; code++) [suffix[code], lengths[code]] = [code, 1];
  let [next, bits, before, written] = [end + 1, valueBits + 1, -1, 0];
  let [held, count, at] = [0, 0, 0];
  while (written < target.length) {
    while (count < bits) {
      if (at === bytes.length) return written;
      const byte = bytes[at++]!;
      held = isHighFirst ? held << 8 | byte : held | byte << count;
      count += 8;
    }
    count -= bits;
    const code = isHighFirst ? held >>> count & (1 << bits) - 1 : held & (1 << bits) - 1;
    held = isHighFirst ? held & (1 << count) - 1 : held >>> bits;
    if (code === clear) {
      [next, bits, before] = [end + 1, valueBits + 1, -1];
      continue;
    }
    if (code === end) return written;
    const isNew = code >= next;
    if (code > next || isNew && before < 0) throw new Error("A code of LZW has not been defined");
    // A code that is just being defined: the string before, and its first value once more.
    const known = isNew ? before : code;
    const length = lengths[known]!;
    let first = known;
    for (let index = written + length - 1; index >= written; index--) {
      if (index < target.length) target[index] = suffix[first]!;
      if (index > written) first = prefix[first]!;
    }
    const value = suffix[first]!;
    if (isNew && written + length < target.length) target[written + length] = value;
    written = Math.min(target.length, written + length + (isNew ? 1 : 0));
    if (before >= 0 && next < 1 << LONGEST_CODE) {
      prefix[next] = before;
      suffix[next] = value;
      lengths[next] = lengths[before]! + 1;
      next++;
    }
    if (next + (isEarly ? 1 : 0) >= 1 << bits && bits < LONGEST_CODE) bits++;
    before = code;
  }
  return written;
}

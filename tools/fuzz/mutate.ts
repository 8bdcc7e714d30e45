/** Random numbers, the same for the same seed (mulberry32 of Tommy Ettinger). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * below);
  };
}

type Random = ReturnType<typeof randomNumbers>;

/** Numbers at the borders of what fields can hold. */
const BORDERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0xffffffff];

/** Ways to damage a file; heads, being short, are hit as often as all the rest. */
const MUTATIONS: ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  function flipBit(bytes, random) {
    bytes[place(bytes, random)]! ^= 1 << random(8);
    return bytes;
  },
  function setByte(bytes, random) {
    bytes[place(bytes, random)] = random(256);
    return bytes;
  },
  function setField(bytes, random) {
    const at = place(bytes, random);
    const field = new DataView(new ArrayBuffer(4));
    field.setUint32(0, BORDERS[random(BORDERS.length)]!, random(2) === 1);
    for (let i = 0; i < 4 && at + i < bytes.length; i++) bytes[at + i] = field.getUint8(i);
    return bytes;
  },
  function cutOff(bytes, random) {
    return bytes.slice(0, random(bytes.length));
  },
  function takeOut(bytes, random) {
    const at = place(bytes, random);
    return join(bytes.slice(0, at), bytes.slice(at + 1 + random(64)));
  },
  function repeat(bytes, random) {
    const at = place(bytes, random);
    const end = at + 1 + random(64);
    return join(bytes.slice(0, end), bytes.slice(at));
  },
  function append(bytes, random) {
    return join(bytes, Uint8Array.from({ length: 1 + random(64) }, () => random(256)));
  },
];

function place(bytes: Uint8Array, random: Random): number {
  return random(random(2) ? bytes.length : Math.min(bytes.length, 256));
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** A file with one to four kinds of damage. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let mutated = bytes.slice();
  for (let count = 1 + random(4); count > 0 && mutated.length > 0; count--) {
    mutated = MUTATIONS[random(MUTATIONS.length)]!(mutated, random).slice();
  }
  return mutated.slice();
}

/** Kinds of instruction of an AS map, as their lengths are coded. Core: util/asmap.cpp. */
const RETURN = 0;
const JUMP = 1;
const MATCH = 2;

const TYPE_BITS = [0, 0, 1];
const SYSTEM_BITS = [15, 16, 17, 18, 19, 20, 21, 22, 23, 24];
const MATCH_BITS = [1, 2, 3, 4, 5, 6, 7, 8];
const JUMP_BITS = Array.from({ length: 26 }, (_, i) => i + 5);

/** Reads an AS map bit by bit, lowest bit of a byte first. */
class BitReader {
  readonly #bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length * 8 - this.position;
  }

  /** -1 at the end. */
  bit(): number {
    if (this.left <= 0) return -1;
    const at = this.position++;
    return ((this.#bytes[at >>> 3] as number) >>> (at & 7)) & 1;
  }

  /** A number whose exponent is coded in unary, with a mantissa of so many bits; -1 at the end. */
  number(least: number, sizes: readonly number[]): number {
    let value = least;
    for (let i = 0; i < sizes.length; i++) {
      const size = sizes[i] as number;
      const more = i + 1 < sizes.length ? this.bit() : 0;
      if (more < 0) return -1;
      if (more === 0) return this.#mantissa(value, size);
      value += 2 ** size;
    }
    return -1;
  }

  #mantissa(base: number, size: number): number {
    let value = base;
    for (let i = size - 1; i >= 0; i--) {
      const bit = this.bit();
      if (bit < 0) return -1;
      value += bit * 2 ** i;
    }
    return value;
  }
}

/** The autonomous system that the map names for 16 bytes of address; 0 for none or a broken map. */
export function interpretAsMap(map: Uint8Array, address: Uint8Array): number {
  const reader = new BitReader(map);
  const total = address.length * 8;
  let used = 0;
  let fallback = 0;
  const next = (): number => {
    const bit = ((address[used >>> 3] as number) >>> (7 - (used & 7))) & 1;
    used++;
    return bit;
  };
  while (reader.left > 0) {
    const type = reader.number(0, TYPE_BITS);
    if (type === RETURN) return Math.max(0, reader.number(1, SYSTEM_BITS));
    if (type === JUMP) {
      const jump = reader.number(17, JUMP_BITS);
      if (jump < 0 || used === total || jump >= reader.left) return 0;
      if (next() === 1) reader.position += jump;
    } else if (type === MATCH) {
      const match = reader.number(2, MATCH_BITS);
      if (match < 0) return 0;
      const length = 31 - Math.clz32(match);
      if (total - used < length) return 0;
      for (let i = length - 1; i >= 0; i--) if (next() !== ((match >>> i) & 1)) return fallback;
    } else {
      const system = type < 0 ? -1 : reader.number(1, SYSTEM_BITS);
      if (system < 0) return 0;
      fallback = system;
    }
  }
  return 0;
}

/** True when every path through the map ends in a system within it. Core: SanityCheckASMap. */
export function isSoundAsMap(map: Uint8Array): boolean {
  return checkAsMap(map, 128);
}

function checkAsMap(map: Uint8Array, bits: number): boolean {
  const reader = new BitReader(map);
  const jumps: { readonly to: number; readonly bits: number }[] = [];
  let left = bits;
  let previous = JUMP;
  let hadIncompleteMatch = false;
  while (reader.left > 0) {
    const target = jumps.at(-1);
    if (target !== undefined && reader.position >= target.to) return false;
    const type = reader.number(0, TYPE_BITS);
    if (type < 0) return false;
    if (type === RETURN) {
      if (previous > MATCH || reader.number(1, SYSTEM_BITS) < 0) return false;
      const jump = jumps.pop();
      if (jump === undefined) return isPadding(reader);
      if (reader.position !== jump.to) return false;
      left = jump.bits;
      previous = JUMP;
    } else if (type === JUMP) {
      const jump = reader.number(17, JUMP_BITS);
      if (jump < 0 || jump > reader.left || left === 0) return false;
      left--;
      const to = reader.position + jump;
      const outer = jumps.at(-1);
      if (outer !== undefined && to >= outer.to) return false;
      jumps.push({ to, bits: left });
      previous = JUMP;
    } else if (type === MATCH) {
      const match = reader.number(2, MATCH_BITS);
      if (match < 0) return false;
      const length = 31 - Math.clz32(match);
      if (previous !== MATCH) hadIncompleteMatch = false;
      if (length < 8 && hadIncompleteMatch) return false;
      hadIncompleteMatch = length < 8;
      if (left < length) return false;
      left -= length;
      previous = MATCH;
    } else {
      if (previous > MATCH || reader.number(1, SYSTEM_BITS) < 0) return false;
      previous = type;
    }
  }
  return false;
}

/** At most seven bits are left, and all are zero. */
function isPadding(reader: BitReader): boolean {
  if (reader.left > 7) return false;
  while (reader.left > 0) if (reader.bit() === 1) return false;
  return true;
}

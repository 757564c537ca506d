/** What an expression is made of (BIP379); "a" to "v" are the wrappers. */
export type Fragment =
  | "0"
  | "1"
  | "pk_k"
  | "pk_h"
  | "older"
  | "after"
  | "sha256"
  | "hash256"
  | "ripemd160"
  | "hash160"
  | "a"
  | "s"
  | "c"
  | "d"
  | "v"
  | "j"
  | "n"
  | "and_v"
  | "and_b"
  | "or_b"
  | "or_c"
  | "or_d"
  | "or_i"
  | "andor"
  | "thresh"
  | "multi"
  | "multi_a";

export type MiniscriptContext = "wsh" | "tapscript";

/**
 * Properties of an expression, one bit each, named by the letters of BIP379: base types B V K W;
 * z o n d u for correctness, e f s m for malleability; x when a verify takes an opcode more; g h i j
 * for locks by relative time, relative height, absolute time and absolute height, k when no way to
 * satisfy it mixes time and height.
 */
export type MiniscriptType = number;

const LETTERS = "BVKWzonduefsmxghijk";
/** Letters that were asked for, and their bits. */
const known = new Map<string, number>();

function bits(letters: string): number {
  let value = known.get(letters);
  if (value === undefined) {
    value = 0;
    for (const letter of letters) value |= 1 << LETTERS.indexOf(letter);
    known.set(letters, value);
  }
  return value;
}

/** Whether a type has every property in `letters`. */
export function hasProperties(type: MiniscriptType, letters: string): boolean {
  const wanted = bits(letters);
  return (type & wanted) === wanted;
}

const has = hasProperties;

/** Those properties of a type that `letters` lists. */
function of(type: MiniscriptType, letters: string): number {
  return type & bits(letters);
}

function when(condition: boolean, properties: number | string): number {
  if (!condition) return 0;
  return typeof properties === "string" ? bits(properties) : properties;
}

/** BIP68 */
const SEQUENCE_IS_TIME = 1 << 22;
/** BIP65 */
const LOCK_TIME_IS_TIME = 500_000_000;

/** Type of a fragment from those of its parts; 0 when they do not fit together. Core: ComputeType. */
export function computeType(
  fragment: Fragment,
  subs: readonly MiniscriptType[],
  k: number,
  context: MiniscriptContext,
): MiniscriptType {
  const type = rawType(fragment, subs, k, context);
  return of(type, "BVKW") === 0 ? 0 : type;
}

function rawType(
  fragment: Fragment,
  subs: readonly MiniscriptType[],
  k: number,
  context: MiniscriptContext,
): MiniscriptType {
  const [x = 0, y = 0, z = 0] = subs;
  const any = x | y;
  const both = x & y;
  switch (fragment) {
    case "0":
      return bits("Bzudemsxk");
    case "1":
      return bits("Bzufmxk");
    case "pk_k":
      return bits("Konudemsxk");
    case "pk_h":
      return bits("Knudemsxk");
    case "older":
      return bits("Bzfmxk") | bits((k & SEQUENCE_IS_TIME) === 0 ? "h" : "g");
    case "after":
      return bits("Bzfmxk") | bits(k < LOCK_TIME_IS_TIME ? "j" : "i");
    case "sha256":
    case "hash256":
    case "ripemd160":
    case "hash160":
      return bits("Bonudmk");
    case "multi":
      return bits("Bnudemsk");
    case "multi_a":
      return bits("Budemsk");
    case "a":
      return when(has(x, "B"), "W") | of(x, "ghijkudfems") | bits("x");
    case "s":
      return when(has(x, "Bo"), "W") | of(x, "ghijkudfemsx");
    case "c":
      return when(has(x, "K"), "B") | of(x, "ghijkondfem") | bits("us");
    case "d":
      return (
        when(has(x, "Vz"), "B") |
        when(has(x, "z"), "o") |
        when(has(x, "f"), "e") |
        // In witness v0 the argument of OP_IF is minimal by policy only.
        when(context === "tapscript", "u") |
        of(x, "ghijkms") |
        bits("ndx")
      );
    case "v":
      return when(has(x, "B"), "V") | of(x, "ghijkzonms") | bits("fx");
    case "j":
      return when(has(x, "Bn"), "B") | when(has(x, "f"), "e") | of(x, "ghijkoums") | bits("ndx");
    case "n":
      return of(x, "ghijkBzondfems") | bits("ux");
    case "and_v":
      return (
        when(has(x, "V"), of(y, "KVB")) |
        of(x, "n") |
        when(has(x, "z"), of(y, "n")) |
        when(has(any, "z"), of(any, "o")) |
        of(both, "dmz") |
        of(any, "s") |
        when(has(y, "f") || has(x, "s"), "f") |
        of(y, "ux") |
        locksOfBoth(x, y)
      );
    case "and_b":
      return (
        when(has(y, "W"), of(x, "B")) |
        when(has(any, "z"), of(any, "o")) |
        of(x, "n") |
        when(has(x, "z"), of(y, "n")) |
        when(has(both, "s"), of(both, "e")) |
        of(both, "dzm") |
        when(has(both, "f") || has(x, "sf") || has(y, "sf"), "f") |
        of(any, "s") |
        bits("ux") |
        locksOfBoth(x, y)
      );
    case "or_b":
      return (
        when(has(x, "Bd") && has(y, "Wd"), "B") |
        when(has(any, "z"), of(any, "o")) |
        when(has(any, "s") && has(both, "e"), of(both, "m")) |
        of(both, "zse") |
        bits("dux") |
        locksOfEither(x, y)
      );
    case "or_d":
      return (
        when(has(x, "Bdu"), of(y, "B")) |
        when(has(y, "z"), of(x, "o")) |
        when(has(x, "e") && has(any, "s"), of(both, "m")) |
        of(both, "zs") |
        of(y, "ufde") |
        bits("x") |
        locksOfEither(x, y)
      );
    case "or_c":
      return (
        when(has(x, "Bdu"), of(y, "V")) |
        when(has(y, "z"), of(x, "o")) |
        when(has(x, "e") && has(any, "s"), of(both, "m")) |
        of(both, "zs") |
        bits("fx") |
        locksOfEither(x, y)
      );
    case "or_i":
      return (
        of(both, "VBKufs") |
        when(has(both, "z"), "o") |
        when(has(any, "f"), of(any, "e")) |
        when(has(any, "s"), of(both, "m")) |
        of(any, "d") |
        bits("x") |
        locksOfEither(x, y)
      );
    case "andor": {
      const middle = x | (y & z);
      return (
        when(has(x, "Bdu"), of(y & z, "BKV")) |
        of(both & z, "z") |
        when(has(middle, "z"), of(middle, "o")) |
        of(y & z, "u") |
        when(has(x, "s") || has(y, "f"), of(z, "fe")) |
        of(z, "d") |
        when(has(x, "e") && has(any | z, "s"), of(both & z, "m")) |
        of(z & any, "s") |
        bits("x") |
        of(any | z, "ghij") |
        when(has(both & z, "k") && !mixes(x, y), "k")
      );
    }
    case "thresh":
      return threshType(subs, k);
  }
}

/** Whether two expressions that are both needed lock by time and by height. */
function mixes(x: MiniscriptType, y: MiniscriptType): boolean {
  return (
    (has(x, "g") && has(y, "h")) ||
    (has(x, "h") && has(y, "g")) ||
    (has(x, "i") && has(y, "j")) ||
    (has(x, "j") && has(y, "i"))
  );
}

function locksOfBoth(x: MiniscriptType, y: MiniscriptType): number {
  return of(x | y, "ghij") | when(has(x & y, "k") && !mixes(x, y), "k");
}

function locksOfEither(x: MiniscriptType, y: MiniscriptType): number {
  return of(x | y, "ghij") | of(x & y, "k");
}

function threshType(subs: readonly MiniscriptType[], k: number): MiniscriptType {
  let all = bits("em");
  let needed = 0;
  let safe = 0;
  let locks = bits("k");
  for (const [place, type] of subs.entries()) {
    if (!has(type, place === 0 ? "Bdu" : "Wdu")) return 0;
    all &= type;
    if (has(type, "s")) safe++;
    if (!has(type, "z")) needed += has(type, "o") ? 1 : 2;
    locks = k > 1 ? locksOfBoth(locks, type) : locksOfEither(locks, type);
  }
  const others = subs.length - k;
  return (
    bits("Bdu") |
    when(needed === 0, "z") |
    when(needed === 1, "o") |
    when(has(all, "e") && safe === subs.length, "e") |
    when(has(all, "em") && safe >= others, "m") |
    when(safe > others, "s") |
    locks
  );
}

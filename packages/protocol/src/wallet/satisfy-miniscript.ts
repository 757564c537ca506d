import { bestOf } from "./best-of.ts";
import { foldMiniscript } from "./miniscript.ts";
import type { Miniscript } from "./miniscript-node.ts";
import type { Fragment } from "./miniscript-type.ts";

/** What can be shown for the leaves of an expression; null for what is not there. */
export interface Witnesses<K> {
  signature(key: K): Uint8Array | null;
  /** The key behind the hash of a pk_h(). */
  keyBytes(key: K): Uint8Array | null;
  preimage(
    kind: "sha256" | "hash256" | "ripemd160" | "hash160",
    hash: Uint8Array,
  ): Uint8Array | null;
  isAfter(lockTime: number): boolean;
  isOlder(sequence: number): boolean;
}

/** Items of a stack, bottom first; joining takes no time. */
type Items = Uint8Array | readonly [Items, Items] | null;

/** A way to satisfy or dissatisfy an expression. Core: InputStack. */
interface Way {
  readonly items: Items;
  /** Bytes with the lengths of the items. */
  readonly size: number;
  readonly hasSignature: boolean;
  /** Whether others can change it into another that is as good. */
  readonly isMalleable: boolean;
}

/** Null: there is no such way. */
interface Ways {
  readonly sat: Way | null;
  readonly dsat: Way | null;
}

const EMPTY: Way = { items: null, size: 0, hasSignature: false, isMalleable: false };
const ZERO = item(new Uint8Array(0));
const ONE = item(Uint8Array.of(1));
/** Dissatisfies a hash, as does any other preimage of 32 bytes. */
const ZERO32: Way = { ...item(new Uint8Array(32)), isMalleable: true };

function item(bytes: Uint8Array): Way {
  return { items: bytes, size: bytes.length + 1, hasSignature: false, isMalleable: false };
}

function signed(signature: Uint8Array | null): Way | null {
  return signature && { ...item(signature), hasSignature: true };
}

/**
 * The smallest stack, bottom first, that satisfies an expression and that nobody else can change; null
 * when there is none. Core: Node::Satisfy.
 */
export function satisfyMiniscript<K>(
  root: Miniscript<K>,
  witnesses: Witnesses<K>,
): readonly Uint8Array[] | null {
  const { sat } = foldMiniscript<K, Ways>(root, (node, subs) => waysOf(node, subs, witnesses));
  if (sat === null || sat.isMalleable || !sat.hasSignature) return null;
  return flatten(sat.items);
}

function flatten(items: Items): Uint8Array[] {
  const flat: Uint8Array[] = [];
  const todo: Items[] = [items];
  while (todo.length > 0) {
    const next = todo.pop() as Items;
    if (next instanceof Uint8Array) flat.push(next);
    else if (next !== null) todo.push(next[1], next[0]);
  }
  return flat;
}

function join(below: Way | null, above: Way | null): Way | null {
  if (below === null || above === null) return null;
  return {
    items: [below.items, above.items],
    size: below.size + above.size,
    hasSignature: below.hasSignature || above.hasSignature,
    isMalleable: below.isMalleable || above.isMalleable,
  };
}

/** The one that a spender must choose, as others could turn the other into it, or the better one. */
function either(a: Way | null, b: Way | null): Way | null {
  if (a === null) return b;
  if (b === null) return a;
  if (a.hasSignature !== b.hasSignature) return a.hasSignature ? b : a;
  const smaller = a.size <= b.size ? a : b;
  if (!a.hasSignature) return malleable(smaller);
  if (a.isMalleable !== b.isMalleable) return a.isMalleable ? b : a;
  return smaller;
}

function malleable(way: Way | null): Way | null {
  return way && { ...way, isMalleable: true };
}

function waysOf<K>(node: Miniscript<K>, subs: readonly Ways[], witnesses: Witnesses<K>): Ways {
  const { fragment, k, keys, data } = node;
  const [x, y, z] = subs as readonly [Ways, Ways, Ways];
  switch (fragment) {
    case "0":
      return { sat: null, dsat: EMPTY };
    case "1":
      return { sat: EMPTY, dsat: null };
    case "pk_k":
      return { sat: signed(witnesses.signature(keys[0] as K)), dsat: ZERO };
    case "pk_h": {
      const bytes = witnesses.keyBytes(keys[0] as K);
      const key = bytes && item(bytes);
      const signature = signed(witnesses.signature(keys[0] as K));
      return { sat: join(signature, key), dsat: join(ZERO, key) };
    }
    case "older":
      return { sat: witnesses.isOlder(k) ? EMPTY : null, dsat: null };
    case "after":
      return { sat: witnesses.isAfter(k) ? EMPTY : null, dsat: null };
    case "sha256":
    case "hash256":
    case "ripemd160":
    case "hash160": {
      const preimage = witnesses.preimage(fragment, data);
      // The script asks for 32 bytes.
      return { sat: preimage?.length === 32 ? item(preimage) : null, dsat: ZERO32 };
    }
    case "multi": {
      const each = keys.map((key) => ({ sat: signed(witnesses.signature(key)), dsat: EMPTY }));
      let dsat: Way | null = ZERO;
      for (let i = 0; i < k; i++) dsat = join(dsat, ZERO);
      return { sat: best(each, ZERO)[k] ?? null, dsat };
    }
    case "multi_a": {
      // The first key takes its signature from the top.
      const each = keys
        .map((key) => ({ sat: signed(witnesses.signature(key)), dsat: ZERO }))
        .reverse();
      const ways = best(each, EMPTY);
      return { sat: ways[k] ?? null, dsat: ways[0] ?? null };
    }
    case "thresh":
      return thresh(subs, k);
    default:
      return combine(fragment, x, y, z);
  }
}

function best(each: readonly Ways[], none: Way): (Way | null)[] {
  return bestOf<Way | null>(each, none, join, either);
}

function thresh(subs: readonly Ways[], k: number): Ways {
  const ways = best([...subs].reverse(), EMPTY);
  let dsat = ways[0] ?? null;
  for (let count = 1; count < ways.length; count++)
    if (count !== k) dsat = either(dsat, malleable(ways[count] ?? null));
  return { sat: ways[k] ?? null, dsat };
}

function combine(fragment: Fragment, x: Ways, y: Ways, z: Ways): Ways {
  switch (fragment) {
    case "and_v":
      return { sat: join(y.sat, x.sat), dsat: join(y.dsat, x.sat) };
    case "and_b": {
      const partly = either(malleable(join(y.sat, x.dsat)), malleable(join(y.dsat, x.sat)));
      return { sat: join(y.sat, x.sat), dsat: either(join(y.dsat, x.dsat), partly) };
    }
    case "or_b": {
      const one = either(join(y.dsat, x.sat), join(y.sat, x.dsat));
      return {
        sat: either(one, malleable(join(y.sat, x.sat))),
        dsat: join(y.dsat, x.dsat),
      };
    }
    case "or_c":
      return { sat: either(x.sat, join(y.sat, x.dsat)), dsat: null };
    case "or_d":
      return { sat: either(x.sat, join(y.sat, x.dsat)), dsat: join(y.dsat, x.dsat) };
    case "or_i":
      return {
        sat: either(join(x.sat, ONE), join(y.sat, ZERO)),
        dsat: either(join(x.dsat, ONE), join(y.dsat, ZERO)),
      };
    case "andor":
      return {
        sat: either(join(y.sat, x.sat), join(z.sat, x.dsat)),
        dsat: either(join(y.dsat, x.sat), join(z.dsat, x.dsat)),
      };
    case "d":
      return { sat: join(x.sat, ONE), dsat: ZERO };
    case "j": {
      // Where the inside is dissatisfied without a signature, that may be another way for this as well.
      const isMalleable = x.dsat !== null && !x.dsat.hasSignature;
      return { sat: x.sat, dsat: { ...ZERO, isMalleable } };
    }
    case "v":
      return { sat: x.sat, dsat: null };
    default:
      return x;
  }
}

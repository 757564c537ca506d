import { encodeHex } from "../bytes/hex.ts";
import type { Miniscript } from "./miniscript-node.ts";

/** Text of an expression, in which `key` writes the keys. Without recursion, as text sets the depth. */
export function formatMiniscript<K>(root: Miniscript<K>, key: (key: K) => string): string {
  let text = "";
  const todo: (Miniscript<K> | string)[] = [root];
  for (let step = todo.pop(); step !== undefined; step = todo.pop()) {
    if (typeof step === "string") {
      text += step;
      continue;
    }
    const parts = partsOf(step, key);
    for (let i = parts.length - 1; i >= 0; i--) todo.push(parts[i] as Miniscript<K> | string);
  }
  return text;
}

function partsOf<K>(
  node: Miniscript<K>,
  key: (key: K) => string,
): readonly (Miniscript<K> | string)[] {
  const wrapped = wrapper(node);
  if (wrapped !== null) {
    const [letter, inner] = wrapped;
    return [letter, wrapper(inner) === null ? ":" : "", inner];
  }
  const { fragment, subs, k, keys, data } = node;
  switch (fragment) {
    case "0":
    case "1":
      return [fragment];
    case "c": {
      const [inner] = subs as readonly [Miniscript<K>];
      return [inner.fragment === "pk_k" ? "pk(" : "pkh(", key(inner.keys[0] as K), ")"];
    }
    case "pk_k":
    case "pk_h":
      return [fragment, "(", key(keys[0] as K), ")"];
    case "older":
    case "after":
      return [fragment, `(${k})`];
    case "sha256":
    case "hash256":
    case "ripemd160":
    case "hash160":
      return [fragment, `(${encodeHex(data)})`];
    case "multi":
    case "multi_a":
      return [fragment, `(${[k, ...keys.map(key)].join(",")})`];
    case "thresh":
      return [fragment, `(${k}`, ...subs.flatMap((sub) => [",", sub]), ")"];
    default: {
      const isAndN = fragment === "andor" && subs[2]?.fragment === "0";
      const shown = isAndN ? subs.slice(0, 2) : subs;
      const list = shown.flatMap((sub, place) => (place === 0 ? [sub] : [",", sub]));
      return [isAndN ? "and_n" : fragment, "(", ...list, ")"];
    }
  }
}

/** The letter of a wrapper and what it wraps, or null when a node is none. */
function wrapper<K>({ fragment, subs }: Miniscript<K>): readonly [string, Miniscript<K>] | null {
  const [x, y] = subs as readonly [Miniscript<K>, Miniscript<K>];
  switch (fragment) {
    case "a":
    case "s":
    case "d":
    case "v":
    case "j":
    case "n":
      return [fragment, x];
    case "c":
      return x.fragment === "pk_k" || x.fragment === "pk_h" ? null : ["c", x];
    case "and_v":
      return y.fragment === "1" ? ["t", x] : null;
    case "or_i":
      if (x.fragment === "0") return ["l", y];
      return y.fragment === "0" ? ["u", x] : null;
    default:
      return null;
  }
}

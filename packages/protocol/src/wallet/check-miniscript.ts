import { foldMiniscript } from "./miniscript.ts";
import { fitsLimits, isValidMiniscript, maxStackItems } from "./miniscript-limits.ts";
import type { Miniscript } from "./miniscript-node.ts";
import { hasProperties } from "./miniscript-type.ts";

/** What is known of an expression from its parts. */
interface Verdict<K> {
  /** Names of its keys; null when one stands twice. */
  readonly keys: Set<string> | null;
  /** The first expression inside that is not sane by itself though its parts are. */
  readonly insane: Miniscript<K> | null;
  /** Whether that has a key twice. */
  readonly repeats: boolean;
}

/** What is wrong with an expression, and with which part of it. */
export interface MiniscriptFault<K> {
  readonly node: Miniscript<K>;
  /** In Core's words, to be said of the text of `node`. */
  readonly reason: string;
}

/**
 * Why an expression cannot be used as a whole script, or null when it can: satisfied by signatures that
 * nobody else can change, within all limits. Core: Node::IsSane, FindInsaneSub.
 *
 * @param name tells keys apart
 */
export function checkMiniscript<K>(
  root: Miniscript<K>,
  name: (key: K) => string,
): MiniscriptFault<K> | null {
  const { insane, repeats } = foldMiniscript<K, Verdict<K>>(root, (node, subs) =>
    judge(node, subs, name),
  );
  const isTop = isValidMiniscript(root) && hasProperties(root.type, "B");
  const isSane = insane === null && isTop && hasProperties(root.type, "s");
  const isSatisfiable = maxStackItems(root) >= 0;
  if (isSane && isSatisfiable) return null;
  const node = insane ?? root;
  if (!isValidMiniscript(node)) return { node, reason: "is invalid" };
  if (isSane) return { node, reason: "is not satisfiable" };
  return { node, reason: `is not sane${why(node, root, repeats)}` };
}

function why<K>(node: Miniscript<K>, root: Miniscript<K>, repeats: boolean): string {
  if (!hasProperties(node.type, "m")) return ": malleable witnesses exist";
  if (node === root && !hasProperties(node.type, "s")) return ": witnesses without signature exist";
  if (!hasProperties(node.type, "k"))
    return ": contains mixes of timelocks expressed in blocks and seconds";
  if (repeats) return ": contains duplicate public keys";
  if (!fitsLimits(node)) return ": needs witnesses that may exceed resource limits";
  return "";
}

function judge<K>(
  node: Miniscript<K>,
  subs: readonly Verdict<K>[],
  name: (key: K) => string,
): Verdict<K> {
  const keys = unite(node.keys.map(name), subs);
  const within = subs.find((sub) => sub.insane !== null);
  if (within !== undefined) return { keys, insane: within.insane, repeats: within.repeats };
  const isSane = fitsLimits(node) && hasProperties(node.type, "mk") && keys !== null;
  return { keys, insane: isSane ? null : node, repeats: keys === null };
}

/** All names; null when one comes twice. The largest set is taken over, the others are poured into it. */
function unite(names: readonly string[], subs: readonly Verdict<unknown>[]): Set<string> | null {
  let all = new Set<string>();
  for (const { keys } of subs) {
    if (keys === null) return null;
    const [from, to] = keys.size > all.size ? [all, keys] : [keys, all];
    for (const key of from) {
      if (to.has(key)) return null;
      to.add(key);
    }
    all = to;
  }
  for (const key of names) {
    if (all.has(key)) return null;
    all.add(key);
  }
  return all;
}

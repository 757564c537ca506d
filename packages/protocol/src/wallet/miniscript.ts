import { computeBounds } from "./miniscript-bounds.ts";
import type { Miniscript } from "./miniscript-node.ts";
import {
  computeType,
  type Fragment,
  type MiniscriptContext,
  type MiniscriptType,
} from "./miniscript-type.ts";

/** What is particular to a fragment. */
export interface FragmentParts<K> {
  readonly subs?: readonly Miniscript<K>[];
  readonly k?: number;
  readonly keys?: readonly K[];
  readonly data?: Uint8Array;
}

const EMPTY = new Uint8Array(0);

/** An expression, with its type and what it costs. */
export function makeMiniscript<K>(
  context: MiniscriptContext,
  fragment: Fragment,
  { subs = [], k = 0, keys = [], data = EMPTY }: FragmentParts<K> = {},
): Miniscript<K> {
  const parts = { context, fragment, subs, k, keys, data };
  const bounds = computeBounds(parts);
  // Field by field: spreading both takes five times as long.
  return {
    context,
    fragment,
    subs,
    k,
    keys,
    data,
    type: computeType(fragment, subs.map(typeOf), k, context),
    scriptSize: bounds.scriptSize,
    opcodes: bounds.opcodes,
    multisigKeys: bounds.multisigKeys,
    witness: bounds.witness,
    stack: bounds.stack,
  };
}

function typeOf({ type }: Miniscript<unknown>): MiniscriptType {
  return type;
}

/** All expressions inside `root`, parts before the whole, from left to right. */
function inPostOrder<K>(root: Miniscript<K>): readonly Miniscript<K>[] {
  const order: Miniscript<K>[] = [];
  const todo = [root];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    order.push(node);
    for (const sub of node.subs) todo.push(sub);
  }
  return order.reverse();
}

/** Computes a result for each expression from those of its parts; without recursion, as text sets the depth. */
export function foldMiniscript<K, R>(
  root: Miniscript<K>,
  up: (node: Miniscript<K>, subs: readonly R[]) => R,
): R {
  const results: R[] = [];
  for (const node of inPostOrder(root)) {
    const subs = node.subs.length === 0 ? [] : results.splice(results.length - node.subs.length);
    results.push(up(node, subs));
  }
  return results[0] as R;
}

/** All keys, in the order they are written. */
export function miniscriptKeys<K>(root: Miniscript<K>): readonly K[] {
  return inPostOrder(root).flatMap((node) => node.keys);
}

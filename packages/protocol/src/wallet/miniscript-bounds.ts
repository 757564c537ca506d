import { numberPart } from "../script/build-script.ts";
import { bestOf } from "./best-of.ts";
import type { FragmentShape, Miniscript, MiniscriptBounds, Most } from "./miniscript-node.ts";
import { computeStack } from "./miniscript-stack.ts";
import { type Fragment, hasProperties, type MiniscriptContext } from "./miniscript-type.ts";

/** Stands for "no such way": less than any number, and any sum with it is it again. */
const NEVER = Number.NEGATIVE_INFINITY;

/** Core: CalcScriptLen, CalcOps, CalcWitnessSize. */
export function computeBounds(parts: FragmentShape): MiniscriptBounds {
  return {
    scriptSize: scriptSize(parts),
    opcodes: opcodes(parts),
    multisigKeys: multisigKeys(parts),
    witness: witness(parts),
    stack: computeStack(parts),
  };
}

function sum(subs: readonly Miniscript<unknown>[], of: "scriptSize" | "opcodes"): number {
  let total = 0;
  for (const sub of subs) total += sub[of];
  return total;
}

/** Bytes that push a number. */
function pushSize(value: number): number {
  const part = numberPart(value);
  return typeof part === "number" ? 1 : 1 + part.length;
}

/** What a fragment adds to the scripts of its parts, for those that always add the same. */
const OWN_BYTES: Partial<Record<Fragment, number>> = {
  "0": 1,
  "1": 1,
  pk_h: 24,
  sha256: 39,
  hash256: 39,
  ripemd160: 27,
  hash160: 27,
  a: 2,
  s: 1,
  c: 1,
  d: 3,
  j: 4,
  n: 1,
  and_v: 0,
  and_b: 1,
  or_b: 1,
  or_c: 2,
  or_d: 3,
  or_i: 3,
  andor: 3,
};

function scriptSize({ fragment, subs, k, keys, context }: FragmentShape): number {
  const inside = sum(subs, "scriptSize");
  switch (fragment) {
    case "pk_k":
      return keyPush(context);
    case "older":
    case "after":
      return pushSize(k) + 1;
    case "v":
      return inside + verifyCost(subs);
    case "multi":
      return 1 + pushSize(keys.length) + pushSize(k) + 34 * keys.length;
    case "multi_a":
      return 34 * keys.length + pushSize(k) + 1;
    case "thresh":
      return inside + subs.length + pushSize(k);
    default:
      return inside + (OWN_BYTES[fragment] as number);
  }
}

function keyPush(context: MiniscriptContext): number {
  return context === "tapscript" ? 33 : 34;
}

/** 1 when OP_VERIFY stands by itself, 0 when it is part of the last opcode. */
function verifyCost([sub]: readonly Miniscript<unknown>[]): number {
  return sub !== undefined && hasProperties(sub.type, "x") ? 1 : 0;
}

const OWN_OPCODES: Partial<Record<Fragment, number>> = {
  pk_h: 3,
  older: 1,
  after: 1,
  sha256: 4,
  hash256: 4,
  ripemd160: 4,
  hash160: 4,
  a: 2,
  s: 1,
  c: 1,
  d: 3,
  j: 4,
  n: 1,
  and_b: 1,
  or_b: 1,
  or_c: 2,
  or_d: 3,
  or_i: 3,
  andor: 3,
  multi: 1,
};

function opcodes({ fragment, subs, keys }: FragmentShape): number {
  const inside = sum(subs, "opcodes");
  if (fragment === "v") return inside + verifyCost(subs);
  if (fragment === "multi_a") return keys.length + 1;
  if (fragment === "thresh") return inside + subs.length;
  return inside + (OWN_OPCODES[fragment] ?? 0);
}

function multisigKeys(parts: FragmentShape): Most {
  const { fragment, subs, keys } = parts;
  if (fragment === "multi") return { sat: keys.length, dsat: keys.length };
  const leaf = leafMost(fragment, 0, 0);
  if (leaf !== null) return leaf;
  return combine(
    parts,
    subs.map((sub) => sub.multisigKeys),
    0,
  );
}

function witness(parts: FragmentShape): Most {
  const { fragment, subs, k, keys, context } = parts;
  const signature = context === "tapscript" ? 1 + 65 : 1 + 72;
  switch (fragment) {
    case "pk_k":
      return { sat: signature, dsat: 1 };
    case "pk_h":
      return { sat: signature + keyPush(context), dsat: 1 + keyPush(context) };
    case "sha256":
    case "hash256":
    case "ripemd160":
    case "hash160":
      return { sat: 1 + 32, dsat: NEVER };
    case "multi":
      return { sat: k * signature + 1, dsat: k + 1 };
    case "multi_a":
      return { sat: k * signature + keys.length - k, dsat: keys.length };
    default: {
      const leaf = leafMost(fragment, 0, 0);
      if (leaf !== null) return leaf;
      return combine(
        parts,
        subs.map((sub) => sub.witness),
        1,
      );
    }
  }
}

/** For fragments without parts; `dsat` where they can be dissatisfied. */
function leafMost(fragment: Fragment, sat: number, dsat: number): Most | null {
  switch (fragment) {
    case "0":
      return { sat: NEVER, dsat };
    case "1":
    case "older":
    case "after":
    case "sha256":
    case "hash256":
    case "ripemd160":
    case "hash160":
      return { sat, dsat: NEVER };
    case "pk_k":
    case "pk_h":
    case "multi_a":
      return { sat, dsat };
    default:
      return null;
  }
}

/** `branch` is what the argument of OP_IF weighs: once as zero, twice as one. */
function combine({ fragment, k }: FragmentShape, subs: readonly Most[], branch: number): Most {
  const [x, y, z] = subs as readonly [Most, Most, Most];
  switch (fragment) {
    case "and_v":
      return { sat: x.sat + y.sat, dsat: NEVER };
    case "and_b":
      return { sat: x.sat + y.sat, dsat: x.dsat + y.dsat };
    case "or_b":
      return { sat: Math.max(x.sat + y.dsat, y.sat + x.dsat), dsat: x.dsat + y.dsat };
    case "or_c":
      return { sat: Math.max(x.sat, x.dsat + y.sat), dsat: NEVER };
    case "or_d":
      return { sat: Math.max(x.sat, x.dsat + y.sat), dsat: x.dsat + y.dsat };
    case "or_i":
      return {
        sat: Math.max(x.sat + 2 * branch, y.sat + branch),
        dsat: Math.max(x.dsat + 2 * branch, y.dsat + branch),
      };
    case "andor":
      return { sat: Math.max(x.sat + y.sat, x.dsat + z.sat), dsat: x.dsat + z.dsat };
    case "thresh": {
      const best = bestOf(subs, 0, (a, b) => a + b, Math.max);
      return { sat: best[k] as number, dsat: best[0] as number };
    }
    case "d":
      return { sat: x.sat + 2 * branch, dsat: branch };
    case "j":
      return { sat: x.sat, dsat: branch };
    case "v":
      return { sat: x.sat, dsat: NEVER };
    default:
      return x;
  }
}

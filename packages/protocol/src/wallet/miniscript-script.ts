import { concatBytes } from "../bytes/compare.ts";
import { numberPart, type ScriptPart, scriptOf } from "../script/build-script.ts";
import * as op from "../script/opcodes.ts";
import type { Miniscript } from "./miniscript-node.ts";
import { type Fragment, hasProperties } from "./miniscript-type.ts";

const PARTS_AT_ONCE = 1000;

/** How keys become bytes. */
export interface KeyBytes<K> {
  key(key: K): Uint8Array;
  keyHash(key: K): Uint8Array;
}

/** Makes the opcode before it its VERIFY form, which is always the next opcode. */
const VERIFY = Symbol("verify");

type Step<K> = Miniscript<K> | ScriptPart | typeof VERIFY;

/** The script of an expression. Without recursion, as text sets the depth. */
export function miniscriptScript<K>(root: Miniscript<K>, bytes: KeyBytes<K>): Uint8Array {
  const parts: ScriptPart[] = [];
  const todo: Step<K>[] = [root];
  for (let step = todo.pop(); step !== undefined; step = todo.pop()) {
    if (step === VERIFY) parts.push((parts.pop() as number) + 1);
    else if (typeof step === "number" || step instanceof Uint8Array) parts.push(step);
    else {
      const steps = stepsOf(step, bytes);
      for (let i = steps.length - 1; i >= 0; i--) todo.push(steps[i] as Step<K>);
    }
  }
  return concatParts(parts);
}

/** The largest tapscripts have more parts than a call can have arguments. */
function concatParts(parts: readonly ScriptPart[]): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < parts.length; at += PARTS_AT_ONCE)
    chunks.push(scriptOf(...parts.slice(at, at + PARTS_AT_ONCE)));
  return concatBytes(...chunks);
}

const HASH_OPCODES: Partial<Record<Fragment, number>> = {
  sha256: op.OP_SHA256,
  hash256: op.OP_HASH256,
  ripemd160: op.OP_RIPEMD160,
  hash160: op.OP_HASH160,
};

function stepsOf<K>(node: Miniscript<K>, bytes: KeyBytes<K>): readonly Step<K>[] {
  const { fragment, k, keys, data, subs } = node;
  const [x, y, z] = subs as readonly [Miniscript<K>, Miniscript<K>, Miniscript<K>];
  switch (fragment) {
    case "0":
      return [op.OP_0];
    case "1":
      return [op.OP_1];
    case "pk_k":
      return [bytes.key(keys[0] as K)];
    case "pk_h":
      return [op.OP_DUP, op.OP_HASH160, bytes.keyHash(keys[0] as K), op.OP_EQUALVERIFY];
    case "older":
      return [numberPart(k), op.OP_CHECKSEQUENCEVERIFY];
    case "after":
      return [numberPart(k), op.OP_CHECKLOCKTIMEVERIFY];
    case "sha256":
    case "hash256":
    case "ripemd160":
    case "hash160": {
      const hash = HASH_OPCODES[fragment] as number;
      return [op.OP_SIZE, numberPart(32), op.OP_EQUALVERIFY, hash, data, op.OP_EQUAL];
    }
    case "a":
      return [op.OP_TOALTSTACK, x, op.OP_FROMALTSTACK];
    case "s":
      return [op.OP_SWAP, x];
    case "c":
      return [x, op.OP_CHECKSIG];
    case "d":
      return [op.OP_DUP, op.OP_IF, x, op.OP_ENDIF];
    case "v":
      return [x, hasProperties(x.type, "x") ? op.OP_VERIFY : VERIFY];
    case "j":
      return [op.OP_SIZE, op.OP_0NOTEQUAL, op.OP_IF, x, op.OP_ENDIF];
    case "n":
      return [x, op.OP_0NOTEQUAL];
    case "and_v":
      return [x, y];
    case "and_b":
      return [x, y, op.OP_BOOLAND];
    case "or_b":
      return [x, y, op.OP_BOOLOR];
    case "or_c":
      return [x, op.OP_NOTIF, y, op.OP_ENDIF];
    case "or_d":
      return [x, op.OP_IFDUP, op.OP_NOTIF, y, op.OP_ENDIF];
    case "or_i":
      return [op.OP_IF, x, op.OP_ELSE, y, op.OP_ENDIF];
    case "andor":
      return [x, op.OP_NOTIF, z, op.OP_ELSE, y, op.OP_ENDIF];
    case "thresh":
      return [
        ...subs.flatMap((sub, place) => (place === 0 ? [sub] : [sub, op.OP_ADD])),
        numberPart(k),
        op.OP_EQUAL,
      ];
    case "multi":
      return [
        numberPart(k),
        ...keys.map((key) => bytes.key(key)),
        numberPart(keys.length),
        op.OP_CHECKMULTISIG,
      ];
    case "multi_a":
      return [
        ...keys.flatMap((key, place) => [
          bytes.key(key),
          place === 0 ? op.OP_CHECKSIG : op.OP_CHECKSIGADD,
        ]),
        numberPart(k),
        op.OP_NUMEQUAL,
      ];
  }
}

import { concatBytes } from "../bytes/compare.ts";
import { encodeDer } from "../crypto/der.ts";
import { signEcdsa, signSchnorr } from "../crypto/keys.ts";
import { numberPart, type ScriptPart, scriptOf } from "./build-script.ts";
import { checkEcdsa } from "./check-signature.ts";
import type { SigningKeys } from "./key-ring.ts";
import { OP_CHECKSIG, OP_DUP, OP_EQUALVERIFY, OP_HASH160 } from "./opcodes.ts";
import { decodeScriptNumber } from "./script-number.ts";
import { ScriptReader } from "./script-reader.ts";
import { hasKeyLength, isStrictDer } from "./signature-encoding.ts";
import { signatureHashLegacy, signatureHashV0 } from "./signature-hash.ts";
import { signatureHashTaproot } from "./signature-hash-taproot.ts";
import { SIGHASH_ALL, SIGHASH_DEFAULT } from "./signature-hash-type.ts";
import { type ScriptType, solveScript } from "./solver.ts";
import { TaprootSpend } from "./taproot-spend.ts";
import type { TransactionContext } from "./transaction-context.ts";

/** What satisfies the script of a coin. */
export interface Unlocking {
  readonly script: Uint8Array;
  readonly witness: readonly Uint8Array[];
}

/** Items for a script to find on its stack; `complete` unless something is missing. */
interface Solved {
  readonly type: ScriptType;
  readonly items: readonly Uint8Array[];
  readonly complete: boolean;
}

const EMPTY: Uint8Array = new Uint8Array(0);

/** Makes what it can of an input's script and witness with the keys at hand. Core: ProduceSignature. */
export class InputSigner {
  readonly #context: TransactionContext;
  readonly #input: number;
  readonly #keys: SigningKeys;
  readonly #type: number;
  /** Signatures that others left in the input. */
  readonly #found: readonly Uint8Array[];

  /**
   * @param type hash type; SIGHASH_DEFAULT means SIGHASH_ALL where that does not exist
   * @param present what the input holds already: right signatures in it are used again
   */
  constructor(
    context: TransactionContext,
    input: number,
    keys: SigningKeys,
    type: number,
    present: Unlocking,
  ) {
    this.#context = context;
    this.#input = input;
    this.#keys = keys;
    this.#type = type;
    this.#found = signaturesIn(present);
  }

  /** What unlocks the coin, as far as the keys go. */
  sign(scriptPubKey: Uint8Array): Unlocking {
    const outer = this.#solve(scriptPubKey, "base");
    if (outer.type !== "scripthash" || !outer.complete) return this.#unlock(outer, null);
    const redeemScript = outer.items[0] as Uint8Array;
    const inner = this.#solve(redeemScript, "base");
    return this.#unlock(inner, redeemScript);
  }

  #unlock(solved: Solved, redeemScript: Uint8Array | null): Unlocking {
    const { type, items, complete } = solved;
    const pushed = redeemScript === null ? [] : [redeemScript];
    if (type === "witness_v1_taproot")
      return { script: pushAll(pushed), witness: redeemScript === null ? items : [] };
    if (complete && (type === "witness_v0_keyhash" || type === "witness_v0_scripthash"))
      return { script: pushAll(pushed), witness: this.#witness(type, items[0] as Uint8Array) };
    return { script: pushAll([...items, ...pushed]), witness: [] };
  }

  /** @param named the key hash or the witness script */
  #witness(type: ScriptType, named: Uint8Array): readonly Uint8Array[] {
    if (type === "witness_v0_scripthash") return [...this.#solve(named, "witness-v0").items, named];
    const script = scriptOf(OP_DUP, OP_HASH160, named, OP_EQUALVERIFY, OP_CHECKSIG);
    return this.#solve(script, "witness-v0").items;
  }

  /** Core: SignStep. For hashes of scripts and keys the one item is what stands behind them. */
  #solve(script: Uint8Array, version: "base" | "witness-v0"): Solved {
    const { type, solutions } = solveScript(script);
    const named = solutions[0] ?? EMPTY;
    switch (type) {
      case "pubkey":
        return solvedBy(type, this.#ecdsa(named, script, version));
      case "pubkeyhash":
        return this.#solveKeyHash(named, script, version);
      case "multisig":
        return this.#solveMultisig(solutions, script, version);
      case "scripthash":
      case "witness_v0_scripthash":
        return solvedBy(type, this.#keys.scriptOf(named));
      case "witness_v0_keyhash":
        return solvedBy(type, named);
      case "witness_v1_taproot":
        return solvedBy(type, this.#schnorr(named));
      case "anchor":
        return { type, items: [], complete: true };
      default:
        return solvedBy(type, null);
    }
  }

  #solveKeyHash(keyHash: Uint8Array, script: Uint8Array, version: "base" | "witness-v0"): Solved {
    const type = "pubkeyhash";
    const key = this.#keys.publicKeyOf(keyHash);
    const signature = key && this.#ecdsa(key, script, version);
    if (key === null || signature === null) return solvedBy(type, null);
    return { type, items: [signature, key], complete: true };
  }

  /** Signatures in the order of the keys, below them the item that CHECKMULTISIG pops for nothing. */
  #solveMultisig(
    solutions: readonly Uint8Array[],
    script: Uint8Array,
    version: "base" | "witness-v0",
  ): Solved {
    const required = solutions[0]?.[0] as number;
    const signatures: Uint8Array[] = [];
    for (const key of solutions.slice(1, -1)) {
      if (signatures.length === required) break;
      const signature = this.#ecdsa(key, script, version);
      if (signature !== null) signatures.push(signature);
    }
    const complete = signatures.length === required;
    while (signatures.length < required) signatures.push(EMPTY);
    return { type: "multisig", items: [EMPTY, ...signatures], complete };
  }

  #ecdsa(key: Uint8Array, script: Uint8Array, version: "base" | "witness-v0"): Uint8Array | null {
    const found = this.#found.find((signature) => this.#isRight(signature, key, script, version));
    if (found !== undefined) return found;
    const secret = this.#keys.secretOf(key);
    if (secret === null || (version === "witness-v0" && key.length !== 33)) return null;
    const type = this.#type === SIGHASH_DEFAULT ? SIGHASH_ALL : this.#type;
    const hash = this.#hash(script, type, version);
    return concatBytes(encodeDer(signEcdsa(hash, secret)), Uint8Array.of(type));
  }

  #isRight(
    signature: Uint8Array,
    key: Uint8Array,
    script: Uint8Array,
    version: "base" | "witness-v0",
  ): boolean {
    if (!hasKeyLength(key)) return false;
    const hash = this.#hash(script, signature[signature.length - 1] as number, version);
    return checkEcdsa(this.#context, signature, key, hash);
  }

  #hash(script: Uint8Array, type: number, version: "base" | "witness-v0"): Uint8Array {
    const make = version === "base" ? signatureHashLegacy : signatureHashV0;
    return make(this.#context, this.#input, script, type);
  }

  /** By the output key itself; needs all coins that the transaction spends. */
  #schnorr(outputKey: Uint8Array): Uint8Array | null {
    const { tx, coins } = this.#context;
    for (let i = 0; i < tx.inputCount; i++) if (coins.isMissing(tx.firstInput + i)) return null;
    const secret = this.#keys.outputSecretOf(outputKey);
    const spend = new TaprootSpend(null, null, 0);
    const hash = signatureHashTaproot(this.#context, this.#input, this.#type, spend);
    if (secret === null || hash === null) return null;
    const signature = signSchnorr(hash, secret, new Uint8Array(32));
    if (this.#type === SIGHASH_DEFAULT) return signature;
    return concatBytes(signature, Uint8Array.of(this.#type));
  }
}

function solvedBy(type: ScriptType, item: Uint8Array | null): Solved {
  return { type, items: item === null ? [] : [item], complete: item !== null };
}

/** Whatever in a script and a witness has the form of an ECDSA signature. */
function signaturesIn({ script, witness }: Unlocking): Uint8Array[] {
  const items = [...witness];
  const reader = new ScriptReader(script);
  while (reader.next()) items.push(reader.data());
  return items.filter(isStrictDer);
}

/** The script that pushes items, small numbers by their opcodes. Core: PushAll. */
function pushAll(items: readonly Uint8Array[]): Uint8Array {
  return scriptOf(...items.map(shortestPush));
}

function shortestPush(item: Uint8Array): ScriptPart {
  const value = item.length === 1 ? decodeScriptNumber(item, true) : null;
  return value === null || value < -1 || value > 16 ? item : numberPart(value);
}

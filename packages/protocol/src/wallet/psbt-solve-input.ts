import { equalBytes } from "../bytes/compare.ts";
import { hash160 } from "../crypto/hash160.ts";
import { sha256 } from "../crypto/sha256.ts";
import { numberPart, type ScriptPart, scriptOf } from "../script/build-script.ts";
import { OP_CHECKSIG, OP_DUP, OP_EQUALVERIFY, OP_HASH160 } from "../script/opcodes.ts";
import { decodeScriptNumber } from "../script/script-number.ts";
import { type ScriptType, solveScript } from "../script/solver.ts";
import type { PsbtInput } from "./psbt.ts";
import type { KnownKeys } from "./psbt-known-keys.ts";
import { DERIVATIONS, joinEntries, PARTIAL_SIGNATURES } from "./psbt-order.ts";
import { preimageOf } from "./psbt-preimage.ts";
import type { SignatureMaker, Unlocking } from "./psbt-signer.ts";
import { solveTaproot } from "./psbt-solve-taproot.ts";
import { satisfyScript } from "./satisfy-script.ts";

/** What an input lacks. Core: SignatureData. */
export interface MissingParts {
  /** HASH160 of keys that nobody told. */
  readonly keys: Uint8Array[];
  /** HASH160 of keys whose signature is not there. */
  readonly signatures: Uint8Array[];
  redeemScript: Uint8Array | null;
  witnessScript: Uint8Array | null;
}

export interface SolvedInput {
  /** The input with all that was learned and signed on the way. */
  readonly input: PsbtInput;
  /** What unlocks the coin; null when something is missing or it would not be valid. */
  readonly unlocking: Unlocking | null;
  /** Whether the signatures are of a kind that covers the amount. */
  readonly isWitness: boolean;
  readonly missing: MissingParts;
}

/** Items for a script to find on its stack. */
interface Step {
  readonly type: ScriptType;
  readonly items: readonly Uint8Array[];
  readonly complete: boolean;
}

type Version = "base" | "witness-v0";

const EMPTY: Uint8Array = new Uint8Array(0);
/** Scripts that may not stand in a witness script. */
const NOT_IN_WITNESS: ReadonlySet<ScriptType> = new Set([
  "scripthash",
  "witness_v0_scripthash",
  "witness_v0_keyhash",
]);

/** Signs and unlocks what it can of one input. Core: ProduceSignature. */
export function solveInput(
  scriptPubKey: Uint8Array,
  input: PsbtInput,
  known: KnownKeys,
  maker: SignatureMaker,
): SolvedInput {
  return new InputSolver(input, known, maker).solve(scriptPubKey);
}

class InputSolver {
  #input: PsbtInput;
  readonly #known: KnownKeys;
  readonly #maker: SignatureMaker;
  readonly #missing: MissingParts = {
    keys: [],
    signatures: [],
    redeemScript: null,
    witnessScript: null,
  };

  constructor(input: PsbtInput, known: KnownKeys, maker: SignatureMaker) {
    this.#input = input;
    this.#known = known;
    this.#maker = maker;
  }

  solve(scriptPubKey: Uint8Array): SolvedInput {
    const outer = this.#step(scriptPubKey, "base");
    if (outer.type === "witness_v1_taproot") return this.#solveTaproot(scriptPubKey);
    if (outer.type !== "scripthash" || !outer.complete)
      return this.#finish(scriptPubKey, outer, null);
    const redeemScript = outer.items[0] as Uint8Array;
    this.#input = { ...this.#input, redeemScript };
    const inner = this.#step(redeemScript, "base");
    const isNested = inner.type === "scripthash" || inner.type === "witness_v1_taproot";
    const complete = inner.complete && !isNested;
    return this.#finish(scriptPubKey, { ...inner, complete }, redeemScript);
  }

  #solveTaproot(scriptPubKey: Uint8Array): SolvedInput {
    const { input, witness } = solveTaproot(scriptPubKey, this.#input, this.#known, this.#maker);
    const unlocking = witness && { script: EMPTY, witness };
    const isValid = unlocking !== null && this.#maker.isValid(scriptPubKey, unlocking);
    return {
      input,
      unlocking: isValid ? unlocking : null,
      isWitness: true,
      missing: this.#missing,
    };
  }

  #finish(scriptPubKey: Uint8Array, step: Step, redeemScript: Uint8Array | null): SolvedInput {
    const pushed = redeemScript === null ? [] : [redeemScript];
    const isProgram = step.type === "witness_v0_keyhash" || step.type === "witness_v0_scripthash";
    const isWitness = step.complete && isProgram;
    const inner = isWitness ? this.#solveProgram(step) : step;
    const unlocking = isWitness
      ? { script: pushAll(pushed), witness: inner.items }
      : { script: pushAll([...step.items, ...pushed]), witness: [] };
    const isDone = inner.complete && this.#maker.isValid(scriptPubKey, unlocking);
    return {
      input: this.#input,
      unlocking: isDone ? unlocking : null,
      isWitness,
      missing: this.#missing,
    };
  }

  /** @param program with the key hash or the witness script as its item */
  #solveProgram({ type, items }: Step): Step {
    const named = items[0] as Uint8Array;
    if (type === "witness_v0_keyhash")
      return this.#step(
        scriptOf(OP_DUP, OP_HASH160, named, OP_EQUALVERIFY, OP_CHECKSIG),
        "witness-v0",
      );
    this.#input = { ...this.#input, witnessScript: named };
    const step = this.#step(named, "witness-v0");
    const complete = step.complete && !NOT_IN_WITNESS.has(step.type);
    if (complete || step.items.length > 0)
      return { ...step, complete, items: [...step.items, named] };
    const stack = satisfyScript(named, "wsh", {
      ecdsa: (key) => this.#ecdsa(key, named, "witness-v0"),
      schnorr: () => null,
      keyOfHash: (hash) => this.#keyOfHash(hash),
      preimage: (kind, hash) => preimageOf(this.#input, kind, hash),
      isAfter: (lockTime) => this.#maker.isAfter(lockTime),
      isOlder: (sequence) => this.#maker.isOlder(sequence),
    });
    return { type: step.type, items: [...(stack ?? []), named], complete: stack !== null };
  }

  /** Core: SignStep. For hashes of scripts and keys the one item is what stands behind them. */
  #step(script: Uint8Array, version: Version): Step {
    const { type, solutions } = solveScript(script);
    const named = solutions[0] ?? EMPTY;
    switch (type) {
      case "pubkey":
        return stepOf(type, this.#ecdsa(named, script, version));
      case "pubkeyhash":
        return this.#stepKeyHash(named, script, version);
      case "multisig":
        return this.#stepMultisig(solutions, script, version);
      case "scripthash":
        return stepOf(type, this.#redeemScript(named));
      case "witness_v0_scripthash":
        return stepOf(type, this.#witnessScript(named));
      case "witness_v0_keyhash":
        return stepOf(type, named);
      case "anchor":
        return { type, items: [], complete: true };
      default:
        return stepOf(type, null);
    }
  }

  #stepKeyHash(keyHash: Uint8Array, script: Uint8Array, version: Version): Step {
    const type = "pubkeyhash";
    const key = this.#keyOfHash(keyHash);
    const signature = key && this.#ecdsa(key, script, version);
    if (key === null || signature === null) return stepOf(type, null);
    return { type, items: [signature, key], complete: true };
  }

  /** Every signature that can be made is kept, though only as many are used as are needed. */
  #stepMultisig(solutions: readonly Uint8Array[], script: Uint8Array, version: Version): Step {
    const required = solutions[0]?.[0] as number;
    const signatures: Uint8Array[] = [];
    for (const key of solutions.slice(1, -1)) {
      const signature = this.#ecdsa(key, script, version);
      if (signature !== null && signatures.length < required) signatures.push(signature);
    }
    const complete = signatures.length === required;
    while (signatures.length < required) signatures.push(EMPTY);
    return { type: "multisig", items: [EMPTY, ...signatures], complete };
  }

  #ecdsa(publicKey: Uint8Array, script: Uint8Array, version: Version): Uint8Array | null {
    const found = this.#input.partialSignatures.find((entry) =>
      equalBytes(entry.publicKey, publicKey),
    );
    if (found !== undefined) return found.signature;
    const origin = this.#known.originOf(publicKey);
    if (origin !== null) {
      const derivations = joinEntries(DERIVATIONS, this.#input.derivations, [
        { publicKey, origin },
      ]);
      this.#input = { ...this.#input, derivations };
    }
    const secret = this.#known.secretOf(publicKey);
    const signature = this.#maker.ecdsa(publicKey, secret, script, version);
    if (signature === null) {
      this.#missing.signatures.push(hash160(publicKey));
      return null;
    }
    const partialSignatures = joinEntries(PARTIAL_SIGNATURES, this.#input.partialSignatures, [
      { publicKey, signature },
    ]);
    this.#input = { ...this.#input, partialSignatures };
    return signature;
  }

  #keyOfHash(keyHash: Uint8Array): Uint8Array | null {
    const { partialSignatures, derivations } = this.#input;
    for (const { publicKey } of [...partialSignatures, ...derivations])
      if (equalBytes(hash160(publicKey), keyHash)) return publicKey;
    const key = this.#known.keyOfHash(keyHash);
    if (key === null) this.#missing.keys.push(keyHash);
    return key;
  }

  #redeemScript(scriptHash: Uint8Array): Uint8Array | null {
    const { redeemScript, witnessScript } = this.#input;
    const known = this.#known.script;
    const candidates = [known?.redeemScript, known?.witnessScript, redeemScript, witnessScript];
    const script = candidates.find((each) => each && equalBytes(hash160(each), scriptHash));
    if (!script) this.#missing.redeemScript = scriptHash;
    return script ?? null;
  }

  #witnessScript(scriptHash: Uint8Array): Uint8Array | null {
    const { redeemScript, witnessScript } = this.#input;
    const known = this.#known.script;
    const candidates = [known?.witnessScript, known?.redeemScript, redeemScript, witnessScript];
    const script = candidates.find((each) => each && equalBytes(sha256(each), scriptHash));
    if (!script) this.#missing.witnessScript = scriptHash;
    return script ?? null;
  }
}

function stepOf(type: ScriptType, item: Uint8Array | null): Step {
  return { type, items: item === null ? [] : [item], complete: item !== null };
}

/** The script that pushes items, small numbers by their opcodes. Core: PushAll. */
function pushAll(items: readonly Uint8Array[]): Uint8Array {
  return scriptOf(...items.map(shortestPush));
}

function shortestPush(item: Uint8Array): ScriptPart {
  const value = item.length === 1 ? decodeScriptNumber(item, true) : null;
  return value === null || value < -1 || value > 16 ? item : numberPart(value);
}

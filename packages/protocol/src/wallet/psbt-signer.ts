import { MAX_MONEY } from "../bitcoin/amount.ts";
import { concatBytes } from "../bytes/compare.ts";
import { encodeDer } from "../crypto/der.ts";
import { signEcdsa, signSchnorr, tweakTapSecret } from "../crypto/keys.ts";
import { checkLockTime, checkSequence } from "../script/check-lock-time.ts";
import { STANDARD_FLAGS } from "../script/flags.ts";
import { signatureHashLegacy, signatureHashV0 } from "../script/signature-hash.ts";
import { signatureHashTaproot } from "../script/signature-hash-taproot.ts";
import {
  OUTPUT_BITS,
  SIGHASH_ALL,
  SIGHASH_DEFAULT,
  SIGHASH_SINGLE,
} from "../script/signature-hash-type.ts";
import { TaprootSpend } from "../script/taproot-spend.ts";
import { isPayToTaproot } from "../script/templates.ts";
import type { TransactionContext } from "../script/transaction-context.ts";
import { verifyScript } from "../script/verify-script.ts";
import { hasAllCoins } from "./psbt-coins.ts";

/** What satisfies the script of a coin. */
export interface Unlocking {
  readonly script: Uint8Array;
  readonly witness: readonly Uint8Array[];
}

/** Makes signatures for one input, and knows what holds for its transaction. */
export interface SignatureMaker {
  /** DER with its hash type; null when it cannot be made. */
  ecdsa(
    publicKey: Uint8Array,
    secret: Uint8Array | null,
    script: Uint8Array,
    version: "base" | "witness-v0",
  ): Uint8Array | null;
  /** By an internal key whose scripts have this root (null for none). */
  keyPath(secret: Uint8Array | null, merkleRoot: Uint8Array | null): Uint8Array | null;
  /** By a key itself: an output key, or one in the script of a leaf. */
  schnorr(secret: Uint8Array | null, leafHash: Uint8Array | null): Uint8Array | null;
  isAfter(lockTime: number): boolean;
  isOlder(sequence: number): boolean;
  /** Whether this satisfies the script that is spent, by the rules for relay. */
  isValid(scriptPubKey: Uint8Array, unlocking: Unlocking): boolean;
}

const NO_ROOT: Uint8Array = new Uint8Array(0);

/** Signs with secrets. Core: MutableTransactionSignatureCreator. */
export class InputSignatureMaker implements SignatureMaker {
  readonly #context: TransactionContext;
  readonly #input: number;
  readonly #type: number;
  readonly #hasAllCoins: boolean;

  /** @param type hash type; SIGHASH_DEFAULT means SIGHASH_ALL where that does not exist */
  constructor(context: TransactionContext, input: number, type: number) {
    this.#context = context;
    this.#input = input;
    this.#type = type;
    this.#hasAllCoins = hasAllCoins(context);
  }

  ecdsa(
    publicKey: Uint8Array,
    secret: Uint8Array | null,
    script: Uint8Array,
    version: "base" | "witness-v0",
  ): Uint8Array | null {
    const { coins, tx } = this.#context;
    const amount = coins.value(tx.firstInput + this.#input);
    const isWitness = version === "witness-v0";
    if (secret === null) return null;
    if (isWitness && (publicKey.length !== 33 || amount < 0 || amount > MAX_MONEY)) return null;
    const type = this.#type === SIGHASH_DEFAULT ? SIGHASH_ALL : this.#type;
    // Such a signature would sign the number one, and with it everything.
    if ((type & OUTPUT_BITS) === SIGHASH_SINGLE && this.#input >= tx.outputCount) return null;
    const make = isWitness ? signatureHashV0 : signatureHashLegacy;
    const hash = make(this.#context, this.#input, script, type);
    return concatBytes(encodeDer(signEcdsa(hash, secret)), Uint8Array.of(type));
  }

  keyPath(secret: Uint8Array | null, merkleRoot: Uint8Array | null): Uint8Array | null {
    return this.schnorr(secret && tweakTapSecret(secret, merkleRoot ?? NO_ROOT), null);
  }

  schnorr(secret: Uint8Array | null, leafHash: Uint8Array | null): Uint8Array | null {
    if (secret === null || !this.#hasAllCoins) return null;
    const spend = new TaprootSpend(null, leafHash, 0);
    const hash = signatureHashTaproot(this.#context, this.#input, this.#type, spend);
    if (hash === null) return null;
    const signature = signSchnorr(hash, secret, new Uint8Array(32));
    if (this.#type === SIGHASH_DEFAULT) return signature;
    return concatBytes(signature, Uint8Array.of(this.#type));
  }

  isAfter(lockTime: number): boolean {
    return checkLockTime(this.#context.tx, this.#input, lockTime);
  }

  isOlder(sequence: number): boolean {
    return checkSequence(this.#context.tx, this.#input, sequence);
  }

  isValid(scriptPubKey: Uint8Array, { script, witness }: Unlocking): boolean {
    if (isPayToTaproot(scriptPubKey) && !this.#hasAllCoins) return false;
    const error = verifyScript(
      this.#context,
      this.#input,
      STANDARD_FLAGS,
      script,
      scriptPubKey,
      witness,
    );
    return error === null;
  }
}

import { MAX_MONEY } from "../bitcoin/amount.ts";
import type { Coin } from "../bitcoin/coin.ts";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { encodeTransaction, type Input, type TransactionBody } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { signatureBackend } from "../crypto/secp256k1.ts";
import { STANDARD_FLAGS } from "./flags.ts";
import type { SigningKeys } from "./key-ring.ts";
import { type ScriptError, scriptErrorText } from "./script-error.ts";
import { InputSigner, type Unlocking } from "./sign-input.ts";
import { SIGHASH_ANYONECANPAY, SIGHASH_DEFAULT, SIGHASH_SINGLE } from "./signature-hash-type.ts";
import { TransactionContext } from "./transaction-context.ts";
import { verifyScript } from "./verify-script.ts";

/** An input that is not valid after signing, and why, in Core's words. */
export interface SigningFault {
  readonly input: number;
  readonly reason: string;
}

export interface SignedTransaction {
  readonly body: TransactionBody;
  /** Empty when every input is valid under the rules for relay. */
  readonly faults: readonly SigningFault[];
}

/**
 * Signs what the keys allow: payments to keys, key hashes, multisig, scripts known to `keys` that are
 * one of these, their witness forms, and taproot by key. Inputs that are valid already stay, and right
 * signatures of others are kept. Core: SignTransaction.
 *
 * @param coins what the inputs spend, in their order; null where unknown
 * @param type hash type of all signatures
 */
export function signTransaction(
  body: TransactionBody,
  coins: readonly (Coin | null)[],
  keys: SigningKeys,
  type: number = SIGHASH_DEFAULT,
): SignedTransaction {
  if (body.inputs.length === 0) return { body, faults: [] };
  const context = contextOf(body, coins);
  const faults: SigningFault[] = [];
  const inputs = body.inputs.map((input, i): Input => {
    const coin = coins[i] ?? null;
    if (coin === null) {
      faults.push({ input: i, reason: "Input not found or already spent" });
      return input;
    }
    const { unlocking, reason } = signOne(context, i, coin, keys, type, input);
    if (reason !== null) faults.push({ input: i, reason });
    return { ...input, ...unlocking };
  });
  return { body: { ...body, inputs }, faults };
}

function contextOf(body: TransactionBody, coins: readonly (Coin | null)[]): TransactionContext {
  const spent = new SpentCoins(body.inputs.length);
  coins.forEach((coin, i) => {
    if (coin !== null) spent.setCoin(i, coin);
  });
  // Only what is signed matters: scripts and witnesses are none of it.
  const inputs = body.inputs.map((input) => ({ ...input, script: new Uint8Array(0), witness: [] }));
  const tx = parseTransaction(encodeTransaction({ ...body, inputs }));
  return new TransactionContext(tx, spent, signatureBackend());
}

function signOne(
  context: TransactionContext,
  input: number,
  coin: Coin,
  keys: SigningKeys,
  type: number,
  present: Unlocking,
): { unlocking: Unlocking; reason: string | null } {
  const verify = ({ script, witness }: Unlocking): ScriptError | null =>
    verifyScript(context, input, STANDARD_FLAGS, script, coin.script, witness);
  if (verify(present) === null) return { unlocking: present, reason: null };
  // Such a signature would sign the number one, and with it everything.
  const isUnsafe =
    (type & ~SIGHASH_ANYONECANPAY) === SIGHASH_SINGLE && input >= context.tx.outputCount;
  const signer = new InputSigner(context, input, keys, type, present);
  const unlocking = isUnsafe ? present : signer.sign(coin.script);
  if (coin.value === MAX_MONEY && unlocking.witness.length > 0)
    return { unlocking, reason: "Missing amount" };
  const error = verify(unlocking);
  return { unlocking, reason: error && reasonOf(error) };
}

function reasonOf(error: ScriptError): string {
  if (error === "INVALID_STACK_OPERATION")
    return "Unable to sign input, invalid stack size (possibly missing key)";
  if (error === "NULLFAIL")
    return "CHECK(MULTI)SIG failing with non-zero signature (possibly need more signatures)";
  return scriptErrorText(error);
}

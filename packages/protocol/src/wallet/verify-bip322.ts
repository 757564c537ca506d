import { SpentCoins } from "../bitcoin/spent-coins.ts";
import {
  encodeTransaction,
  finishTransaction,
  type Input,
  type OutPoint,
  type Output,
  type TransactionBody,
} from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { equalBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { hashKey } from "../bytes/hash.ts";
import { signatureBackend } from "../crypto/secp256k1.ts";
import {
  STANDARD_FLAGS,
  VERIFY_DISCOURAGE_OP_SUCCESS,
  VERIFY_DISCOURAGE_UPGRADABLE_NOPS,
  VERIFY_DISCOURAGE_UPGRADABLE_PUBKEYTYPE,
  VERIFY_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION,
  VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM,
} from "../script/flags.ts";
import { type ScriptError, scriptErrorText } from "../script/script-error.ts";
import { ScriptReader } from "../script/script-reader.ts";
import { isStrictDer } from "../script/signature-encoding.ts";
import { SIGHASH_ALL } from "../script/signature-hash-type.ts";
import { isPayToTaproot } from "../script/templates.ts";
import { TransactionContext } from "../script/transaction-context.ts";
import { verifyInput } from "../script/verify-input.ts";
import { decodeProof, type MessageProof } from "./bip322-proof.ts";
import { messageTransaction, PROOF_OUTPUT } from "./bip322-transactions.ts";

/** What a signature of BIP322 turns out to be. */
export type ProofVerdict =
  | {
      readonly state: "valid";
      readonly variant: MessageProof["variant"];
      /** Lock time from which the script may be spent. */
      readonly lockTime: number;
      /** Age that it asks of the coin, as BIP68 writes it. */
      readonly sequence: number;
      /** Coins whose control is shown; whether they exist and are unspent is not known here. */
      readonly funds: readonly ProvenCoin[];
    }
  | { readonly state: "inconclusive"; readonly reason: string }
  | { readonly state: "invalid"; readonly reason: string };

/** A coin of a proof of funds. */
export interface ProvenCoin {
  readonly outpoint: OutPoint;
  readonly output: Output;
}

const UPGRADABLE_FLAGS =
  VERIFY_DISCOURAGE_UPGRADABLE_NOPS |
  VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM |
  VERIFY_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION |
  VERIFY_DISCOURAGE_OP_SUCCESS |
  VERIFY_DISCOURAGE_UPGRADABLE_PUBKEYTYPE;

/** First byte of an annex (BIP341). */
const ANNEX_TAG = 0x50;

/** Checks a BIP322 signature of a message by whoever can spend `script`. */
export function verifyProof(script: Uint8Array, signature: string, message: string): ProofVerdict {
  const toSpend = messageTransaction(script, message);
  let proof: MessageProof;
  try {
    proof = decodeProof(signature, toSpend);
  } catch (error) {
    if (error instanceof DecodeError) return invalid(error.message);
    throw error;
  }
  return judge(proof, toSpend);
}

function judge(proof: MessageProof, toSpend: TransactionBody): ProofVerdict {
  const { toSign, variant } = proof;
  const fault = formFault(proof, toSpend);
  if (fault !== null) return invalid(fault);
  const coins = [toSpend.outputs[0] as Output, ...proof.coins];
  const context = contextOf(toSign, coins);
  const required = scriptFault(context, STANDARD_FLAGS & ~UPGRADABLE_FLAGS);
  if (required !== null) return invalid(`invalid signature: ${scriptErrorText(required)}`);
  const unsafe = toSign.inputs.some((input, i) => !signsAll(input, (coins[i] as Output).script));
  if (unsafe) return invalid("invalid signature: it does not sign all of the transaction");
  if (toSign.version !== 0 && toSign.version !== 2)
    return inconclusive(`transaction version ${toSign.version} has no meaning yet`);
  const upgradable = scriptFault(context, STANDARD_FLAGS);
  if (upgradable !== null) return inconclusive(scriptErrorText(upgradable));
  return {
    state: "valid",
    variant,
    lockTime: toSign.lockTime,
    sequence: (toSign.inputs[0] as Input).sequence,
    funds: proof.coins.map((output, i) => ({
      outpoint: (toSign.inputs[i + 1] as Input).prevout,
      output,
    })),
  };
}

/** What is not as BIP322 has the two transactions. */
function formFault({ toSign, coins }: MessageProof, toSpend: TransactionBody): string | null {
  const [first] = toSign.inputs;
  if (first === undefined) return "invalid signature: no input";
  const { txid, index } = first.prevout;
  if (index !== 0 || !equalBytes(txid, finishTransaction(toSpend).txid))
    return "invalid signature: made for another message or address";
  const [output] = toSign.outputs;
  if (output === undefined || toSign.outputs.length > 1 || !isProofOutput(output))
    return "invalid signature: the output is not the one that BIP322 asks for";
  if (toSign.inputs.length !== coins.length + 1)
    return "invalid signature: inputs without the coins that they spend";
  const spent = toSign.inputs.map(({ prevout }) => `${hashKey(prevout.txid)}:${prevout.index}`);
  return new Set(spent).size < spent.length ? "invalid signature: a coin spent twice" : null;
}

function isProofOutput({ value, script }: Output): boolean {
  return value === PROOF_OUTPUT.value && equalBytes(script, PROOF_OUTPUT.script);
}

function contextOf(toSign: TransactionBody, coins: readonly Output[]): TransactionContext {
  const spent = new SpentCoins(coins.length);
  coins.forEach((output, i) => {
    spent.setCoin(i, { ...output, height: 0, coinbase: false });
  });
  return new TransactionContext(
    parseTransaction(encodeTransaction(toSign)),
    spent,
    signatureBackend(),
  );
}

function scriptFault(context: TransactionContext, flags: number): ScriptError | null {
  for (let i = 0; i < context.tx.inputCount; i++) {
    const error = verifyInput(context, i, flags);
    if (error !== null) return error;
  }
  return null;
}

/** Whether every signature in an input has the hash type that signs the whole transaction. */
function signsAll(input: Input, script: Uint8Array): boolean {
  if (isPayToTaproot(script)) return taprootSignsAll(input.witness);
  const items = [...input.witness];
  const reader = new ScriptReader(input.script);
  while (reader.next()) items.push(reader.data());
  return items.every((item) => !isStrictDer(item) || item[item.length - 1] === SIGHASH_ALL);
}

/** A signature of 64 bytes signs all; one of 65 names its hash type. The script and its proof are none. */
function taprootSignsAll(witness: readonly Uint8Array[]): boolean {
  const hasAnnex = witness.length > 1 && witness[witness.length - 1]?.[0] === ANNEX_TAG;
  const spend = hasAnnex ? witness.slice(0, -1) : witness;
  const items = spend.length === 1 ? spend : spend.slice(0, -2);
  return items.every((item) => item.length !== 65 || item[64] === SIGHASH_ALL);
}

function invalid(reason: string): ProofVerdict {
  return { state: "invalid", reason };
}

function inconclusive(reason: string): ProofVerdict {
  return { state: "inconclusive", reason };
}

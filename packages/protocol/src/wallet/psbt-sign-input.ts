import type { Output } from "../bitcoin/transaction.ts";
import { SIGHASH_ALL, SIGHASH_DEFAULT } from "../script/signature-hash-type.ts";
import { isPayToTaproot } from "../script/templates.ts";
import type { TransactionContext } from "../script/transaction-context.ts";
import type { Psbt, PsbtInput } from "./psbt.ts";
import { contradictsCoin, psbtCoin } from "./psbt-coins.ts";
import type { PsbtFault } from "./psbt-fault.ts";
import type { KnownKeys } from "./psbt-known-keys.ts";
import { InputSignatureMaker, type SignatureMaker, type Unlocking } from "./psbt-signer.ts";
import { type MissingParts, solveInput } from "./psbt-solve-input.ts";

interface SignedInput {
  readonly input: PsbtInput;
  readonly complete: boolean;
  readonly fault: PsbtFault | null;
  /** What is missing; null when that is not the trouble. */
  readonly missing: MissingParts | null;
}

export interface SignInputOptions {
  /** Hash type; undefined for the usual one. */
  readonly sighash: number | undefined;
  readonly finalize: boolean;
  /** Makes the signatures; by default with the secrets of `known`. */
  readonly maker?: SignatureMaker;
}

/** Whether an input has what the extractor takes. */
export function isFinal({ finalScript, finalWitness }: PsbtInput): boolean {
  return finalScript !== null || finalWitness !== null;
}

/** Whether an input is final and right. Core: PSBTInputSignedAndVerified. */
export function isSignedWell(psbt: Psbt, index: number, context: TransactionContext): boolean {
  const coin = psbtCoin(psbt, index);
  const { finalScript, finalWitness } = psbt.inputs[index] as PsbtInput;
  if (coin === null) return false;
  const unlocking = { script: finalScript ?? new Uint8Array(0), witness: finalWitness ?? [] };
  return new InputSignatureMaker(context, index, SIGHASH_DEFAULT).isValid(coin.script, unlocking);
}

/** Fills in and signs what it can of one input. Core: SignPSBTInput. */
export function signPsbtInput(
  psbt: Psbt,
  index: number,
  context: TransactionContext,
  known: KnownKeys,
  options: SignInputOptions,
): SignedInput {
  const input = psbt.inputs[index] as PsbtInput;
  const stays = { input, complete: false, fault: null, missing: null };
  if (isSignedWell(psbt, index, context)) return { ...stays, complete: true };
  if (isFinal(input)) return stays;
  const coin = psbtCoin(psbt, index);
  if (coin === null) return { ...stays, fault: "Inputs missing or spent" };
  if (contradictsCoin(psbt, index))
    return { ...stays, fault: "Witness UTXO contradicts the transaction that is spent" };
  const type = hashTypeOf(coin, options.sighash);
  if (breaksHashType(input, type))
    return { ...stays, fault: "Specified sighash value does not match value stored in PSBT" };
  const typed = isUsual(coin, type) ? input : { ...input, sighashType: type };
  const maker = options.maker ?? new InputSignatureMaker(context, index, type);
  const solved = solveInput(coin.script, typed, known, maker);
  const { missing, unlocking } = solved;
  // What is merely said of a coin may be a lie, and only a witness signature covers the amount.
  if (input.nonWitnessUtxo === null && !solved.isWitness) return { ...stays, input: typed };
  const filled = solved.isWitness ? { ...solved.input, witnessUtxo: coin } : solved.input;
  const isDone = unlocking !== null && options.finalize;
  return {
    input: isDone ? finalInput(filled, unlocking) : filled,
    complete: unlocking !== null,
    fault: null,
    missing,
  };
}

function hashTypeOf({ script }: Output, sighash: number | undefined): number {
  return sighash ?? (isPayToTaproot(script) ? SIGHASH_DEFAULT : SIGHASH_ALL);
}

/** A type that need not be told. SIGHASH_DEFAULT means SIGHASH_ALL before taproot. */
function isUsual({ script }: Output, type: number): boolean {
  return type === SIGHASH_DEFAULT || (type === SIGHASH_ALL && !isPayToTaproot(script));
}

/** Whether the input, or a signature in it, asks for another type. */
function breaksHashType(input: PsbtInput, type: number): boolean {
  if (input.sighashType !== null && input.sighashType !== type) return true;
  const schnorr = input.tapScriptSignatures.map(({ signature }) => signature);
  if (input.tapKeySignature !== null) schnorr.push(input.tapKeySignature);
  if (type === SIGHASH_DEFAULT) return schnorr.some(({ length }) => length !== 64);
  return (
    schnorr.some((signature) => signature[64] !== type) ||
    input.partialSignatures.some(({ signature }) => signature.at(-1) !== type)
  );
}

/** Of what led to the unlocking only the hash type is still of use. */
function finalInput(input: PsbtInput, { script, witness }: Unlocking): PsbtInput {
  return {
    ...input,
    partialSignatures: [],
    redeemScript: null,
    witnessScript: null,
    derivations: [],
    preimages: [],
    tapKeySignature: null,
    tapScriptSignatures: [],
    tapLeafScripts: [],
    tapDerivations: [],
    tapInternalKey: null,
    tapMerkleRoot: null,
    musig: [],
    finalScript: script.length === 0 ? null : script,
    finalWitness: witness.length === 0 ? null : witness,
  };
}

import type { Input, Output, Transaction } from "../bitcoin/transaction.ts";
import { isPayToTaproot } from "../script/templates.ts";
import type { Psbt, PsbtInput, PsbtOutput } from "./psbt.ts";
import { psbtCoin, psbtContext } from "./psbt-coins.ts";
import type { PsbtFault } from "./psbt-fault.ts";
import { findKeyByOutputs } from "./psbt-find-key.ts";
import { KnownKeys } from "./psbt-known-keys.ts";
import { afterSigning } from "./psbt-modifiable.ts";
import { isFinal, isSignedWell, signPsbtInput } from "./psbt-sign-input.ts";
import { dropNeedlessTransactions } from "./psbt-slim.ts";
import { updatePsbtOutput } from "./psbt-update-output.ts";
import type { SigningKey, SigningScript } from "./signing-script.ts";

/** What a signer may know. A wallet answers from its own store. */
export interface PsbtSigningProvider {
  /** What stands behind an output script; null when it is not the signer's. */
  find(script: Uint8Array): SigningScript | null;
  /**
   * A key that stands in a script of somebody else: 33 or 65 bytes, or 32 for taproot. Keys whose own
   * outputs `find` knows are found without it.
   */
  findKey?(publicKey: Uint8Array): SigningKey | null;
  /** Keys that sign in whatever script they stand. */
  readonly keys?: readonly SigningKey[];
  /** A transaction whose outputs may be spent, by its id. */
  findTransaction?(txid: Uint8Array): Transaction | null;
}

export interface SignPsbtOptions {
  /** Hash type of new signatures; by default the usual one: all of the transaction. */
  readonly sighash?: number | undefined;
  /** Whether to make signatures; else only what is known is filled in. */
  readonly sign: boolean;
  /** Whether to fill in public keys with their origins. */
  readonly bip32derivs: boolean;
  /** Whether to finalise inputs that are complete. */
  readonly finalize: boolean;
}

export interface SignedPsbt {
  readonly psbt: Psbt;
  /** Every input is final and valid. */
  readonly complete: boolean;
  /** Why signing stopped; then `psbt` is the one given. */
  readonly fault: PsbtFault | null;
}

/**
 * Fills in what `provider` knows of inputs and outputs, and signs. Inputs of which no coin is known are
 * left alone. Core: CWallet::FillPSBT.
 */
export function signPsbt(
  psbt: Psbt,
  provider: PsbtSigningProvider,
  options: SignPsbtOptions,
): SignedPsbt {
  const filled = withTransactions(psbt, provider);
  const context = psbtContext(filled);
  const inputs: PsbtInput[] = [];
  for (const [i, input] of filled.inputs.entries()) {
    const coin = psbtCoin(filled, i);
    if (isFinal(input) || coin === null) {
      inputs.push(input);
      continue;
    }
    const known = knownKeys(coin, input, provider, options);
    const signed = signPsbtInput(filled, i, context, known, {
      sighash: options.sighash,
      finalize: options.finalize,
    });
    if (signed.fault !== null) return { psbt, complete: false, fault: signed.fault };
    inputs.push(signed.input);
  }
  const outputs = filled.outputs.map((output, i): PsbtOutput => {
    const signing = provider.find((filled.tx.outputs[i] as Output).script);
    return signing === null ? output : updatePsbtOutput(output, signing, options.bip32derivs);
  });
  const modifiable = afterSigning(filled, inputs);
  const signed = dropNeedlessTransactions({ ...filled, inputs, outputs, modifiable });
  const complete = inputs.every((_, i) => isSignedWell(signed, i, context));
  return { psbt: signed, complete, fault: null };
}

/** The PSBT with the transactions that its inputs spend, where they were not told. */
function withTransactions(psbt: Psbt, provider: PsbtSigningProvider): Psbt {
  const inputs = psbt.inputs.map((input, i): PsbtInput => {
    if (isFinal(input) || input.nonWitnessUtxo !== null) return input;
    const { txid } = (psbt.tx.inputs[i] as Input).prevout;
    return { ...input, nonWitnessUtxo: provider.findTransaction?.(txid) ?? null };
  });
  return { ...psbt, inputs };
}

function knownKeys(
  coin: Output,
  input: PsbtInput,
  provider: PsbtSigningProvider,
  { sign, bip32derivs }: SignPsbtOptions,
): KnownKeys {
  const own = provider.find(coin.script);
  const named = own === null ? namedKeys(coin, input, provider) : [];
  const others = [...named, ...(provider.keys ?? [])];
  if (sign) return new KnownKeys(own, others, bip32derivs);
  const hidden = own && { ...own, keys: own.keys.map(withoutSecret) };
  return new KnownKeys(hidden, others.map(withoutSecret), bip32derivs);
}

/** Keys of the signer's that the PSBT names in a script of somebody else. */
function namedKeys(
  { script }: Output,
  { derivations, tapDerivations }: PsbtInput,
  provider: PsbtSigningProvider,
): SigningKey[] {
  const named = [...derivations, ...tapDerivations].map(({ publicKey }) => publicKey);
  if (isPayToTaproot(script)) named.push(script.subarray(2));
  const keys: SigningKey[] = [];
  for (const publicKey of named) {
    const key =
      provider.findKey?.(publicKey) ??
      findKeyByOutputs(publicKey, (output) => provider.find(output));
    if (key !== null) keys.push(key);
  }
  return keys;
}

function withoutSecret(key: SigningKey): SigningKey {
  return { ...key, secret: null };
}

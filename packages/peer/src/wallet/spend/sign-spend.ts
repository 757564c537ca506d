import type { Output, Transaction, TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { isWitnessProgram, witnessVersion } from "@compeer/protocol/script/templates";
import { createPsbt, type Psbt, type PsbtInput } from "@compeer/protocol/wallet/psbt";
import { extractTransaction } from "@compeer/protocol/wallet/psbt-finalize";
import {
  type PsbtSigningProvider,
  type SignedPsbt,
  type SignPsbtOptions,
  signPsbt,
} from "@compeer/protocol/wallet/psbt-sign";
import type { Wallet } from "../wallet.ts";
import { findKey } from "./find-key.ts";

/** Fills in what the wallet knows of a PSBT, and signs what it can. Core: CWallet::FillPSBT. */
export function fillPsbt(wallet: Wallet, psbt: Psbt, options: SignPsbtOptions): SignedPsbt {
  return signPsbt(psbt, signingProvider(wallet, psbt), options);
}

/** Keys that the PSBT names are looked for too: they may stand in scripts of others. */
function signingProvider(wallet: Wallet, { inputs }: Psbt): PsbtSigningProvider {
  const paths = new Map<string, readonly number[]>();
  for (const { derivations, tapDerivations } of inputs)
    for (const { publicKey, origin } of [...derivations, ...tapDerivations])
      paths.set(encodeHex(publicKey), origin.path);
  return {
    find: (script) => wallet.signing(script),
    findKey: (publicKey) => {
      const path = paths.get(encodeHex(publicKey));
      return path === undefined ? null : findKey(wallet, publicKey, path);
    },
    findTransaction: (txid) => wallet.ledger.get(hashKey(txid))?.tx ?? null,
  };
}

/**
 * Signs every input of a transaction that spends coins of the wallet; null when one cannot be signed.
 *
 * @param spent what the inputs spend, in their order
 */
export function signWithWallet(
  wallet: Wallet,
  tx: TransactionBody,
  spent: readonly Output[],
): Transaction | null {
  const blank = createPsbt(tx);
  const inputs = blank.inputs.map((input, position): PsbtInput => {
    const { value, script } = spent[position] as Output;
    // Taproot signs all amounts: it needs no parent to be sure of them.
    const isTaproot = isWitnessProgram(script) && witnessVersion(script) > 0;
    return isTaproot ? { ...input, witnessUtxo: { value, script } } : input;
  });
  const options = { sign: true, bip32derivs: false, finalize: true };
  const signed = fillPsbt(wallet, { ...blank, inputs }, options);
  return signed.complete ? extractTransaction(signed.psbt) : null;
}

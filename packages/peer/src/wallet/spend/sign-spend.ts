import type { Output, Transaction, TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { isWitnessProgram, witnessVersion } from "@compeer/protocol/script/templates";
import { createPsbt, type Psbt, type PsbtInput } from "@compeer/protocol/wallet/psbt";
import { extractTransaction } from "@compeer/protocol/wallet/psbt-finalize";
import {
  type PsbtSigningProvider,
  type SignedPsbt,
  type SignPsbtOptions,
  signPsbt,
} from "@compeer/protocol/wallet/psbt-sign";
import { paysTheSame } from "../signer/pays-the-same.ts";
import { signElsewhere } from "../signer/sign-elsewhere.ts";
import { signerCommand } from "../signer/signer-command.ts";
import type { Wallet } from "../wallet.ts";
import { findKey } from "./find-key.ts";

/** What is said of a payment that a device returned in place of the one it was given. */
const OTHER_PAYMENT =
  "The external signer returned another payment than it was given; look at it before you send it.";

/** A PSBT that signatures were added to. */
export interface CompletedPsbt extends SignedPsbt {
  /** What a reader must know before it is sent: a device may return another payment than it was given. */
  readonly warnings: readonly string[];
}

/** Signs what the wallet can, by its own keys or by the device that keeps them. @throws RpcError of the device */
export async function completePsbt(
  wallet: Wallet,
  psbt: Psbt,
  options: Omit<SignPsbtOptions, "sign">,
): Promise<CompletedPsbt> {
  if (!wallet.hasExternalSigner)
    return { ...fillPsbt(wallet, psbt, { ...options, sign: true }), warnings: [] };
  // Origins tell the device which keys are meant.
  const known = { ...options, sign: false, bip32derivs: true };
  const filled = fillPsbt(wallet, psbt, known);
  if (filled.complete || filled.fault !== null) return { ...filled, warnings: [] };
  const answer = await signElsewhere(signerCommand(wallet), filled.psbt);
  const warnings = paysTheSame(filled.psbt.tx, answer.tx) ? [] : [OTHER_PAYMENT];
  return { ...fillPsbt(wallet, answer, known), warnings };
}

/** Fills in what the wallet knows of a PSBT, and signs with its own keys if asked to. Core: CWallet::FillPSBT. */
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
 * @throws RpcError of the device that keeps the keys; when it signed another payment, too
 */
export async function signWithWallet(
  wallet: Wallet,
  tx: TransactionBody,
  spent: readonly Output[],
): Promise<Transaction | null> {
  const blank = createPsbt(tx);
  const inputs = blank.inputs.map((input, position): PsbtInput => {
    const { value, script } = spent[position] as Output;
    // Taproot signs all amounts: it needs no parent to be sure of them.
    const isTaproot = isWitnessProgram(script) && witnessVersion(script) > 0;
    return isTaproot ? { ...input, witnessUtxo: { value, script } } : input;
  });
  const options = { bip32derivs: false, finalize: true };
  const signed = await completePsbt(wallet, { ...blank, inputs }, options);
  requireSendable(signed);
  return signed.complete ? extractTransaction(signed.psbt) : null;
}

/** @throws RpcError for a payment that is not the one that was to be signed: it must not be sent */
export function requireSendable({ warnings }: CompletedPsbt): void {
  const [first] = warnings;
  if (first !== undefined)
    throw new RpcError(RpcErrorCode.verify, `External signer failed to sign: ${first}`);
}

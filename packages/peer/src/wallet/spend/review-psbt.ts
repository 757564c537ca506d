import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Output } from "@compeer/protocol/bitcoin/transaction";
import type { Psbt, PsbtOutput } from "@compeer/protocol/wallet/psbt";
import { psbtCoin } from "@compeer/protocol/wallet/psbt-coins";
import type { Wallet } from "../wallet.ts";

/** An input or output as the wallet sees it, whatever the PSBT says of it. */
export interface ReviewedOutput {
  /** Null for the coin of an input that the PSBT does not tell. */
  readonly output: Output | null;
  readonly isOurs: boolean;
  readonly isChange: boolean;
}

/** What a PSBT does to the wallet that is asked to sign it. */
export interface PsbtReview {
  readonly inputs: readonly ReviewedOutput[];
  readonly outputs: readonly ReviewedOutput[];
  /** Null when the amount of an input is unknown. */
  readonly fee: Sats | null;
  /** What it takes out of the wallet, fee included; negative when it brings something. */
  readonly spends: Sats;
  /** What a reader must know before he signs. */
  readonly warnings: readonly string[];
}

/**
 * Looks at a PSBT without believing what it says of its outputs: an attacker who replaced the change
 * adds paths with the wallet's own fingerprint to his address, so that a careless signer hides it.
 */
export function reviewPsbt(wallet: Wallet, psbt: Psbt): PsbtReview {
  const inputs = psbt.inputs.map((_, position) => reviewed(wallet, psbtCoin(psbt, position)));
  const outputs = psbt.tx.outputs.map((output) => reviewed(wallet, output));
  const [given, paid] = [ownValue(inputs), ownValue(outputs)];
  const isKnown = inputs.every(({ output }) => output !== null);
  return {
    inputs,
    outputs,
    fee: isKnown ? value(inputs) - value(outputs) : null,
    spends: given - paid,
    warnings: foreignChange(wallet, psbt),
  };
}

/** What a PSBT says of its outputs that is not so. */
export function foreignChange(wallet: Wallet, psbt: Psbt): readonly string[] {
  const own = fingerprints(wallet);
  return psbt.outputs.flatMap((output, position) => {
    const { script } = psbt.tx.outputs[position] as Output;
    const claims = originsOf(output);
    if (claims.length === 0 || wallet.find(script) !== null) return [];
    const address = formatAddress(script, wallet.network) ?? "a script without address";
    const isClaimed = claims.some((fingerprint) => own.has(fingerprint));
    return isClaimed
      ? [
          `Output ${position} (${address}) is said to be change of this wallet, but it is not an address of this wallet.`,
        ]
      : [
          `Output ${position} (${address}) is said to be change of another wallet (key ${claims[0]}): what it gets leaves this wallet.`,
        ];
  });
}

function originsOf({ derivations, tapDerivations }: PsbtOutput): readonly string[] {
  return [...derivations, ...tapDerivations].map(({ origin }) => origin.fingerprint);
}

/** Of the master keys that the wallet's scripts come from. */
function fingerprints(wallet: Wallet): ReadonlySet<string> {
  const found = new Set<string>();
  for (const descriptor of wallet.descriptors)
    for (const script of wallet.scriptsAt(descriptor, descriptor.rangeStart))
      for (const { origin } of wallet.signing(script)?.keys ?? []) found.add(origin.fingerprint);
  return found;
}

function reviewed(wallet: Wallet, output: Output | null): ReviewedOutput {
  const owner = output === null ? null : wallet.find(output.script);
  return { output, isOurs: owner !== null, isChange: owner?.isChange === true };
}

function ownValue(list: readonly ReviewedOutput[]): Sats {
  return value(list.filter(({ isOurs }) => isOurs));
}

function value(list: readonly ReviewedOutput[]): Sats {
  return list.reduce((sum, { output }) => sum + (output?.value ?? 0), 0);
}

import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import type { OutPoint, Output } from "@compeer/protocol/bitcoin/transaction";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { feeAt } from "@compeer/protocol/policy/fee-rate";
import { virtualSize } from "@compeer/protocol/policy/virtual-size";
import type { SelectableCoin } from "@compeer/protocol/wallet/select-coin";
import type { Wallet } from "../wallet.ts";
import type { CoinRates } from "./available-coins.ts";
import { individualBumpFees } from "./bump-fees.ts";
import { inputSize } from "./input-sizes.ts";
import type { SelectedInput, SpendControl } from "./spend-control.ts";

const TRUC_VERSION = 3;

/** The coins that were selected by hand, or why they cannot be spent. Core: FetchSelectedInputs. */
export function preselectedCoins(
  wallet: Wallet,
  control: SpendControl,
  rates: CoinRates,
): readonly SelectableCoin[] | string {
  const { selected } = control;
  const outpoints = selected.map(({ prevout }) => prevout);
  const bumpFees = individualBumpFees(wallet.mempool, outpoints, rates.feeRate);
  const coins: SelectableCoin[] = [];
  for (const input of selected) {
    const fault = trucFault(wallet, input.prevout, control);
    if (fault !== null) return fault;
    const output = spentOutput(wallet, input);
    if (output === null) return `Not found pre-selected input ${nameOf(input.prevout)}`;
    const weight = control.statedWeight(input.prevout);
    const size = weight === null ? inputSize(wallet, output.script, control) : virtualSize(weight);
    if (size === null) return `Not solvable pre-selected input ${nameOf(input.prevout)}`;
    const { txid, index } = input.prevout;
    const bumpFee = bumpFees?.get(outpointKey(txid, index)) ?? 0;
    coins.push(preselected(input.prevout, output, size, bumpFee, rates));
  }
  return coins;
}

/** The output that a selected input spends; null when nothing is known of it. */
function spentOutput(
  { ledger }: Wallet,
  { prevout: { txid, index }, output }: Pick<SelectedInput, "prevout" | "output">,
): Output | null {
  return ledger.output(txid, index) ?? output;
}

/** As Core prints an outpoint. */
function nameOf({ txid, index }: OutPoint): string {
  return `COutPoint(${formatHash(txid).slice(0, 10)}, ${index})`;
}

/** Versions of an unconfirmed transaction and its child must both be 3 or both not (BIP431). */
export function trucFault(
  { ledger }: Pick<Wallet, "ledger">,
  { txid, index }: OutPoint,
  { version }: Pick<SpendControl, "version">,
): string | null {
  const parent = ledger.output(txid, index)?.transaction;
  if (parent === undefined || ledger.depth(parent) !== 0) return null;
  const parentVersion = parent.view().version;
  if ((parentVersion === TRUC_VERSION) === (version === TRUC_VERSION)) return null;
  return `Can't spend unconfirmed version ${parentVersion} pre-selected input with a version ${version} tx`;
}

/** What does not matter for a coin that is spent in any case is left at its default. */
function preselected(
  prevout: OutPoint,
  { value, script }: Output,
  size: number,
  bumpFee: number,
  { feeRate, longTermRate }: CoinRates,
): SelectableCoin {
  return {
    prevout,
    value,
    script,
    kind: "unknown",
    depth: 0,
    isFromMe: false,
    inputSize: size,
    fee: feeAt(feeRate, size) + bumpFee,
    bumpFee,
    longTermFee: feeAt(longTermRate, size),
    ancestors: 0,
    descendants: 0,
  };
}

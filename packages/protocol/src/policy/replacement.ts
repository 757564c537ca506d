import { COIN, type Sats } from "../bitcoin/amount.ts";
import { formatHash } from "../bytes/hash.ts";
import { feeAt } from "./fee-rate.ts";

/** What a replacement brings and takes away. */
export interface ReplacementFees {
  readonly txid: Uint8Array;
  readonly fees: Sats;
  readonly vsize: number;
  /** Fees of all that would leave the mempool. */
  readonly replacedFees: Sats;
}

/**
 * Why a replacement pays too little to be worth its relay: it must pay what it removes, and the
 * incremental rate for its own bytes on top, or relaying would be free. Core: PaysForRBF.
 *
 * @param incrementalRate satoshis per 1000 virtual bytes
 * @returns Core's message, or null when it pays
 */
export function checkReplacementFees(
  { txid, fees, vsize, replacedFees }: ReplacementFees,
  incrementalRate: Sats,
): string | null {
  const start = `rejecting replacement ${formatHash(txid)}`;
  if (fees < replacedFees)
    return `${start}, less fees than conflicting txs; ${formatMoney(fees)} < ${formatMoney(replacedFees)}`;
  const additional = fees - replacedFees;
  const needed = feeAt(incrementalRate, vsize);
  if (additional < needed)
    return `${start}, not enough additional fees to relay; ${formatMoney(additional)} < ${formatMoney(needed)}`;
  return null;
}

/** Bitcoin with at least two decimals. Core: FormatMoney. */
function formatMoney(sats: Sats): string {
  const amount = Math.abs(sats);
  const decimals = String(amount % COIN)
    .padStart(8, "0")
    .replace(/0{1,6}$/, "");
  return `${sats < 0 ? "-" : ""}${Math.floor(amount / COIN)}.${decimals}`;
}

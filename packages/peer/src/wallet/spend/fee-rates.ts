import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { EstimateReason } from "@compeer/protocol/policy/fee-estimator";
import type { Wallet } from "../wallet.ts";
import type { SpendControl } from "./spend-control.ts";

/** Where a fee rate comes from, in Core's words (StringForFeeReason). */
type FeeReason =
  | EstimateReason
  | "PayTxFee set"
  | "Fallback fee"
  | "Mempool Min Fee"
  | "Minimum Required Fee";

export interface RateVerdict {
  /** Satoshis per 1000 virtual bytes; 0 when there is nothing to go by. */
  readonly rate: Sats;
  readonly reason: FeeReason;
}

/** Least rate that the wallet and the peers it reaches take. Core: GetRequiredFeeRate. */
export function requiredRate({ options, mempool }: Wallet): Sats {
  return Math.max(options.minRate, mempool.options.minRelayRate);
}

/** The rate to pay: what the caller says, else what is estimated, else what the settings fall back to. Core: GetMinimumFeeRate. */
export function spendRate(wallet: Wallet, control: SpendControl): RateVerdict {
  const chosen = chosenRate(wallet, control);
  if (control.feeRate !== null && control.overrideFeeRate) return chosen;
  if (chosen.reason === "Fallback fee" && chosen.rate === 0) return chosen;
  const required = requiredRate(wallet);
  return required > chosen.rate ? { rate: required, reason: "Minimum Required Fee" } : chosen;
}

function chosenRate(wallet: Wallet, control: SpendControl): RateVerdict {
  const { mempool, payRate } = wallet;
  if (control.feeRate !== null) return { rate: control.feeRate, reason: "PayTxFee set" };
  if (control.confirmTarget === null && payRate > 0)
    return { rate: payRate, reason: "PayTxFee set" };
  const estimated = estimatedRate(wallet, control);
  if (estimated.rate > 0 && mempool.minFeeRate > estimated.rate)
    return { rate: mempool.minFeeRate, reason: "Mempool Min Fee" };
  return estimated;
}

function estimatedRate({ options, fees }: Wallet, control: SpendControl): RateVerdict {
  const target = control.confirmTarget ?? options.confirmTarget;
  const isReplaceable = control.replaceable ?? options.signalsReplacement;
  const conservative =
    control.estimateMode === "unset" ? !isReplaceable : control.estimateMode === "conservative";
  const estimate = fees?.smartRate(target, conservative);
  return estimate === undefined || estimate.rate === 0
    ? { rate: options.fallbackRate, reason: "Fallback fee" }
    : estimate;
}

/** Rate at which change that is not worth spending becomes fee. Core: GetDiscardRate. */
export function discardRate({ options, mempool, fees }: Wallet): Sats {
  const longest = fees?.smartRate(fees.maxTarget, false).rate ?? 0;
  const rate = longest === 0 ? options.discardRate : Math.min(longest, options.discardRate);
  return Math.max(rate, mempool.options.dustRate);
}

/** A rate as people read it: "1.234 sat/vB". Core: CFeeRate::ToString. */
function formatRate(rate: Sats): string {
  return `${Math.floor(rate / 1000)}.${String(rate % 1000).padStart(3, "0")} sat/vB`;
}

export const NO_FALLBACK =
  "Fee estimation failed. Fallbackfee is disabled. Wait a few blocks or enable -fallbackfee.";

/** Why a rate may not be used; null when it may. */
export function checkRate(control: SpendControl, { rate, reason }: RateVerdict): string | null {
  if (control.feeRate !== null && rate > control.feeRate)
    return `Fee rate (${formatRate(control.feeRate)}) is lower than the minimum fee rate setting (${formatRate(rate)})`;
  return reason === "Fallback fee" && rate === 0 ? NO_FALLBACK : null;
}

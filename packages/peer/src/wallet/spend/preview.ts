import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { feeAt } from "@compeer/protocol/policy/fee-rate";
import { effectiveValue, type SelectableCoin } from "@compeer/protocol/wallet/select-coin";
import type { Wallet } from "../wallet.ts";
import { type BuiltTransaction, buildTransaction, type Recipient } from "./build-transaction.ts";
import { CoinDraw } from "./coin-draw.ts";
import { requiredRate } from "./fee-rates.ts";
import { outputSize } from "./input-sizes.ts";
import { type MempoolPlace, placeInMempool, rateForBlocks } from "./mempool-place.ts";
import { randomBelow } from "./random-below.ts";
import type { SpendControl } from "./spend-control.ts";

/** Waits that people choose from, in blocks. */
const WAITS = [1, 2, 3, 6] as const;

/** What another way of paying would cost, and save. */
export interface Alternative {
  readonly fee: Sats;
  readonly saves: Sats;
}

/** What a payment costs, and what it could cost. */
export interface Preview {
  readonly place: MempoolPlace;
  readonly waits: readonly (Alternative & { readonly blocks: number; readonly rate: Sats })[];
  /** With the fewest inputs; null when those chosen are the fewest. */
  readonly leaner: (Alternative & { readonly inputs: number }) | null;
  /** As more outputs of another transaction that is sent anyway. */
  readonly batched: Alternative;
}

export function previewPayment(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: SpendControl,
  built: BuiltTransaction,
): Preview {
  const { fee, weight, vsize, rate } = built;
  const { mempool } = wallet;
  const least = Math.max(requiredRate(wallet), mempool.minFeeRate);
  const waits = WAITS.map((blocks) => {
    const needed = rateForBlocks(mempool, blocks, weight, least);
    return { blocks, rate: needed, ...alternative(fee, feeAt(needed, vsize)) };
  });
  const size = recipients.reduce((sum, { script }) => sum + outputSize(script), 0);
  return {
    place: placeInMempool(mempool, { fee, size: weight }),
    waits,
    leaner: leanerChoice(wallet, recipients, control, built),
    batched: alternative(fee, feeAt(rate.rate, size)),
  };
}

function alternative(fee: Sats, other: Sats): Alternative {
  return { fee: other, saves: fee - other };
}

/** So many coins of the largest that are confirmed, largest first. */
function largestCoins(coins: readonly SelectableCoin[], count: number): SelectableCoin[] {
  const confirmed = coins.filter(({ depth }) => depth > 0);
  const values = Float64Array.from(confirmed, effectiveValue).sort();
  const least = values[Math.max(0, values.length - count)] ?? 0;
  return confirmed
    .filter((coin) => effectiveValue(coin) >= least)
    .sort((a, b) => effectiveValue(b) - effectiveValue(a));
}

/** How many of the largest coins reach what is paid, or one less. */
function fewest(coins: readonly SelectableCoin[], { selection }: BuiltTransaction): number {
  let [count, missing] = [0, selection.target];
  while (missing > 0 && count < coins.length) missing -= (coins[count++] as SelectableCoin).value;
  return Math.max(1, count - 1);
}

/** The largest coins first, as few as it takes. */
function leanerChoice(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: SpendControl,
  built: BuiltTransaction,
): Preview["leaner"] {
  const rates = { feeRate: built.rate.rate, longTermRate: wallet.options.consolidateRate };
  const change = built.changePosition === null ? null : built.tx.outputs[built.changePosition];
  const script = change?.script ?? built.tx.outputs[0]?.script ?? new Uint8Array(0);
  const most = built.tx.inputs.length - 1 - control.selected.length;
  if (most < 1) return null;
  const draw = new CoinDraw(wallet, control, randomBelow);
  const coins = largestCoins(draw.drawn(rates, false), most);
  for (let count = fewest(coins, built); count <= most; count++) {
    const few = control.with((copy) => {
      for (const { prevout } of coins.slice(0, count)) copy.select(prevout);
      copy.allowOthers = false;
    });
    const verdict = buildTransaction(wallet, recipients, few, { script }, null, randomBelow);
    if ("error" in verdict) continue;
    const saved = alternative(built.fee, verdict.fee);
    return saved.saves > 0 ? { inputs: verdict.tx.inputs.length, ...saved } : null;
  }
  return null;
}

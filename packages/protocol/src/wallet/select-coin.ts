import type { Sats } from "../bitcoin/amount.ts";
import type { OutPoint } from "../bitcoin/transaction.ts";

/** What one input has to look like to spend a coin: selections keep to one kind where they can. */
export type CoinKind = "legacy" | "p2sh-segwit" | "bech32" | "bech32m" | "unknown";

/** An output that could be spent, with what spending it costs. Core: COutput. */
export interface SelectableCoin {
  readonly prevout: OutPoint;
  readonly value: Sats;
  readonly script: Uint8Array;
  readonly kind: CoinKind;
  /** Confirmations; 0 when it waits in the mempool. */
  readonly depth: number;
  readonly isFromMe: boolean;
  /** Virtual bytes of the input that spends it. */
  readonly inputSize: number;
  /** What the input costs now, and what lifts its unconfirmed ancestors to the same rate included. */
  readonly fee: Sats;
  readonly bumpFee: Sats;
  /** What the input would cost at the rate expected in the long term. */
  readonly longTermFee: Sats;
  /** Transactions of the mempool it hangs on, itself included; 0 when confirmed. */
  readonly ancestors: number;
  /** Most transactions that hang together on one of its ancestors; 0 when confirmed. */
  readonly descendants: number;
}

/** What remains of a coin once its input is paid for. */
export function effectiveValue(coin: SelectableCoin): Sats {
  return coin.value - coin.fee;
}

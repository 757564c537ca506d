import assert from "node:assert/strict";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { Mempool } from "../mempool.ts";
import { DEFAULT_MEMPOOL_OPTIONS, type MempoolOptions } from "../mempool-options.ts";
import type { SubmitOptions } from "../mempool-parts.ts";
import { type DraftOptions, draft, Ledger, type Spend } from "./ledger.ts";

export const COIN: number = 1e8;

/** A mempool on a ledger of its own, with a clock that can be turned. */
export class World {
  readonly ledger: Ledger = new Ledger();
  readonly clock: { time: number; now(): number } = {
    time: 1_700_000_000,
    now: () => this.clock.time,
  };
  readonly mempool: Mempool;
  readonly removed: string[] = [];

  constructor(options: Partial<MempoolOptions> = {}) {
    const log = { info: () => {}, debug: () => {}, error: (text: string) => assert.fail(text) };
    const parts = { chain: this.ledger, clock: this.clock, log };
    this.mempool = new Mempool(parts, { ...DEFAULT_MEMPOOL_OPTIONS, ...options });
    this.mempool.removed.on(({ reason }) => this.removed.push(reason));
  }

  coins(count: number): Spend[] {
    return this.ledger.fund(new Array(count).fill(COIN));
  }

  coin(): Spend {
    return this.coins(1)[0] as Spend;
  }

  async reason(tx: TransactionView, options: SubmitOptions = {}): Promise<string> {
    const { fault } = await this.mempool.submit(tx, options);
    return fault === null
      ? ""
      : fault.detail === ""
        ? fault.reason
        : `${fault.reason}, ${fault.detail}`;
  }

  has(tx: TransactionView): boolean {
    return this.mempool.get(keyOf(tx)) !== undefined;
  }
}

/** The txid as a key. */
export function keyOf(tx: TransactionView): string {
  return hashKey(transactionId(tx));
}

/** An output of a transaction, to be spent. */
export function output(tx: TransactionView, index: number = 0): Spend {
  return { txid: transactionId(tx), index };
}

/** Spends one coin into one of its value less the fee. */
export function pay(
  spend: Spend,
  fee: number,
  value: number = COIN,
  options: DraftOptions = {},
): TransactionView {
  return draft([spend], [value - fee], options);
}

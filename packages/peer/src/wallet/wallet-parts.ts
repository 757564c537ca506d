import type { SmartRate } from "@compeer/protocol/policy/fee-estimator";
import type { Chain } from "../chain/chain.ts";
import type { ChainLog } from "../chain/chain-parts.ts";
import type { Clock } from "../clock/clock.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { BlockFilters } from "./rescan.ts";
import type { WalletTransaction } from "./wallet-transaction.ts";

/** Who estimates fees; null where nobody does (-blocksonly). */
export interface FeeSource {
  /** What confirms within `target` blocks. */
  smartRate(target: number, conservative: boolean): SmartRate;
  readonly maxTarget: number;
}

/** What every wallet of a peer works with. */
export interface WalletParts {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly fees: FeeSource | null;
  readonly clock: Clock;
  readonly log: ChainLog;
  /** Filters of all blocks, where they are indexed: a rescan then reads only blocks that they name. */
  readonly blockFilters?: BlockFilters | null;
  /** Announces a transaction of the mempool to the peers. */
  relay(txid: Uint8Array): void;
  /** A transaction of a wallet came or changed (-walletnotify). */
  notify(wallet: string, tx: WalletTransaction): void;
}

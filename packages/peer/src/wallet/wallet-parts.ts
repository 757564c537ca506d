import type { Chain } from "../chain/chain.ts";
import type { ChainLog } from "../chain/chain-parts.ts";
import type { Clock } from "../clock/clock.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { WalletTransaction } from "./wallet-transaction.ts";

/** What every wallet of a peer works with. */
export interface WalletParts {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly clock: Clock;
  readonly log: ChainLog;
  /** Announces a transaction of the mempool to the peers. */
  relay(txid: Uint8Array): void;
  /** A transaction of a wallet came or changed (-walletnotify). */
  notify(wallet: string, tx: WalletTransaction): void;
}

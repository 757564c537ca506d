import { type Block, blockTxid, witnessIds } from "@compeer/protocol/bitcoin/block";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";

/** The transactions of a block by either id; the table is made when it is first asked. */
export class RecentBlock {
  readonly #block: Block;
  #byId: ReadonlyMap<string, TransactionView> | null = null;

  constructor(block: Block) {
    this.#block = block;
  }

  /** @param key of a txid or wtxid */
  find(key: string): TransactionView | null {
    this.#byId ??= this.#index();
    return this.#byId.get(key) ?? null;
  }

  #index(): Map<string, TransactionView> {
    const byId = new Map<string, TransactionView>();
    const wtxids = witnessIds(this.#block);
    this.#block.transactions.forEach((tx, i) => {
      byId.set(hashKey(blockTxid(this.#block, i)), tx);
      if (i > 0) byId.set(hashKey(wtxids.subarray(32 * i, 32 * i + 32)), tx);
    });
    return byId;
  }
}

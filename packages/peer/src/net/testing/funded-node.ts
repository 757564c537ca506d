import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { ANYONE_SCRIPT, type Spend } from "../../mempool/testing/ledger.ts";
import { type MemoryNode, startMemoryNode } from "./memory-node.ts";
import { mineBlock } from "./mine-block.ts";
import { RawPeer } from "./raw-peer.ts";

/** Satoshis of each coin. */
export const COIN_VALUE = 50e8;
const MATURITY = 100;

/** A node in memory with coins that anyone can spend, and raw peers around it. */
export class FundedNode {
  readonly node: MemoryNode;
  readonly #coins: readonly Spend[];
  #spent = 0;
  readonly #peers: RawPeer[] = [];

  private constructor(node: MemoryNode, coins: readonly Spend[]) {
    this.node = node;
    this.#coins = coins;
  }

  static async start(count: number): Promise<FundedNode> {
    const node = await startMemoryNode();
    node.clock.setMock(node.chain.tip.time + 500);
    const coins: Spend[] = [];
    for (let i = 0; i < MATURITY + count; i++) {
      const options = { reward: COIN_VALUE, script: ANYONE_SCRIPT };
      const block = mineBlock(node.chain.tip, options);
      await node.chain.submitBlock(block);
      const [coinbase] = block.transactions;
      if (i < count && coinbase !== undefined)
        coins.push({ txid: transactionId(coinbase), index: 0 });
    }
    return new FundedNode(node, coins);
  }

  /** One that nobody has spent yet. */
  coin(): Spend {
    const coin = this.#coins[this.#spent++];
    if (coin === undefined) throw new Error("all coins are spent");
    return coin;
  }

  has(tx: TransactionView): boolean {
    return this.node.mempool.get(hashKey(transactionId(tx))) !== undefined;
  }

  async hello(): Promise<RawPeer> {
    const peer = await RawPeer.shakeHands(this.node.port, this.node.network.magic);
    this.#peers.push(peer);
    return peer;
  }

  /** Turns the clock. */
  wait(seconds: number): void {
    const { clock } = this.node;
    clock.setMock(clock.now() + seconds);
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    await this.node.close();
  }
}

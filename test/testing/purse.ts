import type { Peer } from "@compeer/peer/peer";
import { blockTxid } from "@compeer/protocol/bitcoin/block";
import { finishTransaction } from "@compeer/protocol/bitcoin/transaction";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { Unspent } from "./grow-chain.ts";
import { type Caller, callerOf } from "./peers.ts";
import { inputOf, SPENDABLE, signSpend } from "./script-kinds.ts";

const SCRIPT = SPENDABLE.get("p2wpkh") as Uint8Array;
const REWARD = `raw(${encodeHex(SCRIPT)})`;
const MATURITY = 100;
const FEE = 10_000;

/** The rewards of a peer's blocks, spent coin by coin in signed payments. */
export class Purse {
  readonly #peer: Peer;
  readonly #coins: Unspent[] = [];
  /** Height of the next reward to take. */
  #next = 1;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Has `miner` mine blocks that pay here; the transactions it knows go in. */
  mine(count: number, miner: Caller = callerOf(this.#peer)): Promise<string[]> {
    return miner.call<string[]>("generatetodescriptor", count, REWARD);
  }

  /** Takes every reward that is mature at the tip. Those of blocks that may leave the chain are no good. */
  async fill(): Promise<void> {
    const { chain } = this.#peer;
    for (; this.#next + MATURITY <= chain.tip.height + 1; this.#next++) {
      const node = chain.at(this.#next);
      const block = node === null ? null : await chain.block(node);
      if (block === null) throw new Error(`no block at ${this.#next}`);
      const value = (block.transactions[0] as TransactionView).outputValue(0);
      const coin = { value, script: SCRIPT, height: this.#next, coinbase: true };
      this.#coins.push({ txid: blockTxid(block, 0), index: 0, coin });
    }
  }

  /** Sends the oldest coin back here in `parts` pieces, through any peer; returns the txid. */
  async pay(parts: number, through: Caller = callerOf(this.#peer)): Promise<string> {
    const coin = this.#coins.shift();
    if (coin === undefined) throw new Error("the purse is empty");
    const value = Math.floor((coin.coin.value - FEE) / parts);
    const outputs = Array.from({ length: parts }, () => ({ value, script: SCRIPT }));
    const body = { version: 2, inputs: [inputOf(coin)], outputs, lockTime: 0 };
    const tx = finishTransaction(signSpend(body, [coin.coin]));
    const txid = await through.call<string>("sendrawtransaction", encodeHex(tx.raw));
    outputs.forEach((output, index) => {
      const unspent = { ...output, height: 0, coinbase: false };
      this.#coins.push({ txid: tx.txid, index, coin: unspent });
    });
    return txid;
  }
}

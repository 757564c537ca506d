import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { finishTransaction, type OutPoint } from "@compeer/protocol/bitcoin/transaction";
import { parseHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { NodeProcess } from "./node-process.ts";
import { DATA_SCRIPT, inputOf, SPENDABLE, signSpend } from "./script-kinds.ts";

/** An unspent output and where it is. */
export interface Unspent extends OutPoint {
  readonly coin: Coin;
}

const KEY_HASH_SCRIPT = SPENDABLE.get("p2wpkh") as Uint8Array;
/** A descriptor of the script to which all rewards go. */
export const REWARD: string = `raw(${encodeHex(KEY_HASH_SCRIPT)})`;
const MATURITY = 100;
const FEE = 10_000;

/**
 * Has a node mine a chain in which every so many blocks spend outputs of every kind of script and
 * make new ones. Rewards go to a key of `signSpend`; no reward is spent twice.
 */
export class ChainGrower {
  readonly #node: NodeProcess;
  /** Block hashes whose rewards are still there, oldest first, and the height of the first. */
  readonly #rewards: string[] = [];
  #height = 0;
  #oldest = 1;
  /** One output of every kind, empty before the first. */
  #coins: readonly Unspent[] = [];

  constructor(node: NodeProcess) {
    this.#node = node;
  }

  get height(): number {
    return this.#height;
  }

  /** Blocks without transactions. */
  async mine(count: number): Promise<void> {
    const hashes = await this.#node.call<string[]>("generatetodescriptor", count, REWARD);
    this.#rewards.push(...hashes);
    this.#height += count;
  }

  /** `count` blocks, of which one in `every` spends and makes outputs of every kind. */
  async grow(count: number, every: number): Promise<void> {
    for (let left = count; left > 0; left -= every) {
      if (left > 1) await this.mine(Math.min(every, left) - 1);
      await this.#mineWith([await this.spendEveryKind(), await this.#spendReward()]);
    }
  }

  /** A transaction, as hex, of one input of every kind with outputs of every kind and one of data. */
  async spendEveryKind(): Promise<string> {
    const reward = await this.takeReward();
    const spent = [...this.#coins, reward];
    const total = spent.reduce((sum, { coin }) => sum + coin.value, 0);
    const value = Math.floor((total - FEE) / SPENDABLE.size);
    const outputs = [...SPENDABLE.values()].map((script) => ({ value, script }));
    const tx = finishTransaction(
      signSpend(
        {
          version: 2,
          inputs: spent.map((each) => inputOf(each)),
          outputs: [...outputs, { value: 0, script: DATA_SCRIPT }],
          lockTime: 0,
        },
        spent.map(({ coin }) => coin),
      ),
    );
    this.#coins = outputs.map((output, index) => ({
      txid: tx.txid,
      index,
      coin: { ...output, height: this.#height + 1, coinbase: false },
    }));
    return encodeHex(tx.raw);
  }

  /** The oldest reward that is mature and not taken yet. */
  async takeReward(): Promise<Unspent> {
    const hash = this.#rewards.shift();
    const height = this.#oldest++;
    if (hash === undefined || height + MATURITY > this.#height + 1)
      throw new Error("none is mature");
    const { tx } = await this.#node.call<{ tx: { txid: string; vout: { value: number }[] }[] }>(
      "getblock",
      hash,
      2,
    );
    const [coinbase] = tx;
    if (coinbase === undefined) throw new Error("a block without coinbase");
    const value = Math.round((coinbase.vout[0]?.value ?? 0) * 1e8);
    const coin = { value, script: KEY_HASH_SCRIPT, height, coinbase: true };
    return { txid: parseHash(coinbase.txid), index: 0, coin };
  }

  async #spendReward(): Promise<string> {
    const reward = await this.takeReward();
    const output = { value: reward.coin.value - FEE, script: KEY_HASH_SCRIPT };
    const body = { version: 2, inputs: [inputOf(reward)], outputs: [output], lockTime: 0 };
    return encodeHex(finishTransaction(signSpend(body, [reward.coin])).raw);
  }

  async #mineWith(transactions: readonly string[]): Promise<void> {
    const { hash } = await this.#node.call<{ hash: string }>("generateblock", REWARD, transactions);
    this.#rewards.push(hash);
    this.#height++;
  }
}

import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { isUnspendable } from "@compeer/protocol/script/templates";

/** Roughly what a coin takes here, in bytes. */
const COIN_BYTES = 300;

interface CoinSource {
  get(txid: Uint8Array, index: number): Coin | null | Promise<Coin | null>;
}

/** Changes to the coins that are kept in memory, over a source that stays as it is: to try something out. */
export class CoinOverlay {
  readonly #source: CoinSource;
  readonly #changes = new Map<string, Coin | null>();

  constructor(source: CoinSource) {
    this.#source = source;
  }

  /** Rough memory in bytes. */
  get bytes(): number {
    return this.#changes.size * COIN_BYTES;
  }

  async get(txid: Uint8Array, index: number): Promise<Coin | null> {
    const change = this.#changes.get(outpointKey(txid, index));
    return change === undefined ? this.#source.get(txid, index) : change;
  }

  /** The coins that a block spends; one that is made or spent within the block counts as in CoinCache. */
  async load(block: Block, height: number): Promise<SpentCoins> {
    const spent = new SpentCoins(block.table.inputCount);
    const within = new CoinOverlay(this);
    for (const tx of block.transactions) {
      for (let input = 0; tx.index > 0 && input < tx.inputCount; input++) {
        const coin = await within.take(tx.prevTxid(input), tx.prevIndex(input));
        if (coin !== null) spent.setCoin(tx.firstInput + input, coin);
      }
      within.#addOutputs(block, tx, height);
    }
    return spent;
  }

  /** Spends what a block spends and adds what it makes. */
  async apply(block: Block, height: number): Promise<void> {
    for (const tx of block.transactions) {
      for (let input = 0; tx.index > 0 && input < tx.inputCount; input++)
        await this.take(tx.prevTxid(input), tx.prevIndex(input));
      this.#addOutputs(block, tx, height);
    }
  }

  /** Takes a block back; false when the coins were not as the block left them. Core: DisconnectBlock. */
  async revert(block: Block, height: number, undo: SpentCoins): Promise<boolean> {
    let clean = true;
    for (let i = block.transactions.length - 1; i >= 0; i--) {
      const tx = block.transactions[i] as TransactionView;
      const txid = blockTxid(block, i);
      for (let output = 0; output < tx.outputCount; output++) {
        if (isUnspendable(tx.outputScript(output))) continue;
        const coin = await this.take(txid, output);
        if (coin === null || !isOutput(coin, tx, output, height)) clean = false;
      }
      for (let input = tx.inputCount - 1; i > 0 && input >= 0; input--) {
        const key = outpointKey(tx.prevTxid(input), tx.prevIndex(input));
        if ((await this.get(tx.prevTxid(input), tx.prevIndex(input))) !== null) clean = false;
        this.#changes.set(key, undo.coin(tx.firstInput + input));
      }
    }
    return clean;
  }

  /** Spends a coin; null when it is not there. */
  async take(txid: Uint8Array, index: number): Promise<Coin | null> {
    const coin = await this.get(txid, index);
    this.#changes.set(outpointKey(txid, index), null);
    return coin;
  }

  #addOutputs(block: Block, tx: TransactionView, height: number): void {
    const txid = blockTxid(block, tx.index);
    for (let output = 0; output < tx.outputCount; output++) {
      const script = tx.outputScript(output);
      if (isUnspendable(script)) continue;
      const coin = { value: tx.outputValue(output), script, height, coinbase: tx.index === 0 };
      this.#changes.set(outpointKey(txid, output), coin);
    }
  }
}

function isOutput(coin: Coin, tx: TransactionView, output: number, height: number): boolean {
  return (
    coin.height === height &&
    coin.coinbase === (tx.index === 0) &&
    coin.value === tx.outputValue(output) &&
    equalBytes(coin.script, tx.outputScript(output))
  );
}

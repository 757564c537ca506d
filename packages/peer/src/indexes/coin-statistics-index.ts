import type { Block } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { blockSubsidy } from "@compeer/protocol/consensus/subsidy";
import { MuHash } from "@compeer/protocol/crypto/muhash";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import { bogoSize, coinBytes } from "../chain/coin-figures.ts";
import { BlockMissing, type Follower } from "../chain/follow.ts";
import type { KeyValueStore } from "../storage/key-value.ts";
import { putBeside, putInChain, readRecord } from "./block-records.ts";
import {
  type CoinFigures,
  decodeFigures,
  encodeFigures,
  lostAmount,
  NO_COINS,
} from "./coin-figures-record.ts";
import { createdCoins, spentCoins, unspendableAmount } from "./coin-tally.ts";
import { IndexStore } from "./index-store.ts";

const SET = 0x4d; // "M": the set of all coins, alone or, by us, with a height
/** The set is kept of every so many blocks: from there an index goes on whose last blocks are gone. */
const KEPT_EVERY = 100;

/** The blocks of the main network whose coinbases were repeated before they were spent (BIP30). */
const REPEATED: ReadonlySet<string> = new Set([
  "00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e",
  "00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f",
]);

/**
 * Figures and a hash over all coins as of every block, in the records of Core's index, so that they
 * need not be counted: gettxoutsetinfo of any height, audits. Core: src/index/coinstatsindex.cpp.
 */
export class CoinStatisticsIndex implements Follower {
  readonly name: string = "coinstatsindex";
  readonly needsSpent: boolean = true;
  readonly #chain: Chain;
  readonly #store: IndexStore;
  #set: MuHash;
  #figures: CoinFigures;

  private constructor(chain: Chain, store: IndexStore, set: MuHash, figures: CoinFigures) {
    this.#chain = chain;
    this.#store = store;
    this.#set = set;
    this.#figures = figures;
  }

  /** @throws DecodeError when the database is damaged */
  static async open(chain: Chain, records: KeyValueStore): Promise<CoinStatisticsIndex> {
    const store = await IndexStore.open(records, chain);
    for (let node = store.position; node !== null; node = lastKept(node)) {
      const figures = await readFigures(records, node);
      for (const key of [setKey(), setKey(node.height)]) {
        const saved = await records.get(key);
        if (figures === null || saved === undefined) continue;
        const set = MuHash.decode(saved);
        if (!equalBytes(set.digest(), figures.hash)) continue;
        store.startAt(node);
        return new CoinStatisticsIndex(chain, store, set, figures);
      }
    }
    store.startAt(null);
    return new CoinStatisticsIndex(chain, store, new MuHash(), NO_COINS);
  }

  get position(): Uint8Array | null {
    return this.#store.position?.hash ?? null;
  }

  async connect(block: Block, node: BlockNode, spent: SpentCoins | null): Promise<void> {
    this.#figures = node.height === 0 ? this.#genesis() : this.#count(block, node, spent);
    const batch = this.#store.records.batch();
    putInChain(batch, node, encodeFigures(this.#figures));
    if (node.height % KEPT_EVERY === 0) batch.put(setKey(node.height), this.#set.encode());
    batch.put(setKey(), this.#set.encode());
    await this.#store.move(batch, node, this.#chain);
  }

  /** Nobody can spend what the genesis block pays. */
  #genesis(): CoinFigures {
    const subsidy = BigInt(blockSubsidy(0, this.#chain.network.halvingInterval));
    return { ...NO_COINS, hash: this.#set.digest(), subsidy, genesisLost: subsidy };
  }

  #count(block: Block, node: BlockNode, spent: SpentCoins | null): CoinFigures {
    const subsidy = BigInt(blockSubsidy(node.height, this.#chain.network.halvingInterval));
    const sum = { ...this.#figures, subsidy: this.#figures.subsidy + subsidy };
    for (let position = 0; position < block.transactions.length; position++) {
      if (position === 0 && isRepeated(node)) {
        sum.repeatedLost += subsidy;
        continue;
      }
      sum.scriptsLost += BigInt(unspendableAmount(block.transactions[position] as TransactionView));
      for (const { txid, index, coin } of createdCoins(block, position, node.height)) {
        this.#set.insert(coinBytes(txid, index, coin));
        if (position === 0) sum.coinbase += BigInt(coin.value);
        else sum.created += BigInt(coin.value);
        sum.outputs++;
        sum.amount += BigInt(coin.value);
        sum.bogoSize += BigInt(bogoSize(coin.script));
      }
      for (const { txid, index, coin } of spentCoins(block, position, spent as SpentCoins)) {
        this.#set.remove(coinBytes(txid, index, coin));
        sum.spent += BigInt(coin.value);
        sum.outputs--;
        sum.amount -= BigInt(coin.value);
        sum.bogoSize -= BigInt(bogoSize(coin.script));
      }
    }
    const accounted = sum.created + sum.coinbase + lostAmount(sum);
    sum.unclaimed += sum.spent + sum.subsidy - accounted;
    return { ...sum, hash: this.#set.digest() };
  }

  async disconnect(block: Block, node: BlockNode): Promise<void> {
    const before = node.parent === null ? NO_COINS : await this.figures(node.parent);
    const spent = await this.#chain.readSpent(node, block);
    if (before === null || spent === null)
      throw new BlockMissing(`${this.name} cannot take back block ${node.height}`);
    for (let position = 0; position < block.transactions.length; position++) {
      if (position === 0 && isRepeated(node)) continue;
      for (const { txid, index, coin } of createdCoins(block, position, node.height))
        this.#set.remove(coinBytes(txid, index, coin));
      for (const { txid, index, coin } of spentCoins(block, position, spent))
        this.#set.insert(coinBytes(txid, index, coin));
    }
    const batch = this.#store.records.batch();
    putBeside(batch, node, encodeFigures(this.#figures));
    batch.put(setKey(), this.#set.encode());
    this.#figures = before;
    await this.#store.move(batch, node.parent, this.#chain);
  }

  /** Null when the index has not come to the block. @throws DecodeError when its record is damaged */
  figures(node: BlockNode): Promise<CoinFigures | null> {
    return readFigures(this.#store.records, node);
  }

  close(): Promise<void> {
    return this.#store.close(this.#chain);
  }
}

async function readFigures(records: KeyValueStore, node: BlockNode): Promise<CoinFigures | null> {
  const record = await readRecord(records, node);
  return record && decodeFigures(record);
}

/** The newest block before `node` of which the set is kept. */
function lastKept(node: BlockNode): BlockNode | null {
  return node.ancestor(Math.ceil(node.height / KEPT_EVERY) * KEPT_EVERY - KEPT_EVERY);
}

function isRepeated(node: BlockNode): boolean {
  return (node.height === 91_722 || node.height === 91_812) && REPEATED.has(formatHash(node.hash));
}

function setKey(height?: number): Uint8Array {
  if (height === undefined) return Uint8Array.of(SET);
  return Uint8Array.of(SET, height >>> 24, height >>> 16, height >>> 8, height);
}

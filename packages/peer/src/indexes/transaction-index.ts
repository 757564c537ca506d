import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import { HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import type { Follower } from "../chain/follow.ts";
import type { KeyValueStore } from "../storage/key-value.ts";
import { readVarInt, writeVarInt } from "../storage/var-int.ts";
import { IndexStore } from "./index-store.ts";

const BY_TXID = 0x74; // "t"

/** Where a transaction is: the block's place in the block files and the bytes behind its header. */
export interface TransactionPosition {
  readonly file: number;
  readonly blockOffset: number;
  readonly offset: number;
}

/** Finds any transaction of the chain by its txid (-txindex). Core: src/index/txindex.cpp. */
export class TransactionIndex implements Follower {
  readonly name: string = "txindex";
  readonly needsSpent: boolean = false;
  readonly #chain: Chain;
  readonly #store: IndexStore;

  private constructor(chain: Chain, store: IndexStore) {
    this.#chain = chain;
    this.#store = store;
  }

  /** @throws DecodeError when the database is damaged */
  static async open(chain: Chain, records: KeyValueStore): Promise<TransactionIndex> {
    return new TransactionIndex(chain, await IndexStore.open(records, chain));
  }

  get position(): Uint8Array | null {
    return this.#store.position?.hash ?? null;
  }

  /** The genesis block's payment is in no index: nobody can spend it. */
  async connect(block: Block, node: BlockNode): Promise<void> {
    const batch = this.#store.records.batch();
    if (node.height > 0)
      for (let i = 0; i < block.transactions.length; i++)
        batch.put(txidKey(blockTxid(block, i)), encodePosition(node, offsetOf(block, i)));
    await this.#store.move(batch, node, this.#chain);
  }

  /** What left the chain is still found until another block has it. */
  async disconnect(_block: Block, node: BlockNode): Promise<void> {
    await this.#store.move(this.#store.records.batch(), node.parent, this.#chain);
  }

  /** Null when no block that it has seen holds the transaction. */
  async find(txid: Uint8Array): Promise<TransactionPosition | null> {
    const value = await this.#store.records.get(txidKey(txid));
    if (value === undefined) return null;
    const reader = new Reader(value);
    const file = readVarInt(reader);
    const blockOffset = readVarInt(reader);
    return { file, blockOffset, offset: readVarInt(reader) };
  }

  close(): Promise<void> {
    return this.#store.close(this.#chain);
  }
}

/** Bytes from the end of the block's header to the transaction. */
function offsetOf(block: Block, index: number): number {
  const raw = block.transactions[index]?.raw as Uint8Array;
  return raw.byteOffset - block.raw.byteOffset - HEADER_SIZE;
}

function txidKey(txid: Uint8Array): Uint8Array {
  return Uint8Array.of(BY_TXID, ...txid);
}

function encodePosition(node: BlockNode, offset: number): Uint8Array {
  const writer = new Writer(12);
  writeVarInt(writer, node.file);
  writeVarInt(writer, node.dataOffset);
  writeVarInt(writer, offset);
  return writer.finish();
}

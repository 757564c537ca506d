import { parseAddress } from "@compeer/protocol/bitcoin/address";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, parseHash } from "@compeer/protocol/bytes/hash";
import { isHex } from "@compeer/protocol/bytes/hex";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import type { Projection } from "../events/projection.ts";
import { type AddressCoin, addressCard } from "./address-card.ts";
import { blockCard, blocksCard } from "./block-card.ts";
import type { Card } from "./card.ts";
import { findTransaction, MOST_SEARCHED } from "./find-transaction.ts";
import { mempoolCard } from "./mempool-card.ts";
import type { CardWriter, PageQuery, PlainAnswer } from "./plain-pages.ts";
import { transactionCard } from "./transaction-card.ts";

/** Blocks that are searched for somebody who did not log in. */
const STRANGER_DEPTH = 3;

export interface ExplorerParts {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly projection: Projection;
}

/** The explorer's pages as cards. Paths of other areas are left to the page's script. */
export class ExplorerCards implements CardWriter {
  readonly #parts: ExplorerParts;
  #isScanning = false;

  constructor(parts: ExplorerParts) {
    this.#parts = parts;
  }

  async write(query: PageQuery): Promise<PlainAnswer | null> {
    const { chain, mempool, projection } = this.#parts;
    const [, area, id, ...more] = query.path.split("/");
    if (more.length > 0) return null;
    if (area === "blocks" && id === undefined) return found(blocksCard(chain));
    if (area === "mempool" && id === undefined) return found(mempoolCard(mempool, projection));
    if (id === undefined || id === "") return null;
    if (area === "block") return this.#block(id);
    if (area === "tx") return this.#transaction(id, query);
    if (area === "address") return this.#address(id, query);
    return null;
  }

  async #block(id: string): Promise<PlainAnswer> {
    const { chain } = this.#parts;
    const node = blockOf(chain, id);
    if (node === null) return missing("Block", `This peer knows no block ${id}.`);
    return found(await blockCard(chain, node));
  }

  async #transaction(id: string, { block, isKnown }: PageQuery): Promise<PlainAnswer> {
    const { chain, mempool } = this.#parts;
    const hash = hashOf(id);
    if (hash === null) return missing("Transaction", "A txid has 64 hex digits.");
    const depth = isKnown ? MOST_SEARCHED : STRANGER_DEPTH;
    const place = await findTransaction(chain, mempool, hash, blockOf(chain, block), depth);
    if (place !== null) return found(await transactionCard(chain, mempool, place));
    return missing(
      "Transaction",
      `${id} is neither in the mempool nor in one of the last blocks, and nothing of it is unspent. Name its block to find it: /tx/<txid>?block=<hash>.`,
    );
  }

  async #address(text: string, { isKnown, signal }: PageQuery): Promise<PlainAnswer> {
    const { network } = this.#parts.chain;
    const script = parseAddress(text, network);
    if (script === null)
      return missing("Address", `${text} is no address of the network ${network.name}.`);
    const coins = isKnown && !this.#isScanning ? await this.#coinsOf(script, signal) : null;
    return found(addressCard(text, script, network, coins));
  }

  /** Looks through all coins: one search at a time. */
  async #coinsOf(script: Uint8Array, signal: AbortSignal): Promise<AddressCoin[]> {
    this.#isScanning = true;
    try {
      const coins: AddressCoin[] = [];
      const all = await this.#parts.chain.withFlushedCoins((_, entries) => ({ entries }));
      for await (const { txid, index, coin } of all.entries) {
        if (signal.aborted) break;
        if (!equalBytes(coin.script, script)) continue;
        coins.push({ txid: formatHash(txid), index, value: coin.value, height: coin.height });
      }
      return coins;
    } finally {
      this.#isScanning = false;
    }
  }
}

function blockOf(chain: Chain, id: string): BlockNode | null {
  if (/^[0-9]{1,9}$/.test(id)) return chain.at(Number(id));
  const hash = hashOf(id);
  return hash === null ? null : chain.node(hash);
}

function hashOf(text: string): Uint8Array | null {
  return text.length === 64 && isHex(text) ? parseHash(text) : null;
}

function found(card: Card): PlainAnswer {
  return { status: 200, card };
}

function missing(title: string, summary: string): PlainAnswer {
  return { status: 404, card: { title: `${title} not found`, summary, facts: [], tables: [] } };
}

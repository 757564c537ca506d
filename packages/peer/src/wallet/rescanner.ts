import type { Block } from "@compeer/protocol/bitcoin/block";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerWriter } from "./ledger-writer.ts";
import { type BlockFilters, Rescan, type RescanResult, scanVariant } from "./rescan.ts";
import type { ScriptBook } from "./script-book.ts";
import type { WalletStore } from "./wallet-store.ts";

interface RescannerParts {
  readonly chain: Chain;
  readonly store: WalletStore;
  readonly ledger: Ledger;
  readonly writer: LedgerWriter;
  readonly scripts: ScriptBook;
  readonly filters: BlockFilters | null;
  /** To be called when the blocks are done. */
  lookAtMempool(): void;
  log(text: string): void;
}

/** Blocks between two notes of how far a rescan has come. */
const SAVE_EVERY = 1000;

/** The rescan of a wallet: one at a time, and one that a stop cut off goes on after the next load. */
export class Rescanner {
  readonly #parts: RescannerParts;
  #current: Rescan | null = null;
  #isClosed = false;

  constructor(parts: RescannerParts) {
    this.#parts = parts;
  }

  get current(): Rescan | null {
    return this.#current;
  }

  /** Ends it; false when there is none. */
  abort(): boolean {
    if (this.#current === null || this.#current.isAborted) return false;
    this.#current.abort();
    return true;
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.abort();
  }

  /** @throws RpcError -4 while another is going on */
  async run(start: BlockNode, stop: number | null): Promise<RescanResult> {
    if (this.#current !== null)
      throw new RpcError(
        RpcErrorCode.wallet,
        "Wallet is currently rescanning. Abort existing rescan or wait.",
      );
    const { chain, store, ledger, scripts, filters, log } = this.#parts;
    const rescan = new Rescan({
      ...{ chain, filters, watched: scripts.watched },
      height: () => ledger.height,
      look: (block, node) => this.#look(block, node),
    });
    this.#current = rescan;
    store.putMetaNumber("rescan", start.height);
    const how = scanVariant(rescan.isFiltered);
    log(`Rescan started from block ${formatHash(start.hash)}... (${how})`);
    try {
      const result = await rescan.run(start, stop);
      if (stop === null && !this.#isClosed) this.#parts.lookAtMempool();
      log(`Rescan ${result.status} after ${rescan.duration} s`);
      return result;
    } finally {
      this.#current = null;
      if (!this.#isClosed) store.deleteMeta("rescan");
    }
  }

  #look(block: Block, node: BlockNode): void {
    if (this.#isClosed) return;
    const { store, writer } = this.#parts;
    store.transaction(() => {
      writer.connectBlock(block, { node, isOld: true });
      if (node.height % SAVE_EVERY === 0) store.putMetaNumber("rescan", node.height);
    });
  }

  /** Takes up a rescan that the end of the last run cut off. @param caughtUp when the wallet stands at the tip */
  async resume(caughtUp: () => Promise<void>): Promise<void> {
    const { chain, store, ledger } = this.#parts;
    const height = store.metaNumber("rescan");
    if (height === null) return;
    await caughtUp();
    const start = chain.at(Math.min(height, ledger.height));
    if (start !== null && !this.#isClosed) await this.run(start, null);
  }
}

import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import type { Mempool } from "../mempool/mempool.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerWriter } from "./ledger-writer.ts";
import type { WalletTransaction } from "./wallet-transaction.ts";

interface ResenderParts {
  readonly ledger: Ledger;
  readonly writer: LedgerWriter;
  readonly mempool: Mempool;
  /** Announces a transaction of the mempool to the peers. */
  relay(txid: Uint8Array): void;
  log(text: string): void;
}

/** Reasons of the mempool that the next blocks may take away. */
const CURED_BY_BLOCKS: ReadonlySet<string> = new Set([
  "non-final",
  "non-BIP68-final",
  "bad-txns-inputs-missingorspent",
  "bad-txns-premature-spend-of-coinbase",
]);
/** Transactions of the last five minutes before a block are not sent again. */
const RECENT_SECONDS = 300;

/** Hands transactions of a wallet to the mempool, and again until they confirm. */
export class Resender {
  readonly #parts: ResenderParts;
  /** Unconfirmed transactions that came too early for the mempool after a load. */
  readonly #early = new Set<string>();
  #isClosed = false;

  constructor(parts: ResenderParts) {
    this.#parts = parts;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** It waits for the next blocks. */
  noteEarly(key: string): void {
    this.#early.add(key);
  }

  async send(tx: WalletTransaction, relay: boolean): Promise<"sent" | "early" | "refused"> {
    const { mempool, writer, log } = this.#parts;
    const { fault } = await mempool.submit(parseTransaction(tx.raw));
    if (mempool.get(tx.key) === undefined) {
      const reason = fault?.reason ?? "";
      log(`Transaction cannot be broadcast immediately, ${reason}`);
      return CURED_BY_BLOCKS.has(reason) ? "early" : "refused";
    }
    writer.states.refresh(tx);
    if (relay) {
      mempool.markUnbroadcast(tx.key);
      this.#parts.relay(tx.txid);
    }
    return "sent";
  }

  /**
   * Hands unconfirmed transactions to the mempool again.
   *
   * @param relay announces them to the peers too; then those of the last minutes are left out
   * @param bestBlockTime when the last block came
   */
  async sendAll(relay: boolean, bestBlockTime: number): Promise<void> {
    const { ledger, log } = this.#parts;
    let sent = 0;
    for (const tx of [...ledger.inOrder()]) {
      if (this.#isClosed) return;
      if (tx.isConfirmed || tx.isAbandoned || tx.isCoinbase) continue;
      if (tx.state.type === "conflicted" || (tx.inMempool && !relay)) continue;
      if (relay && tx.timeReceived > bestBlockTime - RECENT_SECONDS) continue;
      const outcome = await this.send(tx, relay);
      if (outcome === "sent") sent++;
      else if (outcome === "early") this.noteEarly(tx.key);
    }
    if (sent > 0) log(`ResubmitWalletTransactions: resubmit ${sent} unconfirmed transactions`);
  }

  /**
   * Hands over again what the mempool found too early when the wallet was loaded: after a kill the chain
   * stands behind payments that were made already, and catches up with them.
   */
  async retryEarly(): Promise<void> {
    for (const key of [...this.#early]) {
      const tx = this.#parts.ledger.get(key);
      const isWaiting = tx?.state.type === "inactive" && !tx.isAbandoned && !this.#isClosed;
      const isOver = tx === undefined || !isWaiting || (await this.send(tx, true)) !== "early";
      if (isOver) this.#early.delete(key);
    }
  }
}

import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { MuHash } from "@compeer/protocol/crypto/muhash";
import type { CoinSummary } from "@compeer/protocol/wire/audit-messages";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import { coinBytes } from "../chain/coin-figures.ts";
import type { Indexes } from "./indexes.ts";

/** Strangers may have all coins counted this often, and only where that is quick. */
const STRANGERS_EVERY_MS = 600_000;
const STRANGERS_MAX_BYTES = 64 << 20;

interface AuditParts {
  readonly chain: Pick<Chain, "tip" | "withFlushedCoins" | "coins" | "contains">;
  readonly indexes: Pick<Indexes, "coinStatistics" | "isReady">;
  readonly clock: { steadyMs(): number };
  /** Ends a count between two coins. */
  readonly signal: AbortSignal;
  /** Wrong coins were found. */
  damaged(what: string): void;
}

/** All coins as of a block, or why they are not told. */
export type AuditedCoins =
  | { readonly state: "kept"; readonly coins: CoinSummary }
  | { readonly state: "not-kept" | "busy" | "damaged" };

/** All coins on disk, one by one, at the block that they stood at. */
export interface CountedCoins {
  readonly node: BlockNode;
  readonly coins: CoinSummary;
  /** True when the index has a running hash for that block, which the count was held against. */
  readonly isCompared: boolean;
}

/**
 * The hash over all coins, for audits: out of the index where there is one, else by counting, one count at
 * a time, whose outcome is kept until the next. Where there are both they must agree: else coins here are
 * wrong, and no other word is told of them.
 */
export class CoinAudit {
  readonly #parts: AuditParts;
  #counting: Promise<CountedCoins | null> | null = null;
  #last: CountedCoins | null = null;
  #strangersMs: number = Number.NEGATIVE_INFINITY;
  #isDamaged = false;

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  /** All coins after a connected block, as any peer may ask. */
  async forStrangers(node: BlockNode): Promise<AuditedCoins> {
    const isTip = node === this.#parts.chain.tip;
    if (isTip && this.#last?.node !== node && (await this.#mayCount())) await this.count();
    const answer = await this.at(node);
    if (answer.state !== "not-kept" || !isTip) return answer;
    return (await this.#isQuick()) ? { state: "busy" } : answer;
  }

  /** All coins after a connected block, without counting. */
  async at(node: BlockNode): Promise<AuditedCoins> {
    if (this.#isDamaged) return { state: "damaged" };
    if (this.#last?.node === node) return { state: "kept", coins: this.#last.coins };
    const coins = await this.#indexed(node);
    return coins === null ? { state: "not-kept" } : { state: "kept", coins };
  }

  /** Counts the coins as of the tip; null when they are damaged. Who asks meanwhile gets the same count. */
  count(): Promise<CountedCoins | null> {
    this.#counting ??= this.#count().finally(() => {
      this.#counting = null;
    });
    return this.#counting;
  }

  async #count(): Promise<CountedCoins | null> {
    const found = await this.#addUp();
    if (found === null) return null;
    const { node, coins } = found;
    const index = await this.#indexed(node);
    if (index !== null && !isSame(index, coins))
      return this.#damage(
        `at block ${node.height} there are ${coins.count} coins, and by the blocks ${index.count} of another hash`,
      );
    this.#last = { node, coins, isCompared: index !== null };
    return this.#last;
  }

  async #addUp(): Promise<{ node: BlockNode; coins: CoinSummary } | null> {
    const { chain, signal } = this.#parts;
    const hash = new MuHash();
    let count = 0;
    let amount = 0;
    const all = await chain.withFlushedCoins((node, coins) => ({ node, coins }));
    try {
      for await (const { txid, index, coin } of all.coins) {
        signal.throwIfAborted();
        hash.insert(coinBytes(txid, index, coin));
        count++;
        amount += coin.value;
      }
    } catch (error) {
      if (error instanceof DecodeError) return this.#damage(error.message);
      throw error;
    }
    return { node: all.node, coins: { hash: hash.digest(), count, amount } };
  }

  #damage(what: string): null {
    this.#isDamaged = true;
    this.#parts.damaged(what);
    return null;
  }

  async #indexed(node: BlockNode): Promise<CoinSummary | null> {
    const { indexes } = this.#parts;
    const index = indexes.coinStatistics;
    if (index === null || !(await indexes.isReady(index))) return null;
    const figures = await index.figures(node);
    if (figures === null) return null;
    const { hash, outputs, amount } = figures;
    return { hash, count: Number(outputs), amount: Number(amount) };
  }

  async #mayCount(): Promise<boolean> {
    if (this.#isDamaged || !(await this.#isQuick())) return false;
    const now = this.#parts.clock.steadyMs();
    if (now - this.#strangersMs < STRANGERS_EVERY_MS) return false;
    this.#strangersMs = now;
    return true;
  }

  async #isQuick(): Promise<boolean> {
    return (await this.#parts.chain.coins.approximateSize()) <= STRANGERS_MAX_BYTES;
  }
}

function isSame(a: CoinSummary, b: CoinSummary): boolean {
  return a.count === b.count && a.amount === b.amount && equalBytes(a.hash, b.hash);
}

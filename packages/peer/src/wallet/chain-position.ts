import type { Block } from "@compeer/protocol/bitcoin/block";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import type { BlockNode } from "../chain/block-node.ts";
import { canTakeBack } from "../chain/can-take-back.ts";
import type { Chain } from "../chain/chain.ts";
import { type Follower, type Following, follow } from "../chain/follow.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerWriter } from "./ledger-writer.ts";
import { type BlockFilters, scanVariant } from "./rescan.ts";
import type { WalletStore } from "./wallet-store.ts";
import type { WalletTransaction } from "./wallet-transaction.ts";

/** Blocks this much older than the first key need no look: block times may be wrong by hours. */
const GRACE_SECONDS = 4 * 60 * 60;
/** Blocks between two writes of a position that changed nothing else. */
const SAVE_EVERY = 144;

interface PositionParts {
  readonly name: string;
  readonly writer: LedgerWriter;
  readonly ledger: Ledger;
  /** Where there are some, blocks that came while the wallet was closed are read only when one names them. */
  readonly filters: BlockFilters | null;
  readonly watched: { all(): Iterable<Uint8Array> };
  /** Null when the wallet has no scripts. */
  birthtime(): number | null;
  now(): number;
  /** Resolves when the scripts are derived that a block may pay to; null when they are. */
  ready(): Promise<void> | null;
  log(text: string): void;
}

/**
 * Follows the chain for a wallet: first sync, new blocks, reorganisations and what a crash left undone
 * are one walk. The position is written in the same transaction as what a block changed.
 */
export class ChainPosition implements Follower {
  readonly name: string;
  readonly needsSpent = false;
  readonly #chain: Chain;
  readonly #store: WalletStore;
  readonly #parts: PositionParts;
  #node: BlockNode;
  /** Time at which the last block came. */
  #bestBlockTime = 0;
  #following: Following | null = null;
  #catchUp: { readonly startedMs: number; readonly from: number } | null = null;
  #failure: Error | null = null;
  #isSaved = true;
  /** Filters are asked about blocks up to here. */
  #filteredTo = -1;

  constructor(chain: Chain, store: WalletStore, parts: PositionParts) {
    this.name = parts.name;
    this.#chain = chain;
    this.#store = store;
    this.#parts = parts;
    this.#node = this.#load();
    parts.ledger.height = this.#node.height;
  }

  /** The last block that both the wallet and the chain know; a header alone cannot be taken back. */
  #load(): BlockNode {
    const locator = this.#store.meta("locator");
    if (locator === null) return this.#chain.tip;
    const hashes: Uint8Array[] = [];
    for (let at = 0; at < locator.length; at += 32) hashes.push(locator.subarray(at, at + 32));
    const known = hashes[0] === undefined ? null : this.#chain.node(hashes[0]);
    if (known !== null && canTakeBack(this.#chain, known)) return known;
    const fork = this.#chain.forkOfLocator(hashes);
    this.#parts.writer.states.forgetBlocksAbove(fork.height);
    return fork;
  }

  get position(): Uint8Array {
    return this.#node.hash;
  }

  get block(): { readonly hash: Uint8Array; readonly height: number } {
    return this.#node;
  }

  get bestBlockTime(): number {
    return this.#bestBlockTime;
  }

  start(): void {
    this.#catchUp = { startedMs: performance.now(), from: this.#node.height };
    this.#bestBlockTime = this.#node.time;
    const from = this.#chain.findFork(this.#node).height;
    const behind = this.#chain.tip.height - from;
    if (behind > 0) this.#begin(from, behind);
    const following = follow(this.#chain, this, (error) => {
      this.#failure = error;
      this.#parts.log(`Error: ${error.message}`);
    });
    this.#following = following;
    following.synced().then(
      () => {
        this.#catchUp = null;
      },
      () => undefined,
    );
  }

  #begin(from: number, behind: number): void {
    const { filters, ledger, log } = this.#parts;
    // A filter does not tell that a coin of somebody else was spent which an open payment to us spends too.
    const isFiltered = filters !== null && !ledger.inOrder().some(isOpen);
    if (isFiltered) this.#filteredTo = this.#chain.tip.height;
    log(`Rescanning last ${behind} blocks (from block ${from})...`);
    const first = this.#chain.at(from + 1) ?? this.#chain.tip;
    log(`Rescan started from block ${formatHash(first.hash)}... (${scanVariant(isFiltered)})`);
  }

  /** What the first sync after a load has done so far; null when it is over. */
  get catchingUp(): { readonly duration: number; readonly progress: number } | null {
    if (this.#catchUp === null) return null;
    const { startedMs, from } = this.#catchUp;
    const whole = this.#chain.tip.height - from;
    const done = this.#node.height - from;
    return {
      duration: Math.floor((performance.now() - startedMs) / 1000),
      progress: whole > 0 ? done / whole : 0,
    };
  }

  async connect(block: Block, node: BlockNode): Promise<void> {
    const { writer, ledger } = this.#parts;
    await this.#parts.ready();
    this.#store.transaction(() => {
      ledger.height = node.height;
      const isOurs = this.#isWorthALook(node) && writer.connectBlock(block, { node, isOld: false });
      this.#move(node);
      if (isOurs || node.height % SAVE_EVERY === 0) this.save();
    });
    this.#bestBlockTime = this.#parts.now();
  }

  async skip(node: BlockNode): Promise<boolean> {
    await this.#parts.ready();
    if (this.#isWorthALook(node) && (await this.#mayConcern(node))) return false;
    this.#store.transaction(() => {
      this.#move(node);
      if (node.height % SAVE_EVERY === 0) this.save();
    });
    return true;
  }

  async #mayConcern({ height }: BlockNode): Promise<boolean> {
    const { filters, watched } = this.#parts;
    if (filters === null || height > this.#filteredTo) return true;
    const matches = filters.matches(height, height, watched.all())[Symbol.asyncIterator]();
    return (await matches.next()).done !== true;
  }

  #move(node: BlockNode): void {
    this.#parts.ledger.height = node.height;
    this.#node = node;
    this.#isSaved = false;
    if (node === this.#chain.tip) this.#parts.writer.settle();
  }

  #isWorthALook(node: BlockNode): boolean {
    const birthtime = this.#parts.birthtime();
    return birthtime !== null && node.timeMax >= birthtime - GRACE_SECONDS;
  }

  disconnect(block: Block, node: BlockNode): void {
    this.#store.transaction(() => {
      this.#parts.writer.disconnectBlock(block, node);
      this.#node = node.parent as BlockNode;
      this.#parts.ledger.height = node.height - 1;
      this.save();
    });
  }

  /** Writes where the wallet stands. */
  save(): void {
    this.#store.putMeta("locator", concatBytes(...this.#chain.locator(this.#node)));
    this.#isSaved = true;
  }

  /** Begins at a block, before `start`. */
  set(node: BlockNode): void {
    this.#node = node;
    this.#parts.ledger.height = node.height;
    this.save();
  }

  synced(): Promise<void> {
    if (this.#catchUp !== null && this.#failure === null) return Promise.resolve();
    return this.caughtUp();
  }

  caughtUp(): Promise<void> {
    return this.#following?.synced() ?? Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#following?.close();
    if (!this.#isSaved) this.save();
  }
}

/** Neither in a block nor given up. */
function isOpen({ state }: WalletTransaction): boolean {
  return state.type === "mempool" || (state.type === "inactive" && !state.abandoned);
}

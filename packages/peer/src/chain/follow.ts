import type { Block } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { BlockNode } from "./block-node.ts";
import { breathe } from "./breathe.ts";
import type { Chain } from "./chain.ts";
import type { BlockConnected } from "./chain-parts.ts";

/**
 * Something that keeps its own picture of the chain: an index, a wallet. It is called with every block
 * of the chain once, in order, and with those that leave it, newest first.
 */
export interface Follower {
  /** For log lines, and for the lock that keeps unread blocks from being pruned. */
  readonly name: string;
  /** Hash of the block that its saved picture stands at; null before the first. */
  readonly position: Uint8Array | null;
  /** True when `connect` needs the coins that a block spent. */
  readonly needsSpent: boolean;
  connect(block: Block, node: BlockNode, spent: SpentCoins | null): Promise<void> | void;
  /** Moves past a block that nothing in matters to it, unread; false when `connect` must see it. */
  skip?(node: BlockNode): Promise<boolean>;
  disconnect(block: Block, node: BlockNode): Promise<void> | void;
}

/** A follower at work. */
export interface Following {
  readonly isSynced: boolean;
  /** Height that it stands at; -1 before the first block. */
  readonly height: number;
  /** Resolves when it stands at the tip. @throws Error when it can never get there */
  synced(): Promise<void>;
  /** Resolves when it has stopped; it may then be asked to follow again. */
  close(): Promise<void>;
}

/** A block that the follower needs is pruned: it must start anew, with all blocks on disk. */
export class BlockMissing extends Error {}

/**
 * Drives a follower from where it stands to the tip and along with it. It pulls: first sync, new
 * blocks, reorganisations and what a crash left undone are the same walk from its position to the tip.
 */
export function follow(
  chain: Chain,
  follower: Follower,
  onError: (error: Error) => void = () => undefined,
): Following {
  return new Walk(chain, follower, onError);
}

class Walk implements Following {
  readonly #chain: Chain;
  readonly #follower: Follower;
  readonly #onError: (error: Error) => void;
  readonly #off: readonly (() => void)[];
  readonly #end: Promise<void>;
  /** The newest connected block: most often the one that is needed next. */
  #latest: BlockConnected | null = null;
  #waiters: { resolve(): void; reject(error: Error): void }[] = [];
  #wake: () => void = () => undefined;
  #closed = false;
  #error: Error | null = null;

  constructor(chain: Chain, follower: Follower, onError: (error: Error) => void) {
    this.#chain = chain;
    this.#follower = follower;
    this.#onError = onError;
    this.#off = [
      chain.tipChanged.on(() => this.#wake()),
      chain.blockConnected.on((connected) => {
        this.#latest = connected;
      }),
    ];
    this.#end = this.#run();
  }

  get isSynced(): boolean {
    return this.#at() === this.#chain.tip;
  }

  get height(): number {
    return this.#at()?.height ?? -1;
  }

  synced(): Promise<void> {
    if (this.#error !== null) return Promise.reject(this.#error);
    if (this.isSynced) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const off of this.#off) off();
    this.#wake();
    await this.#end;
    this.#release(new Error(`${this.#follower.name} was closed`));
    this.#chain.lockPruning(this.#follower.name, null);
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closed) {
        this.#chain.lockPruning(this.#follower.name, Math.max(0, this.height));
        if (await this.#step()) await breathe();
        else await this.#sleep();
      }
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
      this.#release(this.#error);
      this.#onError(this.#error);
    }
  }

  /** One block on or back; false when it stands at the tip. */
  async #step(): Promise<boolean> {
    const at = this.#at();
    if (at !== null && !this.#chain.contains(at)) {
      await this.#follower.disconnect(await this.#block(at), at);
      return true;
    }
    const next = at === null ? this.#chain.at(0) : this.#chain.next(at);
    if (next === null) return false;
    if (this.#latest?.node !== next && (await this.#follower.skip?.(next))) return true;
    const { block, spent } = await this.#load(next);
    await this.#follower.connect(block, next, spent);
    return true;
  }

  async #load(node: BlockNode): Promise<{ block: Block; spent: SpentCoins | null }> {
    const latest = this.#latest;
    if (latest?.node === node) return latest;
    const block = await this.#block(node);
    if (!this.#follower.needsSpent || node.height === 0) return { block, spent: null };
    const spent = await this.#chain.readSpent(node, block);
    if (spent === null) throw this.#missing(node);
    return { block, spent };
  }

  async #block(node: BlockNode): Promise<Block> {
    const block = await this.#chain.block(node);
    if (block === null) throw this.#missing(node);
    return block;
  }

  #missing(node: BlockNode): BlockMissing {
    return new BlockMissing(
      `${this.#follower.name} needs block ${node.height}, which is not on disk`,
    );
  }

  #at(): BlockNode | null {
    const { position } = this.#follower;
    if (position === null) return null;
    const node = this.#chain.node(position);
    if (node === null) throw new Error(`${this.#follower.name} stands at a block nobody knows`);
    return node;
  }

  /** Waits for the next tip; a tip that came meanwhile is not missed. */
  async #sleep(): Promise<void> {
    for (const { resolve } of this.#waiters.splice(0)) resolve();
    this.#latest = null;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#closed || !this.isSynced) resolve();
    });
    this.#wake = () => undefined;
  }

  #release(error: Error): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }
}

/** Most senders that are remembered at once. */
const MAX_SOURCES = 4096;

/** The sender of a block. */
interface BlockSource {
  readonly peerId: number;
  /** It came as a compact block, which may be passed on unchecked (BIP152). */
  readonly viaCompact: boolean;
}

/** Who sent a block that was not judged yet. Core: mapBlockSource. */
export class BlockSources {
  readonly #senders = new Map<string, BlockSource>();

  /** The first sender stays. */
  note(key: string, source: BlockSource): void {
    if (this.#senders.has(key)) return;
    if (this.#senders.size >= MAX_SOURCES) {
      const [oldest] = this.#senders.keys();
      if (oldest !== undefined) this.#senders.delete(oldest);
    }
    this.#senders.set(key, source);
  }

  /** Forgets the block and tells who sent it. */
  take(key: string): BlockSource | undefined {
    const sender = this.#senders.get(key);
    this.#senders.delete(key);
    return sender;
  }
}

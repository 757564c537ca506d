/** Most senders that are remembered at once. */
const MAX_SOURCES = 4096;

/** Who sent a block that was not judged yet. Core: mapBlockSource. */
export class BlockSources {
  readonly #senders = new Map<string, number>();

  /** The first sender stays. */
  note(key: string, peerId: number): void {
    if (this.#senders.has(key)) return;
    if (this.#senders.size >= MAX_SOURCES) {
      const [oldest] = this.#senders.keys();
      if (oldest !== undefined) this.#senders.delete(oldest);
    }
    this.#senders.set(key, peerId);
  }

  /** Forgets the block and tells who sent it. */
  take(key: string): number | undefined {
    const sender = this.#senders.get(key);
    this.#senders.delete(key);
    return sender;
  }
}

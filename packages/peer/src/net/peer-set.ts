import type { Peer } from "./peer.ts";

/** Everybody we are connected to. */
export class PeerSet {
  readonly #peers = new Map<number, Peer>();

  add(peer: Peer): void {
    this.#peers.set(peer.id, peer);
  }

  delete(peer: Peer): void {
    this.#peers.delete(peer.id);
  }

  get(id: number): Peer | undefined {
    return this.#peers.get(id);
  }

  get size(): number {
    return this.#peers.size;
  }

  get inboundCount(): number {
    return this.count((peer) => peer.isInbound);
  }

  count(test: (peer: Peer) => boolean): number {
    let count = 0;
    for (const peer of this.#peers.values()) if (test(peer)) count++;
    return count;
  }

  [Symbol.iterator](): IterableIterator<Peer> {
    return this.#peers.values();
  }
}

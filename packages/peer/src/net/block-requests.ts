import type { BlockNode } from "../chain/block-node.ts";
import type { Peer } from "./peer.ts";

/** Core: MAX_BLOCKS_IN_TRANSIT_PER_PEER. */
export const MAX_IN_FLIGHT = 16;

/**
 * Which blocks were asked of whom. What one peer answers ends its own request only, so a mutated block
 * from one never clears the request to another (CVE-2024-52921).
 */
export class BlockRequests {
  readonly #peers = new Map<string, Peer[]>();
  /** Blocks that came and wait for the chain to take them. */
  readonly #arrived = new Set<string>();
  #downloaders = 0;

  /** It will come, or is here already: nobody else need be asked. */
  isUnderWay(key: string): boolean {
    return this.#peers.has(key) || this.#arrived.has(key);
  }

  noteArrived(key: string): void {
    this.#arrived.add(key);
  }

  noteTaken(key: string): void {
    this.#arrived.delete(key);
  }

  isRequested(key: string): boolean {
    return this.#peers.has(key);
  }

  /** Number of blocks asked of anybody. */
  get size(): number {
    return this.#peers.size;
  }

  /** Number of peers of whom blocks are asked. */
  get downloaders(): number {
    return this.#downloaders;
  }

  /** Of how many peers the block was asked. */
  count(key: string): number {
    return this.#peers.get(key)?.length ?? 0;
  }

  /** Whom it was asked of, first asked first. */
  askedOf(key: string): readonly Peer[] {
    return this.#peers.get(key) ?? [];
  }

  /** Who was asked first. */
  firstAsked(key: string): Peer | null {
    return this.#peers.get(key)?.[0] ?? null;
  }

  add(peer: Peer, node: BlockNode, nowMs: number): void {
    const { inFlight } = peer.sync;
    if (inFlight.has(node.key)) return;
    if (inFlight.size === 0) {
      peer.sync.downloadingSince = nowMs;
      this.#downloaders++;
    }
    inFlight.set(node.key, node);
    const asked = this.#peers.get(node.key);
    if (asked === undefined) this.#peers.set(node.key, [peer]);
    else asked.push(peer);
  }

  /** Ends the request to this peer; nothing happens when there is none. */
  remove(peer: Peer, key: string, nowMs: number): void {
    const { sync } = peer;
    if (!sync.inFlight.has(key)) return;
    const [oldest] = sync.inFlight.keys();
    if (oldest === key) sync.downloadingSince = Math.max(sync.downloadingSince, nowMs);
    sync.inFlight.delete(key);
    sync.partials.delete(key);
    if (sync.inFlight.size === 0) this.#downloaders--;
    sync.stallingSince = 0;
    const left = (this.#peers.get(key) ?? []).filter((asked) => asked !== peer);
    if (left.length === 0) this.#peers.delete(key);
    else this.#peers.set(key, left);
  }

  /** Ends every request for a block, whoever was asked. */
  removeAll(key: string, nowMs: number): void {
    for (const peer of [...(this.#peers.get(key) ?? [])]) this.remove(peer, key, nowMs);
  }

  /** Ends all requests to a peer that has left. */
  forget(peer: Peer, nowMs: number): void {
    for (const key of [...peer.sync.inFlight.keys()]) this.remove(peer, key, nowMs);
  }
}

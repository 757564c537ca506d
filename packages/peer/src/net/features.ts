import type { FeatureMessage } from "@compeer/protocol/wire/feature-message";
import { FEATURE_VERSION } from "@compeer/protocol/wire/protocol-version";
import type { Peer } from "./peer.ts";

/**
 * What compeers can do beyond the protocol, agreed on between version and verack (BIP434). Messages of a
 * feature go only to who has offered it too.
 */
export class Features {
  readonly #ours = new Map<string, Uint8Array>();
  /** What each peer said of features that are ours as well. */
  readonly #theirs = new WeakMap<Peer, Map<string, Uint8Array>>();

  /** Offers a feature to every peer that connects from now on. @param data part of the offer, up to 512 bytes */
  offer(id: string, data: Uint8Array): void {
    this.#ours.set(id, data);
  }

  /** Tells a peer of ours; the place for it is before verack. */
  announce(peer: Peer): void {
    if (peer.version < FEATURE_VERSION) return;
    for (const [id, data] of this.#ours) peer.connection.send({ type: "feature", id, data });
  }

  /** Notes what a peer offers. What is not ours is ignored, and so is what comes after verack. */
  accept(peer: Peer, { id, data }: FeatureMessage): void {
    if (peer.isHandshakeDone || !this.#ours.has(id)) return;
    const theirs = this.#theirs.get(peer) ?? new Map<string, Uint8Array>();
    if (!theirs.has(id)) theirs.set(id, data);
    this.#theirs.set(peer, theirs);
  }

  /** What the peer said with its offer; null when the feature was not agreed on, or not yet. */
  agreed(peer: Peer, id: string): Uint8Array | null {
    return peer.isHandshakeDone ? (this.#theirs.get(peer)?.get(id) ?? null) : null;
  }
}

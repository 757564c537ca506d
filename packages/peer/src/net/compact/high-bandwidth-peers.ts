import type { Peer } from "../peer.ts";

/** Most peers that may send us new blocks unasked (BIP152). */
const MAX_PEERS = 3;

/**
 * The peers that we asked to send new blocks at once: those who last brought us one. One of them stays
 * an outbound one if there is any. Core: lNodesAnnouncingHeaderAndIDs.
 */
export class HighBandwidthPeers {
  /** Who goes first stands first. */
  #chosen: Peer[] = [];

  /** Called when the peer was the first to bring a good block. Core: MaybeSetPeerAsAnnouncingHeaderAndIDs. */
  choose(peer: Peer): void {
    if (!peer.providesCompact) return;
    if (this.#chosen.includes(peer)) {
      this.#chosen = [...this.#chosen.filter((other) => other !== peer), peer];
      return;
    }
    if (this.#chosen.length >= MAX_PEERS) this.#letGo(peer);
    ask(peer, true);
    this.#chosen.push(peer);
  }

  #letGo(newcomer: Peer): void {
    const outbound = this.#chosen.filter((peer) => !peer.isInbound);
    const isLastOutbound = outbound.length === 1 && outbound[0] === this.#chosen[0];
    const index = newcomer.isInbound && isLastOutbound ? 1 : 0;
    const [gone] = this.#chosen.splice(index, 1);
    if (gone !== undefined) ask(gone, false);
  }

  forget(peer: Peer): void {
    this.#chosen = this.#chosen.filter((other) => other !== peer);
  }
}

function ask(peer: Peer, highBandwidth: boolean): void {
  peer.isHighBandwidth = highBandwidth;
  peer.connection.send({ type: "sendcmpct", highBandwidth, version: 2n });
}

import { type BlockFault, formatFault } from "@compeer/protocol/consensus/fault";
import type { BanList } from "./ban-list.ts";
import type { NetLog } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { PERMIT_NO_BAN } from "./permissions.ts";
import { isLocalHost } from "./socket-text.ts";

/** Decides what a peer's fault costs it. */
export class Judge {
  readonly #peers: PeerSet;
  readonly #bans: BanList;
  readonly #log: NetLog;

  constructor(parts: { peers: PeerSet; bans: BanList; log: NetLog }) {
    this.#peers = parts.peers;
    this.#bans = parts.bans;
    this.#log = parts.log;
  }

  /** Closes the connection for a reason that is no crime. */
  disconnect(peer: Peer, why: string): void {
    if (peer.connection.isClosed) return;
    this.#log.debug("net", `${why}, disconnecting peer=${peer.id}`);
    peer.connection.close();
  }

  /** A breach of the protocol: the address is refused from now on. Core: Misbehaving. */
  misbehaving(peer: Peer, why: string): void {
    this.#log.debug("net", `Misbehaving: peer=${peer.id}: ${why}`);
    if (peer.may(PERMIT_NO_BAN)) {
      this.#log.warning(`Warning: not punishing noban peer ${peer.id}!`);
    } else if (peer.kind === "manual") {
      this.#log.warning(`Warning: not punishing manually connected peer ${peer.id}!`);
    } else if (isLocalHost(peer.origin.address.host)) {
      const what = peer.origin.isOnion ? "inbound onion" : "local";
      this.#log.debug(
        "net",
        `Warning: disconnecting but not discouraging ${what} peer ${peer.id}!`,
      );
      peer.connection.close();
    } else {
      this.#log.debug("net", `Disconnecting and discouraging peer ${peer.id}!`);
      this.#discourage(peer.origin.address.host);
    }
  }

  #discourage(host: string): void {
    this.#bans.discourage(host);
    for (const peer of this.#peers) if (peer.origin.address.host === host) peer.connection.close();
  }

  /**
   * What the sender of a refused block or header deserves. Core: MaybePunishNodeForBlock.
   *
   * @param viaCompact it came as a compact block, which may be passed on unchecked (BIP152)
   */
  blockFault(peer: Peer, fault: BlockFault, what: string, viaCompact = false): void {
    const text = `${what}: ${formatFault(fault)}`;
    if (isInnocent(fault, peer, viaCompact)) this.#log.debug("net", `peer=${peer.id}: ${text}`);
    else this.misbehaving(peer, text);
  }
}

function isInnocent({ kind }: BlockFault, peer: Peer, viaCompact: boolean): boolean {
  switch (kind) {
    case "time-future":
    case "header-low-work":
      return true;
    case "consensus":
    case "mutated":
      return viaCompact;
    case "cached-invalid":
      return viaCompact || peer.isInbound;
    default:
      return false;
  }
}

import { EMPTY_ADDRESS } from "@compeer/protocol/wire/address";
import {
  MIN_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  SHORT_IDS_VERSION,
  WTXID_RELAY_VERSION,
} from "@compeer/protocol/wire/protocol-version";
import {
  NODE_BLOOM,
  NODE_COMPACT_FILTERS,
  NODE_NETWORK,
  NODE_NETWORK_LIMITED,
  NODE_P2P_V2,
  NODE_WITNESS,
} from "@compeer/protocol/wire/services";
import type { VersionMessage } from "@compeer/protocol/wire/version-message";
import { isRoutable } from "./addresses/address-class.ts";
import type { AddressIntake } from "./addresses/address-intake.ts";
import { isTellable } from "./addresses/address-relay-state.ts";
import { formatAddress } from "./addresses/address-text.ts";
import { offersBloomFilters } from "./bloom-service.ts";
import { desirableServices } from "./desirable-services.ts";
import type { Features } from "./features.ts";
import type { Judge } from "./judge.ts";
import type { NetOptions, NetParts } from "./net-parts.ts";
import { type Peer, RelayState } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { PERMIT_NO_BAN, PERMIT_RELAY } from "./permissions.ts";
import type { Reconciliation } from "./transactions/reconciliation.ts";

/** Core: NODE_NETWORK_LIMITED with NODE_NETWORK unless pruned, NODE_WITNESS, and what options offer. */
export function ourServices(options: NetOptions): bigint {
  const encrypted = options.v2Transport ? NODE_P2P_V2 : 0n;
  const filters = options.serveFilters ? NODE_COMPACT_FILTERS : 0n;
  const bloom = options.serveBloomFilters ? NODE_BLOOM : 0n;
  const services = NODE_WITNESS | NODE_NETWORK_LIMITED | encrypted | filters | bloom;
  return options.pruned ? services : services | NODE_NETWORK;
}

/** True when the peer has promised not to send transactions, and must keep it. Core: RejectIncomingTxs. */
export function refusesTransactions(peer: Peer, options: NetOptions): boolean {
  if (peer.kind === "block-relay-only" || peer.kind === "feeler") return true;
  return options.blocksOnly && !peer.may(PERMIT_RELAY);
}

interface HandshakeParts extends NetParts {
  readonly features: Features;
  readonly addresses: AddressIntake;
}

/** version, wtxidrelay, sendaddrv2, verack: until both have said so, nothing else is heard or said. */
export class Handshake {
  readonly #parts: HandshakeParts;
  readonly #options: NetOptions;
  readonly #peers: PeerSet;
  readonly #judge: Judge;
  readonly #reconciliation: Reconciliation;

  constructor(
    parts: HandshakeParts,
    options: NetOptions,
    peers: PeerSet,
    judge: Judge,
    reconciliation: Reconciliation,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#peers = peers;
    this.#judge = judge;
    this.#reconciliation = reconciliation;
  }

  /** The side that dialled speaks first. */
  begin(peer: Peer): void {
    if (!peer.isInbound) this.#sendVersion(peer);
  }

  #sendVersion(peer: Peer): void {
    const { chain, clock, log } = this.#parts;
    const relay = !refusesTransactions(peer, this.#options);
    const { endpoint } = peer.origin;
    const height = chain.tip.height;
    peer.connection.send({
      type: "version",
      version: PROTOCOL_VERSION,
      services:
        ourServices(this.#options) | (offersBloomFilters(peer, this.#options) ? NODE_BLOOM : 0n),
      time: clock.now(),
      receiver: isRoutable(endpoint) && isTellable(endpoint, false) ? endpoint : EMPTY_ADDRESS,
      nonce: peer.localNonce,
      userAgent: this.#options.userAgent,
      startHeight: height,
      relay,
    });
    log.debug(
      "net",
      `send version message: version ${PROTOCOL_VERSION}, blocks=${height}, txrelay=${Number(relay)}, peer=${peer.id}`,
    );
  }

  version(peer: Peer, message: VersionMessage): void {
    if (peer.version !== 0) {
      this.#parts.log.debug("net", `redundant version message from peer=${peer.id}`);
      return;
    }
    const refusal = this.#refusal(peer, message);
    if (refusal !== null) {
      this.#judge.disconnect(peer, refusal);
      return;
    }
    if (peer.isInbound) this.#sendVersion(peer);
    this.#remember(peer, message);
    if (message.version >= WTXID_RELAY_VERSION) {
      peer.connection.send({ type: "wtxidrelay" });
      peer.connection.send({ type: "sendaddrv2" });
    }
    this.#reconciliation.offer(peer, !refusesTransactions(peer, this.#options));
    this.#parts.features.announce(peer);
    peer.connection.send({ type: "verack" });
    this.#afterVersion(peer, message);
  }

  #refusal(peer: Peer, message: VersionMessage): string | null {
    const expects =
      peer.kind === "outbound-full-relay" ||
      peer.kind === "block-relay-only" ||
      peer.kind === "addr-fetch";
    const wanted = desirableServices(message.services, this.#parts);
    if (expects && (message.services & wanted) !== wanted)
      return `peer does not offer the expected services (${hex(message.services)} offered, ${hex(wanted)} expected)`;
    if (message.version < MIN_PROTOCOL_VERSION)
      return `peer using obsolete version ${message.version}`;
    if (peer.isInbound && this.#isOurself(message.nonce)) {
      const text = `connected to self at ${peer.origin.name}`;
      this.#parts.log.info(`${text}, disconnecting`);
      return text;
    }
    return null;
  }

  #isOurself(nonce: bigint): boolean {
    for (const peer of this.#peers)
      if (!peer.isInbound && !peer.isHandshakeDone && peer.localNonce === nonce) return true;
    return false;
  }

  #remember(peer: Peer, message: VersionMessage): void {
    peer.version = message.version;
    peer.services = message.services;
    peer.userAgent = message.userAgent;
    peer.startHeight = message.startHeight;
    peer.timeOffset = message.time - this.#parts.clock.now();
    // Who asks for silence may still load a filter, and hears of what it matches (BIP37).
    const mayRelay = message.relay || offersBloomFilters(peer, this.#options);
    if (peer.kind !== "block-relay-only" && peer.kind !== "feeler" && mayRelay)
      peer.relay = new RelayState(message.relay);
    peer.sync.isPreferred =
      (!peer.isInbound || peer.may(PERMIT_NO_BAN)) &&
      peer.kind !== "addr-fetch" &&
      peer.servesBlocks;
  }

  #afterVersion(peer: Peer, message: VersionMessage): void {
    const { log, addresses } = this.#parts;
    addresses.greeted(peer, message);
    log.debug(
      "net",
      `receive version message: ${peer.userAgent}: version ${peer.version}, blocks=${peer.startHeight}, us=${formatAddress(message.receiver)}, txrelay=${Number(peer.relay !== null)}, peer=${peer.id}`,
    );
    if (peer.kind === "feeler") this.#judge.disconnect(peer, "feeler connection completed");
  }

  verack(peer: Peer): void {
    const { log } = this.#parts;
    if (peer.isHandshakeDone) {
      log.debug("net", `ignoring redundant verack message from peer=${peer.id}`);
      return;
    }
    const text = `New ${peer.kind} ${peer.connection.transport.kind} peer connected: version: ${peer.version}, blocks=${peer.startHeight}, peer=${peer.id}`;
    if (peer.isInbound) log.debug("net", text);
    else log.info(text);
    peer.isHandshakeDone = true;
    if (peer.version >= SHORT_IDS_VERSION)
      peer.connection.send({ type: "sendcmpct", highBandwidth: false, version: 2n });
    this.#reconciliation.confirm(peer);
  }

  /** wtxidrelay and sendaddrv2 have their place before verack (BIP339, BIP155). */
  feature(peer: Peer, feature: "wtxidrelay" | "sendaddrv2"): void {
    if (peer.isHandshakeDone) this.#judge.disconnect(peer, `${feature} received after verack`);
    else if (feature === "sendaddrv2") peer.wantsAddrV2 = true;
    else if (peer.version >= WTXID_RELAY_VERSION) peer.usesWtxid = true;
  }
}

function hex(services: bigint): string {
  return services.toString(16).padStart(8, "0");
}

import { EMPTY_ADDRESS } from "@compeer/protocol/wire/address";
import {
  MIN_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  WTXID_RELAY_VERSION,
} from "@compeer/protocol/wire/protocol-version";
import { NODE_NETWORK, NODE_NETWORK_LIMITED, NODE_WITNESS } from "@compeer/protocol/wire/services";
import type { VersionMessage } from "@compeer/protocol/wire/version-message";
import type { Judge } from "./judge.ts";
import type { NetOptions, NetParts } from "./net-parts.ts";
import { type Peer, RelayState } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { PERMIT_NO_BAN, PERMIT_RELAY } from "./permissions.ts";
import { networkOf } from "./routable.ts";
import { formatSocketAddress, toSocketAddress } from "./socket-text.ts";

/** Within so many blocks of the tip a peer with only the last 288 is good enough. Core: 144. */
const LIMITED_PEER_DEPTH = 144;

/** Core: NODE_NETWORK_LIMITED with NODE_NETWORK unless pruned, and NODE_WITNESS. */
export function ourServices(options: NetOptions): bigint {
  const services = NODE_WITNESS | NODE_NETWORK_LIMITED;
  return options.pruned ? services : services | NODE_NETWORK;
}

/** True when the peer has promised not to send transactions, and must keep it. Core: RejectIncomingTxs. */
export function refusesTransactions(peer: Peer, options: NetOptions): boolean {
  if (peer.kind === "block-relay-only" || peer.kind === "feeler") return true;
  return options.blocksOnly && !peer.may(PERMIT_RELAY);
}

/** version, wtxidrelay, sendaddrv2, verack: until both have said so, nothing else is heard or said. */
export class Handshake {
  readonly #parts: NetParts;
  readonly #options: NetOptions;
  readonly #peers: PeerSet;
  readonly #judge: Judge;

  constructor(parts: NetParts, options: NetOptions, peers: PeerSet, judge: Judge) {
    this.#parts = parts;
    this.#options = options;
    this.#peers = peers;
    this.#judge = judge;
  }

  /** The side that dialled speaks first. */
  begin(peer: Peer): void {
    if (!peer.isInbound) this.#sendVersion(peer);
  }

  #sendVersion(peer: Peer): void {
    const { chain, clock, log } = this.#parts;
    const relay = !refusesTransactions(peer, this.#options);
    const { address } = peer.origin;
    const height = chain.tip.height;
    peer.connection.send({
      type: "version",
      version: PROTOCOL_VERSION,
      services: ourServices(this.#options),
      time: clock.now(),
      receiver:
        networkOf(address.host) === "not_publicly_routable"
          ? EMPTY_ADDRESS
          : toSocketAddress(address),
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
    peer.connection.send({ type: "verack" });
    this.#afterVersion(peer);
  }

  #refusal(peer: Peer, message: VersionMessage): string | null {
    const expects =
      peer.kind === "outbound-full-relay" ||
      peer.kind === "block-relay-only" ||
      peer.kind === "addr-fetch";
    const wanted = this.#desirableServices(message.services);
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

  /** Core: GetDesirableServiceFlags. */
  #desirableServices(services: bigint): bigint {
    const { tip } = this.#parts.chain;
    const age = this.#parts.clock.now() - tip.time;
    const isNear = age < LIMITED_PEER_DEPTH * this.#parts.network.targetSpacing;
    return (services & NODE_NETWORK_LIMITED) !== 0n && isNear
      ? NODE_NETWORK_LIMITED | NODE_WITNESS
      : NODE_NETWORK | NODE_WITNESS;
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
    peer.addressOfUs = message.receiver.host.some((byte) => byte !== 0)
      ? formatSocketAddress(message.receiver)
      : "";
    peer.timeOffset = message.time - this.#parts.clock.now();
    if (peer.kind !== "block-relay-only" && peer.kind !== "feeler" && message.relay)
      peer.relay = new RelayState(true);
    peer.sync.isPreferred =
      (!peer.isInbound || peer.may(PERMIT_NO_BAN)) &&
      peer.kind !== "addr-fetch" &&
      peer.servesBlocks;
  }

  #afterVersion(peer: Peer): void {
    const { log } = this.#parts;
    if (!peer.isInbound && peer.kind !== "block-relay-only") {
      peer.isAddressRelayOn = true;
      peer.connection.send({ type: "getaddr" });
      peer.addressTokens += 1000;
    }
    log.debug(
      "net",
      `receive version message: ${peer.userAgent}: version ${peer.version}, blocks=${peer.startHeight}, us=${peer.addressOfUs}, txrelay=${Number(peer.relay !== null)}, peer=${peer.id}`,
    );
    if (peer.kind === "feeler") this.#judge.disconnect(peer, "feeler connection completed");
  }

  verack(peer: Peer): void {
    const { log } = this.#parts;
    if (peer.isHandshakeDone) {
      log.debug("net", `ignoring redundant verack message from peer=${peer.id}`);
      return;
    }
    const text = `New ${peer.kind} v1 peer connected: version: ${peer.version}, blocks=${peer.startHeight}, peer=${peer.id}`;
    if (peer.isInbound) log.debug("net", text);
    else log.info(text);
    peer.isHandshakeDone = true;
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
